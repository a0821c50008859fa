#include "count/spread.h"

#include <algorithm>
#include <numeric>

namespace tanggap::count {

Spread spread_of(std::vector<std::int64_t> seconds)
{
    if (seconds.empty()) {
        return {};
    }
    std::ranges::sort(seconds);
    const std::size_t n = seconds.size();
    Spread spread{.n = n};
    // Each below 2^34 (500 years): a billion of them fit the sum.
    spread.mean = std::accumulate(seconds.begin(), seconds.end(), std::int64_t{0}) /
                  static_cast<std::int64_t>(n);
    spread.median = n % 2 == 1 ? seconds[n / 2] : (seconds[n / 2 - 1] + seconds[n / 2]) / 2;
    spread.p90 = seconds[(n * 9 + 9) / 10 - 1];
    return spread;
}

} // namespace tanggap::count
