// Which identities are certainly new, told without a look at the database.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include <rocksdb/db.h>

#include "model/event.h"

namespace tanggap::disk::detail {

/// Bloom filters whose bits for one identity stand in one cache line (Putze, Sanders, Singler:
/// Cache-, Hash- and Space-Efficient Bloom Filters, 2007), one after another: where one is full the
/// next, of twice the room, takes what comes (Almeida et al.: Scalable Bloom Filters, 2007). Nearly
/// all that arrives is new, and to find that out from the database costs a filter in each of its
/// files. In memory only: made from the database beside the work, and answers nothing before it has
/// all of it.
///
/// Thread: `is_new` and `add` from the one writer.
class SeenFilter {
public:
    struct Options {
        /// Room at least, before a second filter is made.
        std::uint64_t identities_min = 4'000'000;
        /// All filters: 1.25 bytes for each identity. Above 50 million all fill up evenly and are
        /// right less often.
        std::size_t bytes_max = std::size_t{64} * 1024 * 1024;
    };
    /// Reads the identities of `family` in a thread of its own. What is written from now on must be
    /// added. Lifetime: ends before the database.
    SeenFilter(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, const Options& options);
    ~SeenFilter();
    SeenFilter(const SeenFilter&) = delete;

    /// True only for what was never written or added; false also where that is not known.
    bool is_new(const model::EventId& id) const;
    /// Before it is written. One that is known to be there takes no room again.
    void add(const model::EventId& id);
    /// All of the database has been read.
    bool complete() const { return complete_.load(std::memory_order_acquire); }
    std::size_t bytes() const;

private:
    struct alignas(64) Line {
        std::atomic<std::uint64_t> words[8];
    };
    struct Layer {
        std::unique_ptr<Line[]> lines;
        std::size_t count = 0;  ///< of lines
        std::uint64_t room = 0; ///< identities that lines were made for
        std::uint64_t held = 0;

        Line& line_of(const model::EventId& id) const;
        bool has(const model::EventId& id) const;
        void set(const model::EventId& id) const;
    };

    bool has(const model::EventId& id) const;
    void add_layer(std::uint64_t room);
    /// Of all that are there.
    Layer& emptiest();
    void read(const Layer& layer, rocksdb::Iterator& rows);

    const std::size_t bytes_max_;
    std::vector<std::unique_ptr<Layer>> layers_; ///< the first is also written by `reading_`
    std::atomic<bool> complete_{false};
    std::atomic<bool> stopping_{false};
    std::thread reading_;
};

} // namespace tanggap::disk::detail
