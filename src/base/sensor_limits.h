// Limits of sensors as people configure them. Beside limits.h, which everything reads.
#pragma once

#include <chrono>
#include <cstdint>

namespace tanggap::base::limits {

/// Records a second that a limit may say; more than this machine takes is no limit.
inline constexpr std::uint64_t kSensorRateMax = 1'000'000;
/// Longest silence that is expected.
inline constexpr std::chrono::seconds kSensorSilenceMax = std::chrono::days(366);
/// How far ahead of its rate a sender may be before it is told to wait: bursts are how logs come.
inline constexpr std::chrono::seconds kSensorBurst{1};

} // namespace tanggap::base::limits
