// Limits of searching the event store. Beside limits.h, which everything reads: these are read by
// few.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tanggap::base::limits {

/// Between looks whether days that rest are worth adding up (store/clickhouse/tally.h).
inline constexpr std::chrono::minutes kTallyEvery{1};
/// Events of resting days that no tally counts: below it their projections are quick enough.
inline constexpr std::uint64_t kTallyEventsMin = 500'000;
/// Days beside a tally that one question names one by one; above it the tally is not used.
inline constexpr std::size_t kTallyDaysBesideMax = 400;

/// Events read at once when stored events are looked at again, and where that is too much for one
/// answer of the engine: the fewest it is tried with.
inline constexpr std::size_t kScanEventsAtOnce = 8'192;
inline constexpr std::size_t kScanEventsMin = 16;

} // namespace tanggap::base::limits
