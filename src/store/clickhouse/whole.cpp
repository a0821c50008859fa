#include "store/clickhouse/whole.h"

#include <algorithm>

namespace tanggap::store::clickhouse {

using base::Time;

Whole whole_units(Time from, Time to, std::int64_t unit_ns)
{
    constexpr std::int64_t kDateTimeMax = std::int64_t{4'294'967'295} * 1'000'000'000;
    const std::int64_t begin = std::clamp<std::int64_t>(from.ns, 0, kDateTimeMax);
    const std::int64_t end = std::clamp<std::int64_t>(to.ns, 0, kDateTimeMax);
    Whole whole;
    whole.first = Time{(begin + unit_ns - 1) / unit_ns * unit_ns};
    whole.last = Time{end / unit_ns * unit_ns};
    if (!whole.any()) {
        whole.ends = {{from, to}};
        return whole;
    }
    for (const auto& [low, high] : {std::pair{from, whole.first}, std::pair{whole.last, to}}) {
        if (low < high) {
            whole.ends.emplace_back(low, high);
        }
    }
    return whole;
}

} // namespace tanggap::store::clickhouse
