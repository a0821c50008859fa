#include "disk/detail/books.h"

#include <algorithm>
#include <chrono>

#include "base/limits.h"

namespace tanggap::disk::detail {

void Books::restore(const JournalTotals& totals, std::uint64_t first,
                    std::span<const EntrySize> sizes)
{
    const std::lock_guard lock(mutex_);
    totals_ = totals;
    first_ = first;
    retired_ = {};
    sums_.clear();
    cache_.clear();
    cache_bytes_ = 0;
    for (const EntrySize& size : sizes) {
        add_locked(size);
    }
}

void Books::publish(const JournalTotals& totals, std::span<const PlannedEntry> entries)
{
    const std::lock_guard lock(mutex_);
    totals_ = totals;
    for (const PlannedEntry& entry : entries) {
        add_locked(entry.size);
        cache_locked(entry.chunk);
    }
    arrived_.notify_all();
}

void Books::retire(std::uint64_t sequence)
{
    const std::lock_guard lock(mutex_);
    while (!sums_.empty() && first_ <= sequence) {
        retired_ = sums_.front();
        sums_.pop_front();
        ++first_;
    }
    forget_locked(first_ - 1);
}

JournalTotals Books::totals() const
{
    const std::lock_guard lock(mutex_);
    return totals_locked();
}

JournalBalance Books::balance(std::uint64_t cursor) const
{
    const std::lock_guard lock(mutex_);
    JournalBalance balance{totals_locked(), 0};
    if (sums_.empty() || cursor >= first_ + sums_.size() - 1) {
        return balance;
    }
    const Sum& before = cursor < first_ ? retired_ : sums_[cursor - first_];
    balance.records_after = sums_.back().records - before.records;
    return balance;
}

std::size_t Books::entries() const
{
    const std::lock_guard lock(mutex_);
    return sums_.size();
}

bool Books::wait_for_entry(std::uint64_t after, int wait_ms) const
{
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, std::chrono::milliseconds(wait_ms),
                             [&] { return totals_.last_sequence > after; });
}

std::vector<std::shared_ptr<const model::Chunk>> Books::take_cached(std::uint64_t after,
                                                                    std::size_t bytes_max)
{
    const std::lock_guard lock(mutex_);
    forget_locked(after);
    std::vector<std::shared_ptr<const model::Chunk>> out;
    if (cache_.empty() || cache_.front()->sequence > after + 1) {
        return out;
    }
    std::size_t bytes = 0;
    for (auto i = after + 1 - cache_.front()->sequence; i < cache_.size() && bytes < bytes_max;
         ++i) {
        bytes += cache_[i]->bytes();
        out.push_back(cache_[i]);
    }
    return out;
}

void Books::add_locked(const EntrySize& size)
{
    const Sum& last = sums_.empty() ? retired_ : sums_.back();
    sums_.push_back({last.bytes + size.bytes, last.records + size.records});
}

void Books::cache_locked(const std::shared_ptr<const model::Chunk>& chunk)
{
    cache_.push_back(chunk);
    cache_bytes_ += chunk->bytes();
    while (cache_bytes_ > base::limits::kJournalTailCacheBytesMax) {
        cache_bytes_ -= cache_.front()->bytes();
        cache_.pop_front();
    }
}

void Books::forget_locked(std::uint64_t up_to)
{
    while (!cache_.empty() && cache_.front()->sequence <= up_to) {
        cache_bytes_ -= cache_.front()->bytes();
        cache_.pop_front();
    }
}

JournalTotals Books::totals_locked() const
{
    JournalTotals totals = totals_;
    totals.first_sequence = sums_.empty() ? 0 : first_;
    totals.bytes_kept = sums_.empty() ? 0 : sums_.back().bytes - retired_.bytes;
    return totals;
}

} // namespace tanggap::disk::detail
