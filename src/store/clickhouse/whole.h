// The projections count whole minutes and whole days: what of a period they can answer for.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/time.h"

namespace tanggap::store::clickhouse {

inline constexpr std::int64_t kMinuteNs = 60'000'000'000;
inline constexpr std::int64_t kDayNs = 86'400'000'000'000;

/// [first, last) is made of whole units; `ends` is what of the period lies before and after it.
/// Range: first and last fit the engine's DateTime, 1970 to 2106; no event lies outside.
struct Whole {
    base::Time first;
    base::Time last;
    std::vector<std::pair<base::Time, base::Time>> ends; ///< [from, to), at most two
    bool any() const { return first < last; }
};

Whole whole_units(base::Time from, base::Time to, std::int64_t unit_ns);

} // namespace tanggap::store::clickhouse
