// A chunk: its head, its sums, and where each record lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "codec/evtx/bytes.h"

namespace tanggap::codec::evtx {

/// Source: MS-EVEN6 and the libevtx format specification, "chunk header".
struct ChunkHead {
    std::uint64_t last_record_id = 0;
    std::size_t free_space = 0; ///< where records end
    bool checksums_ok = true;
};

bool has_chunk_magic(Bytes chunk);
bool is_all_zero(Bytes chunk);
/// `chunk` has the magic. Sums are compared unless the head says that there are none.
ChunkHead read_chunk_head(Bytes chunk);

/// A record's place in its chunk, or a stretch where none can be told.
struct Span {
    std::size_t at = 0;
    std::size_t size = 0;
    std::string damage; ///< empty for a record
};

/// Head: magic (4), size (4), id (8), time (8); behind the BinXML the size again (4).
inline constexpr std::size_t kRecordHead = 24;
inline constexpr std::size_t kRecordTail = 4;

/// Goes from record to record; a damaged head ends it, or with `recover` costs what lies before the
/// next record that is whole. Zeros where a head belongs are the end.
class RecordSpans {
public:
    RecordSpans() = default;
    RecordSpans(Bytes chunk, const ChunkHead& head, bool recover);
    /// False: no more.
    bool next(Span& span);
    /// Whole records behind the place where it ended.
    std::size_t left_behind() const { return left_behind_; }

private:
    std::string problem_at(std::size_t at) const;
    std::size_t next_whole(std::size_t from) const;
    std::size_t count_whole(std::size_t from) const;

    Bytes chunk_;
    std::size_t at_ = 0;
    std::size_t end_ = 0;
    std::uint64_t last_id_ = 0;
    bool recover_ = false;
    std::size_t left_behind_ = 0;
};

} // namespace tanggap::codec::evtx
