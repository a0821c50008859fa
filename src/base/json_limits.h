// Limits of reading JSON quickly. Beside limits.h, which everything reads: these are read by few.
#pragma once

#include <cstddef>

namespace tanggap::base::limits {

/// Names of JSON fields that a reader knows again, and bytes of one: with more of them, or longer
/// ones, an object is read the slower way. Its memory stays within 10 MiB.
inline constexpr std::size_t kJsonNamesMax = 8192;
inline constexpr std::size_t kJsonNameBytesMax = 1024;

} // namespace tanggap::base::limits
