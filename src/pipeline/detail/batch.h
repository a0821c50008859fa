// Journal entries and what was made of them. Shared by the processor and the archiver's recovery.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "disk/journal.h"
#include "model/event.h"
#include "pipeline/pipeline.h"
#include "store/case_store.h"

namespace tanggap::pipeline::detail {

using Chunks = std::vector<std::shared_ptr<const model::Chunk>>;

/// Where an event's record stands in the journal.
struct Place {
    std::uint64_t sequence = 0;
    std::uint32_t record_index = 0;

    friend auto operator<=>(const Place&, const Place&) = default;
};

/// A record that gave no event.
struct Undecoded {
    std::size_t chunk = 0; ///< into Batch::chunks
    std::uint32_t record_index = 0;
    model::QuarantineReason reason{};
    std::string detail;
};

/// Lifetime: events view the chunks, which the EventBatch holds.
struct Batch {
    Chunks chunks;
    model::EventBatch events;
    std::vector<Place> places; ///< one per event, ascending
    std::vector<Undecoded> undecoded;

    std::uint64_t first() const { return chunks.front()->sequence; }
    std::uint64_t last() const { return chunks.back()->sequence; }
};

/// Decodes and enriches whole entries. Precondition: at least one.
Batch decode_chunks(const Knowledge& knowledge, Chunks chunks);

/// Decodes the entries of a committed range again, to exactly the events that were committed:
/// records that went to quarantine then stay out, and a record that the sources of today refuse
/// becomes a generic text event, because it is counted as one.
Batch decode_range(const Knowledge& knowledge, Chunks chunks, const store::ArchiveRange& range);

/// Level of an annotation that says: this record went to quarantine.
inline constexpr int kQuarantinedLevel = -2;

/// "<sequence>-<index>" in fixed width, so that text order is age order.
std::string quarantine_id(std::uint64_t sequence, std::uint32_t record_index);

} // namespace tanggap::pipeline::detail
