// How long things took: never a mean alone (domain.md §1.10).
#pragma once

#include <cstdint>
#include <vector>

namespace tanggap::count {

/// Units: seconds. With `n` 0 the others say nothing.
struct Spread {
    std::uint64_t n = 0;
    std::int64_t mean = 0;
    std::int64_t median = 0; ///< of an even n the mean of the two in the middle
    std::int64_t p90 = 0;    ///< nearest rank: at least 90 of 100 took no longer

    friend bool operator==(const Spread&, const Spread&) = default;
};
Spread spread_of(std::vector<std::int64_t> seconds);

} // namespace tanggap::count
