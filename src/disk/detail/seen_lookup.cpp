#include "disk/detail/seen_lookup.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>

namespace tanggap::disk::detail {
namespace {

/// Keys of one MultiGet: enough to share filter and index reads, small enough for its stack.
constexpr std::size_t kLookupKeys = 512;

rocksdb::Slice slice_of(const model::EventId& id)
{
    return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

} // namespace

void SeenLookup::add(std::span<const model::EventId> ids)
{
    ids_.insert(ids_.end(), ids.begin(), ids.end());
}

void SeenLookup::make_slots()
{
    std::vector<std::uint32_t> order(ids_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, {}, [&](std::uint32_t i) { return ids_[i].bytes; });
    slot_of_.resize(ids_.size());
    slots_.reserve(ids_.size());
    for (const std::uint32_t i : order) {
        if (slots_.empty() || slots_.back().key != ids_[i]) {
            slots_.push_back({.key = ids_[i], .seen = {}});
        }
        slot_of_[i] = static_cast<std::uint32_t>(slots_.size() - 1);
    }
}

base::Status SeenLookup::load(Database& database)
{
    make_slots();
    const SeenFilter& filter = database.seen_filter();
    std::array<std::size_t, kLookupKeys> asked{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (!filter.is_new(slots_[i].key)) {
            asked[count++] = i;
        }
        if (count == asked.size() || (count > 0 && i + 1 == slots_.size())) {
            TRY_STATUS(look_up(database, std::span(asked).first(count)));
            count = 0;
        }
    }
    return {};
}

base::Status SeenLookup::look_up(Database& database, std::span<const std::size_t> asked)
{
    std::array<rocksdb::Slice, kLookupKeys> keys;
    std::array<rocksdb::PinnableSlice, kLookupKeys> values;
    std::array<rocksdb::Status, kLookupKeys> statuses;
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        keys[i] = slice_of(slots_[asked[i]].key);
    }
    database.db().MultiGet(options, database.family(Family::Seen), asked.size(), keys.data(),
                           values.data(), statuses.data(), /*sorted_input=*/true);
    for (std::size_t i = 0; i < asked.size(); ++i) {
        if (statuses[i].ok()) {
            TRY(slots_[asked[i]].seen, decode_seen(values[i].ToStringView()));
        } else if (!statuses[i].IsNotFound()) {
            return std::unexpected(to_error(statuses[i], "cannot look up record identities"));
        }
    }
    return {};
}

Seen& SeenLookup::change(std::size_t position)
{
    Slot& slot = slots_[slot_of_[position]];
    slot.changed = true;
    return slot.seen;
}

void SeenLookup::write(Database& database, rocksdb::WriteBatch& batch) const
{
    rocksdb::ColumnFamilyHandle* const family = database.family(Family::Seen);
    for (const Slot& slot : slots_) {
        if (slot.changed) {
            database.seen_filter().add(slot.key);
            // Fails only above the batch's size limit, which is not set.
            std::ignore = batch.Put(family, slice_of(slot.key), encode_seen(slot.seen));
        }
    }
}

} // namespace tanggap::disk::detail
