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
    : bytes_max_(options.bytes_max)
{
    std::uint64_t there = 0;
    db.GetIntProperty(family, rocksdb::DB::Properties::kEstimateNumKeys, &there);
    add_layer(std::max(there * 2, options.identities_min));
    layers_.front()->held = there;
    rocksdb::ReadOptions reading;
    reading.fill_cache = false;
    reading.verify_checksums = true;
    reading.readahead_size = std::size_t{1} << 20;
    // The rows are those of now: what comes later is added.
    reading_ =
        std::thread([this, &first = *layers_.front(),
                     rows = std::shared_ptr<rocksdb::Iterator>(db.NewIterator(reading, family))] {
            read(first, *rows);
        });
}

SeenFilter::~SeenFilter()
{
    stopping_ = true;
    reading_.join();
}

/// None where the memory for it is used up.
void SeenFilter::add_layer(std::uint64_t room)
{
    const std::size_t used = bytes();
    const std::size_t lines_left = used < bytes_max_ ? (bytes_max_ - used) / sizeof(Line) : 0;
    const auto wanted = static_cast<std::size_t>(room * kBitsPerIdentity / kBitsPerLine + 1);
    const std::size_t count = std::min(wanted, lines_left);
    if (count == 0 && !layers_.empty()) {
        return;
    }
    auto layer = std::make_unique<Layer>();
    layer->count = std::max<std::size_t>(count, 1);
    layer->lines = std::make_unique<Line[]>(layer->count);
    layer->room = layer->count * kBitsPerLine / kBitsPerIdentity;
    layers_.push_back(std::move(layer));
}

void SeenFilter::read(const Layer& layer, rocksdb::Iterator& rows)
{
    // Until it is done each record costs a look into the database: behind what answers somebody,
    // but not so far that it never ends beside an import.
    constexpr int kNice = 5;
    std::ignore = setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
    model::EventId id;
    for (rows.SeekToFirst(); rows.Valid() && !stopping_; rows.Next()) {
        if (rows.key().size() == id.bytes.size()) {
            std::memcpy(id.bytes.data(), rows.key().data(), id.bytes.size());
            layer.set(id);
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

SeenFilter::Line& SeenFilter::Layer::line_of(const model::EventId& id) const
{
    // By the leading bits, not by a remainder: sorted identities then walk the memory once.
    return lines[static_cast<std::size_t>(static_cast<unsigned __int128>(first_word(id)) * count >>
                                          64)];
}

void SeenFilter::Layer::set(const model::EventId& id) const
{
    Line& line = line_of(id);
    each_bit(id, [&](std::uint64_t word, std::uint64_t mask) {
        line.words[word].fetch_or(mask, std::memory_order_relaxed);
    });
}

bool SeenFilter::Layer::has(const model::EventId& id) const
{
    const Line& line = line_of(id);
    bool all = true;
    each_bit(id, [&](std::uint64_t word, std::uint64_t mask) {
        all = all && (line.words[word].load(std::memory_order_relaxed) & mask) != 0;
    });
    return all;
}

bool SeenFilter::has(const model::EventId& id) const
{
    return std::ranges::any_of(layers_, [&](const auto& layer) { return layer->has(id); });
}

bool SeenFilter::is_new(const model::EventId& id) const
{
    return complete() && !has(id);
}

void SeenFilter::add(const model::EventId& id)
{
    if (has(id)) {
        return;
    }
    if (layers_.back()->held >= layers_.back()->room) {
        add_layer(layers_.back()->room * 2);
    }
    Layer& layer = emptiest();
    ++layer.held;
    layer.set(id);
}

SeenFilter::Layer& SeenFilter::emptiest()
{
    const auto fullness = [](const auto& layer) {
        return static_cast<double>(layer->held) / static_cast<double>(layer->room);
    };
    return **std::ranges::min_element(layers_, {}, fullness);
}

std::size_t SeenFilter::bytes() const
{
    std::size_t lines = 0;
    for (const auto& layer : layers_) {
        lines += layer->count;
    }
    return lines * sizeof(Line);
}

} // namespace tanggap::disk::detail
