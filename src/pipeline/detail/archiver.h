// Committed ranges to the event store, in order, exactly once.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
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
    /// Tried by an earlier life of ours, maybe so long ago that the store has forgotten the tokens.
    bool again = false;
};

/// Two states. *Near*: ranges come by the queue with their events, and a full queue makes the
/// processor wait. *Behind*: the event store is missing or we have just started; ranges are only
/// in the case database and are decoded again, so that no memory is held while it lasts.
///
/// Two threads may archive at once: while one waits for the store's disk the other encodes. The
/// journal is retired up to the first range that is not done, so order does not matter.
///
/// A range that cannot be archived while the store takes others is *set aside*: the journal keeps
/// its entries, ranges behind it go on, and it is tried again later. Only so many are: more
/// refusals mean that the store is what is broken.
///
/// Thread: `offer` by the processor, `run` on each archiving thread, the rest by any.
class Archiver {
public:
    Archiver(const Stores& stores, const Options& options, const KnowledgeSource& knowledge,
             std::mutex& balance_mutex, const StopSignal& stop);

    /// A range that has just been committed. Waits while near and full.
    void offer(RangeWork work);
    void run();
    /// Waits for a range and archives it, or looks for ranges in the case database. False: stopped.
    bool run_once();
    void wake(); ///< after a stop

    std::uint64_t archived() const { return archived_.load(); }
    std::string delay() const;
    std::size_t queued() const;
    std::size_t set_aside() const;
    bool idle() const; ///< near, and nothing waits

private:
    struct Aside {
        store::ArchiveRange range;
        std::string reason;
        std::chrono::steady_clock::time_point retry_at;
        std::chrono::milliseconds wait{};
        bool trying = false;
    };

    void put(RangeWork work);
    std::optional<RangeWork> next();
    bool refill();
    bool archive(RangeWork work);
    bool put_aside(const RangeWork& work, const std::string& reason);
    base::Status send(RangeWork& work);
    base::Status load(RangeWork& work) const;
    base::Status insert(const RangeWork& work);
    base::Result<std::size_t> count_there(std::span<const store::ArchiveRow> rows);
    base::Result<bool> is_there(const store::ArchiveRow& row);
    bool finish(const RangeWork& work);
    base::Status retire(std::uint64_t sequence);
    /// Runs `step` until it succeeds; meanwhile we are behind. False: stopped.
    template <class Step>
    bool insist(Step step);
    void failed(const base::Error& error);
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
    bool refilling_ = false;               ///< one thread asks the case database
    std::uint64_t offered_last_ = 0;       ///< newest range offered, queued or not
    std::set<std::uint64_t> open_;         ///< first entries of ranges queued or under way
    std::map<std::uint64_t, Aside> aside_; ///< by first entry
    std::uint64_t done_last_ = 0;          ///< newest entry of a range that is archived
    std::string delay_;
    std::atomic<std::uint64_t> archived_{0};
};

} // namespace tanggap::pipeline::detail
