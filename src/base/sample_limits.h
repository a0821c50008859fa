// The limits of samples that travel with rules (base/limits.h says how).
#pragma once

#include <cstddef>

namespace tanggap::base::limits {

/// Lines of one file of samples, steps written out: enough for a storm of each rule.
inline constexpr std::size_t kSampleLinesMax = 100'000;
/// Their bytes.
inline constexpr std::size_t kSampleBytesMax = std::size_t{64} * 1024 * 1024;

} // namespace tanggap::base::limits
