// Limits of evidence. Beside limits.h, which everything reads: these are read by few.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tanggap::base::limits {

/// One piece of evidence: a memory image of a workstation. Larger ones are kept outside and noted.
inline constexpr std::uint64_t kEvidenceBytesMax = std::uint64_t{64} * 1024 * 1024 * 1024;
/// What one request sends or takes of it: bounds the memory of a worker.
inline constexpr std::size_t kEvidencePieceBytes = std::size_t{4} * 1024 * 1024;
/// Files being uploaded at once; each holds a descriptor and less than two chunks.
inline constexpr std::size_t kUploadsMax = 64;

/// An upload that nothing comes to any more gives its place to others.
inline constexpr std::chrono::hours kUploadIdle{1};

} // namespace tanggap::base::limits
