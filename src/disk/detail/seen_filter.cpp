#include "disk/detail/seen_filter.h"

#include <algorithm>
#include <cstring>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"

namespace tanggap::disk::detail {
namespace {

constexpr std::uint64_t kBitsPerIdentity = 10;
constexpr std::uint64_t kBitsPerLine = 512;
constexpr int kProbes = 6;
constexpr int kBitsPerProbe = 9; // which of 512

/// Identities are digests: any of their bits are as good as a hash.
std::uint64_t first_word(const model::EventId& id)
{
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < sizeof word; ++i) {
        word = word << 8 | id.bytes[i];
    }
    return word;
}

std::uint64_t second_word(const model::EventId& id)
{
    std::uint64_t word = 0;
    std::memcpy(&word, id.bytes.data() + sizeof word, sizeof word);
    return word;
}

/// Calls `bit(word, mask)` for each bit of the identity in its line.
template <class Bit>
void each_bit(const model::EventId& id, Bit bit)
{
    std::uint64_t left = second_word(id);
    for (int i = 0; i < kProbes; ++i, left >>= kBitsPerProbe) {
        const std::uint64_t place = left % kBitsPerLine;
        bit(place / 64, std::uint64_t{1} << (place % 64));
    }
}

} // namespace

SeenFilter::SeenFilter(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, const Options& options)
    : db_(db), family_(family), options_(options)
{
    start();
}

SeenFilter::~SeenFilter()
{
    stop();
}

void SeenFilter::stop()
{
    stopping_ = true;
    if (reading_.joinable()) {
        reading_.join();
    }
}

/// With room for twice what is there. The rows are those of now: what comes later is added.
void SeenFilter::start()
{
    stop();
    stopping_ = false;
    complete_ = false;
    std::uint64_t there = 0;
    db_.GetIntProperty(family_, rocksdb::DB::Properties::kEstimateNumKeys, &there);
    added_ = there;
    room_ = std::max(there * 2, options_.identities_min);
    const std::uint64_t lines_max = std::max<std::uint64_t>(options_.bytes_max / sizeof(Line), 1);
    count_ = static_cast<std::size_t>(
        std::clamp<std::uint64_t>(room_ * kBitsPerIdentity / kBitsPerLine, 1, lines_max));
    lines_.reset();
    lines_ = std::make_unique<Line[]>(count_);
    rocksdb::ReadOptions reading;
    reading.fill_cache = false;
    reading.verify_checksums = true;
    reading.readahead_size = std::size_t{1} << 20;
    reading_ = std::thread([this, rows = std::shared_ptr<rocksdb::Iterator>(
                                      db_.NewIterator(reading, family_))] { read(*rows); });
}

void SeenFilter::read(rocksdb::Iterator& rows)
{
    constexpr int kNice = 19; // whoever waits for an answer comes first
    std::ignore = setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
    model::EventId id;
    for (rows.SeekToFirst(); rows.Valid() && !stopping_; rows.Next()) {
        if (rows.key().size() == id.bytes.size()) {
            std::memcpy(id.bytes.data(), rows.key().data(), id.bytes.size());
            set(id);
        }
    }
    if (!rows.status().ok()) {
        // Every identity is then looked up, which meets the same fault and tells it to who asked.
        base::log(base::LogLevel::Warning, "journal_seen_filter",
                  "the identities of records could not all be read: " + rows.status().ToString());
        return;
    }
    complete_.store(!stopping_, std::memory_order_release);
}

std::size_t SeenFilter::line_of(const model::EventId& id) const
{
    // By the leading bits, not by a remainder: sorted identities then walk the memory once.
    return static_cast<std::size_t>(static_cast<unsigned __int128>(first_word(id)) * count_ >> 64);
}

void SeenFilter::set(const model::EventId& id)
{
    Line& line = lines_[line_of(id)];
    each_bit(id, [&](std::uint64_t word, std::uint64_t mask) {
        line.words[word].fetch_or(mask, std::memory_order_relaxed);
    });
}

bool SeenFilter::is_new(const model::EventId& id) const
{
    if (!complete()) {
        return false;
    }
    const Line& line = lines_[line_of(id)];
    bool all = true;
    each_bit(id, [&](std::uint64_t word, std::uint64_t mask) {
        all = all && (line.words[word].load(std::memory_order_relaxed) & mask) != 0;
    });
    return !all;
}

void SeenFilter::add(const model::EventId& id)
{
    ++added_;
    set(id);
}

void SeenFilter::make_room()
{
    if (added_ > room_ && count_ * sizeof(Line) < options_.bytes_max && complete()) {
        start();
    }
}

} // namespace tanggap::disk::detail
