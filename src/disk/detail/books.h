// What is known of the journal's entries without reading them. Thread: any (one lock inside).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "disk/detail/append_plan.h"
#include "disk/journal.h"

namespace tanggap::disk::detail {

/// Published only after the write behind it is durable, so a reader never sees an entry that the
/// totals do not count.
class Books {
public:
    /// At open. `sizes` are those of first..totals.last_sequence.
    void restore(const JournalTotals& totals, std::uint64_t first,
                 std::span<const EntrySize> sizes);

    /// After a durable write.
    void publish(const JournalTotals& totals, std::span<const PlannedEntry> entries);
    void retire(std::uint64_t sequence);

    JournalTotals totals() const;
    JournalBalance balance(std::uint64_t cursor) const;
    std::size_t entries() const;
    /// Waits until an entry after `after` exists. False: none came in time.
    bool wait_for_entry(std::uint64_t after, int wait_ms) const;

    /// Entries from after+1 on, as far as they are all in memory; empty: read the database. Those
    /// up to `after` are forgotten: who reads on has them.
    std::vector<std::shared_ptr<const model::Chunk>> take_cached(std::uint64_t after,
                                                                 std::size_t bytes_max);

private:
    /// Sums from the first entry of this run, so that any range is one subtraction.
    struct Sum {
        std::uint64_t bytes = 0;
        std::uint64_t records = 0;
    };

    void add_locked(const EntrySize& size);
    void cache_locked(const std::shared_ptr<const model::Chunk>& chunk);
    void forget_locked(std::uint64_t up_to);
    JournalTotals totals_locked() const;

    mutable std::mutex mutex_;
    mutable std::condition_variable arrived_;
    JournalTotals totals_;
    std::uint64_t first_ = 1;                               ///< sequence of the oldest kept entry
    Sum retired_;                                           ///< sum up to and without `first_`
    std::deque<Sum> sums_;                                  ///< of entries first_, first_ + 1, …
    std::deque<std::shared_ptr<const model::Chunk>> cache_; ///< the newest, without gaps
    std::size_t cache_bytes_ = 0;
};

} // namespace tanggap::disk::detail
