// What printing may take (rulings 46).
#pragma once

#include <chrono>
#include <cstddef>

namespace tanggap::base::limits {

/// For one document, and for the wait for a place.
inline constexpr std::chrono::seconds kPrintTime{60};
inline constexpr std::size_t kPrintMemoryBytesMax = std::size_t{512} * 1024 * 1024;
inline constexpr int kPrintsAtOnce = 2;
/// Each waits on a request's thread.
inline constexpr int kPrintsWaitingMax = 2;
inline constexpr std::size_t kPrintHtmlBytesMax = std::size_t{4} * 1024 * 1024;
inline constexpr std::size_t kPrintFileBytesMax = std::size_t{32} * 1024 * 1024;
inline constexpr std::size_t kPrintOpenFilesMax = 256;

} // namespace tanggap::base::limits
