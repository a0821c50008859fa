// Which identities are certainly new, told without a look at the database.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

#include <rocksdb/db.h>

#include "model/event.h"

namespace tanggap::disk::detail {

/// A Bloom filter whose bits for one identity stand in one cache line (Putze, Sanders, Singler:
/// Cache-, Hash- and Space-Efficient Bloom Filters, 2007). Nearly all that arrives is new, and to
/// find that out from the database costs a filter in each of its files. In memory only: it is made
/// from the database beside the work, and answers nothing before it has all of it.
///
/// Thread: `is_new`, `add` and `make_room` from the one writer.
class SeenFilter {
public:
    struct Options {
        /// Room at least, before it is made anew.
        std::uint64_t identities_min = 4'000'000;
        /// 1.25 bytes for each identity there is room for: above 50 million it is right less often.
        std::size_t bytes_max = std::size_t{64} * 1024 * 1024;
    };
    /// Reads the identities of `family` in a thread of its own. What is written from now on must be
    /// added. Lifetime: ends before the database.
    SeenFilter(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, const Options& options);
    ~SeenFilter();
    SeenFilter(const SeenFilter&) = delete;

    /// True only for what was never written or added; false also where that is not known.
    bool is_new(const model::EventId& id) const;
    /// Before it is written.
    void add(const model::EventId& id);
    /// Begins anew where more was added than there was room for. What was added before must be in
    /// the database by now.
    void make_room();
    /// All of the database has been read.
    bool complete() const { return complete_.load(std::memory_order_acquire); }

private:
    struct alignas(64) Line {
        std::atomic<std::uint64_t> words[8];
    };

    void start();
    void stop();
    void read(rocksdb::Iterator& rows);
    void set(const model::EventId& id);
    std::size_t line_of(const model::EventId& id) const;

    rocksdb::DB& db_;
    rocksdb::ColumnFamilyHandle* const family_;
    const Options options_;

    std::unique_ptr<Line[]> lines_;
    std::size_t count_ = 0;   ///< of lines_
    std::uint64_t room_ = 0;  ///< identities that lines_ were made for
    std::uint64_t added_ = 0; ///< since then, with those that were there
    std::atomic<bool> complete_{false};
    std::atomic<bool> stopping_{false};
    std::thread reading_;
};

} // namespace tanggap::disk::detail
