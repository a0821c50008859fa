// The `seen` side of one group: each distinct identity looked up once, written once.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <rocksdb/write_batch.h>

#include "base/error.h"
#include "disk/detail/database.h"
#include "disk/detail/identity.h"

namespace tanggap::disk::detail {

/// Shape: slots sorted by key, one per distinct identity; `slot_of` gives the slot of each id in
/// the order they were added. Sorted keys make both the lookup and the write walk the memory once.
class SeenLookup {
public:
    void add(std::span<const model::EventId> ids);
    /// Reads every slot that may be there. Call once, after the last add.
    base::Status load(Database& database);

    /// Units: position among all ids added.
    Seen& change(std::size_t position);
    const Seen& at(std::size_t position) const { return slots_[slot_of_[position]].seen; }
    /// Puts the changed slots into the batch.
    void write(Database& database, rocksdb::WriteBatch& batch) const;

private:
    struct Slot {
        model::EventId key;
        Seen seen;
        bool changed = false;
    };

    void make_slots();
    /// The slots at these places, at most kLookupKeys.
    base::Status look_up(Database& database, std::span<const std::size_t> asked);

    std::vector<model::EventId> ids_;
    std::vector<std::uint32_t> slot_of_;
    std::vector<Slot> slots_;
};

} // namespace tanggap::disk::detail
