#include "pipeline/detail/batch.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "normalize/enrich.h"
#include "normalize/normalizer.h"

namespace tanggap::pipeline::detail {
namespace {

constexpr const char* kGenericSource = "generic_text";

std::size_t records_in(const Chunks& chunks)
{
    std::size_t records = 0;
    for (const auto& chunk : chunks) {
        records += chunk->records.size();
    }
    return records;
}

/// The events of a chunk are its records in order, without those refused.
void note_places(const model::Chunk& chunk, std::span<const normalize::Rejected> refused,
                 std::vector<Place>& places)
{
    auto next = refused.begin();
    for (std::uint32_t i = 0; i < chunk.records.size(); ++i) {
        if (next != refused.end() && next->record_index == i) {
            ++next;
        } else {
            places.push_back({chunk.sequence, i});
        }
    }
}

void decode_chunk(const Knowledge& knowledge, std::size_t index, Batch& batch)
{
    const auto& chunk = batch.chunks[index];
    batch.events.hold(chunk);
    auto refused = normalize::decode(*knowledge.sources, chunk->stream, chunk->records,
                                     chunk->received, batch.events);
    std::ranges::sort(refused, {}, &normalize::Rejected::record_index);
    note_places(*chunk, refused, batch.places);
    for (normalize::Rejected& record : refused) {
        batch.undecoded.push_back({index, static_cast<std::uint32_t>(record.record_index),
                                   record.reason, std::move(record.detail)});
    }
    TANGGAP_ASSERT(batch.places.size() == batch.events.events.size());
}

Batch decode_all(const Knowledge& knowledge, Chunks chunks)
{
    Batch batch;
    batch.chunks = std::move(chunks);
    const std::size_t records = records_in(batch.chunks);
    batch.events.events.reserve(records);
    batch.places.reserve(records);
    for (std::size_t i = 0; i < batch.chunks.size(); ++i) {
        decode_chunk(knowledge, i, batch);
    }
    return batch;
}

std::set<Place> quarantined_places(const store::ArchiveRange& range)
{
    std::set<Place> places;
    for (const store::Annotation& annotation : range.annotations) {
        if (annotation.level == kQuarantinedLevel) {
            places.insert({annotation.sequence, annotation.record_index});
        }
    }
    return places;
}

/// Events that were not committed leave; the rest closes up.
void drop_events(Batch& batch, const std::set<Place>& places)
{
    std::size_t kept = 0;
    for (std::size_t i = 0; i < batch.places.size(); ++i) {
        if (!places.contains(batch.places[i])) {
            if (kept != i) {
                batch.events.events[kept] = std::move(batch.events.events[i]);
                batch.places[kept] = batch.places[i];
            }
            ++kept;
        }
    }
    batch.events.events.resize(kept);
    batch.places.resize(kept);
}

/// One record, read as text whatever its source says.
void add_as_text(const Knowledge& knowledge, const model::Chunk& chunk, std::uint32_t index,
                 Batch& batch)
{
    model::StreamContext stream = chunk.stream;
    stream.source = kGenericSource;
    const auto refused =
        normalize::decode(*knowledge.sources, stream, std::span(chunk.records).subspan(index, 1),
                          chunk.received, batch.events);
    if (refused.empty()) {
        batch.places.push_back({chunk.sequence, index});
    }
}

} // namespace

Batch decode_chunks(const Knowledge& knowledge, Chunks chunks)
{
    Batch batch = decode_all(knowledge, std::move(chunks));
    normalize::enrich(knowledge.enrichment, batch.events);
    add_owners(knowledge.owners, batch.events);
    return batch;
}

Batch decode_range(const Knowledge& knowledge, Chunks chunks, const store::ArchiveRange& range)
{
    Batch batch = decode_all(knowledge, std::move(chunks));
    const std::set<Place> quarantined = quarantined_places(range);
    drop_events(batch, quarantined);
    for (const Undecoded& record : batch.undecoded) {
        const model::Chunk& chunk = *batch.chunks[record.chunk];
        if (!quarantined.contains({chunk.sequence, record.record_index})) {
            add_as_text(knowledge, chunk, record.record_index, batch);
        }
    }
    normalize::enrich(knowledge.enrichment, batch.events);
    add_owners(knowledge.owners, batch.events);
    return batch;
}

std::string quarantine_id(std::uint64_t sequence, std::uint32_t record_index)
{
    return fmt::format("{:020}-{:05}", sequence, record_index);
}

} // namespace tanggap::pipeline::detail
