// Bounds of one chunk's and one record's work. The file format gives the first two; the others are
// far above what Windows writes and far below what a made-up chunk could ask for.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/limits.h"
#include "codec/evtx.h"

namespace tanggap::codec::evtx {

inline constexpr std::size_t kFileHeadBytes = kEvtxFileHeadBytes;
inline constexpr std::size_t kChunkBytes = kEvtxChunkBytes;
inline constexpr std::size_t kChunkHeadBytes = 512;

/// Pieces of all templates of a chunk; Windows writes some hundreds. 40 bytes each.
inline constexpr std::size_t kPiecesMax = 200'000;
/// A template per 16 bytes of chunk is more than fits.
inline constexpr std::size_t kTemplatesMax = 4'096;
inline constexpr std::size_t kNamesMax = 8'192;
/// Text of names and templates of a chunk, as UTF-8: overlapping ones could ask for a chunk each.
inline constexpr std::size_t kKeptBytesMax = std::size_t{8} * 1024 * 1024;
/// Elements in each other.
inline constexpr std::size_t kDepthMax = base::limits::kNestingMax;
/// Steps of writing one record: a value that stands in many holes, elements that arrays repeat.
inline constexpr std::size_t kStepsMax = 100'000;
/// One record written out.
inline constexpr std::size_t kTextBytesMax = base::limits::kLineBytesMax;
/// What names and templates of a usual chunk take; more is allocated when needed.
inline constexpr std::size_t kArenaBytes = std::size_t{64} * 1024;

} // namespace tanggap::codec::evtx
