// Committed ranges to the event store, in order, exactly once.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "pipeline/detail/batch.h"
#include "pipeline/detail/knowledge.h"
#include "pipeline/detail/retry.h"
#include "pipeline/pipeline.h"

namespace tanggap::pipeline::detail {

/// A committed range, with its events where they are still at hand.
struct RangeWork {
    store::ArchiveRange range;
    std::shared_ptr<const Batch> batch; ///< null: decode again from the journal
};

/// Two states. *Near*: ranges come by the queue with their events, and a full queue makes the
/// processor wait. *Behind*: the event store is missing or we have just started; ranges are only
/// in the case database and are decoded again, so that no memory is held while it lasts.
///
/// Thread: `offer` by the processor, `run` on the archiver's thread, the rest by any.
class Archiver {
public:
    Archiver(const Stores& stores, const Options& options, const KnowledgeSource& knowledge,
             std::mutex& balance_mutex, const StopSignal& stop);

    /// A range that has just been committed. Waits while near and full.
    void offer(RangeWork work);
    void run();
    /// Waits for a queued range and archives it, or catches up. False: stopped.
    bool run_once();
    void wake(); ///< after a stop

    std::uint64_t archived() const { return archived_.load(); }
    std::string delay() const;
    std::size_t queued() const;
    bool behind() const;

private:
    std::optional<RangeWork> next();
    /// Archives all that the case database holds, oldest first. False: stopped.
    bool catch_up();
    bool archive(RangeWork work);
    base::Status load(RangeWork& work) const;
    base::Status insert(const RangeWork& work);
    base::Status finish(const RangeWork& work);
    base::Status retire(std::uint64_t sequence);
    /// Runs `step` until it succeeds; meanwhile we are behind. False: stopped.
    template <class Step>
    bool insist(Step step);
    void set_delay(std::string reason);

    const Stores stores_;
    const Options options_;
    const KnowledgeSource& knowledge_;
    std::mutex& balance_mutex_;
    const StopSignal& stop_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<RangeWork> queue_;
    bool behind_ = true;
    std::uint64_t offered_last_ = 0; ///< newest range offered, queued or not
    std::string delay_;
    std::atomic<std::uint64_t> archived_{0};
};

} // namespace tanggap::pipeline::detail
