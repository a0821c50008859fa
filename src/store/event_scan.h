// Stored events looked at again, by new rules and exceptions: a port beside EventStore.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/event.h"
#include "query/query.h"
#include "store/event_store.h"

namespace tanggap::store {

struct ScanRequest {
    const query::Node* filter = nullptr; ///< null: all
    base::Time from{};                   ///< inclusive
    base::Time to{};                     ///< exclusive
    /// Events of one piece: 0 (limits::kScanEventsAtOnce), or ScanPiece::next_limit.
    std::size_t limit = 0;
    std::string after{}; ///< ScanPiece::next
    base::Time now{};
    Abandoned abandoned{};
};

/// What detection said of an event when it was received.
struct Detected {
    std::vector<std::string> rule_ids;
    std::vector<std::uint64_t> alerts;
};

/// A piece without events is the last only if `next` is empty.
struct ScanPiece {
    model::EventBatch batch;        ///< equal to what was inserted, oldest first
    std::vector<Detected> detected; ///< one per event
    std::string next;
    /// How many the next piece is asked for: where so many were too large for one answer, what was
    /// not; then more again.
    std::size_t next_limit = 0;
    std::uint64_t left = 0; ///< events of the period still to be searched, about
};

/// Thread: any.
class EventScan {
public:
    virtual ~EventScan() = default;
    /// The next piece of a look at everything, day by day. What is inserted meanwhile may be left
    /// out. Errors: Invalid (a cursor of something else), Unavailable, Exhausted.
    virtual base::Result<ScanPiece> scan(const ScanRequest& request) = 0;
};

} // namespace tanggap::store
