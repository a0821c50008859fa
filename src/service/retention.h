// How long events are kept: whole days go once their newest event was received too long ago.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "store/case_store.h"
#include "store/event_store.h"

namespace tanggap::service {

/// What retention has done since the program started.
struct RetentionState {
    std::chrono::seconds kept_for{0}; ///< 0: without limit
    std::uint64_t dropped_days = 0;
    std::uint64_t dropped_events = 0;
    std::optional<base::Time> last_run;
    std::string problem; ///< why the last run dropped nothing although it should have looked
};

/// A clock that jumps ahead must not empty the archive. So time for retention never runs further
/// than a day beyond the latest record received, and not at all while the wall clock and the
/// machine's own counter disagree (rulings 21, trust.md F11). Thread: run by one, state by any.
class Retention {
public:
    using Steady = std::chrono::steady_clock::time_point;

    Retention(store::EventStore& events, store::CaseStore& cases, std::chrono::seconds kept_for,
              base::Time now, Steady steady)
        : events_(events), cases_(cases), started_(now), steady_started_(steady)
    {
        state_.kept_for = kept_for;
    }

    /// Drops what is past its time. Errors: of the stores; they stay in `state().problem` too.
    base::Status run(base::Time now, Steady steady);
    RetentionState state() const;

private:
    base::Result<store::DroppedDays> drop(base::Time now, Steady steady);

    store::EventStore& events_;
    store::CaseStore& cases_;
    const base::Time started_;
    const Steady steady_started_;
    mutable std::mutex mutex_;
    RetentionState state_; ///< guarded by mutex_
};

} // namespace tanggap::service
