// How journal entries, quarantine entries and totals look as bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "disk/journal.h"
#include "model/record.h"

namespace tanggap::disk::detail {

/// Shape: version | received | stream | count | ids | zstd? | body (per record: full length, full
/// SHA-256 where oversize, length, bytes). Ids do not compress, so they stay outside.
std::string encode_chunk(const model::Chunk& chunk);
/// Errors: Corrupt.
base::Result<model::Chunk> decode_chunk(std::uint64_t sequence, std::string_view bytes);

std::string encode_quarantine(const QuarantineEntry& entry);
base::Result<QuarantineEntry> decode_quarantine(std::string_view id, std::string_view bytes);

/// "<sequence>-<index>", a quarantine entry's id, to its sequence; 0 where it has another shape.
std::uint64_t sequence_of_quarantine(std::string_view id);

/// What the journal knows of an entry without reading it.
struct EntrySize {
    std::uint64_t bytes = 0; ///< as stored
    std::uint64_t records = 0;
};
std::string encode_size(const EntrySize& size);
base::Result<EntrySize> decode_size(std::string_view bytes);

/// The counters of JournalTotals that are stored; the rest follows from the entries.
std::string encode_totals(const JournalTotals& totals);
base::Result<JournalTotals> decode_totals(std::string_view bytes);

/// The first answer to an idempotency key.
struct Answer {
    std::string body_digest;
    AppendResult result;
    base::Time at;
};
std::string encode_answer(const Answer& answer);
base::Result<Answer> decode_answer(std::string_view bytes);

} // namespace tanggap::disk::detail
