#include "store/clickhouse/slices.h"

#include <algorithm>

namespace tanggap::store::clickhouse {
namespace {

using base::Time;

constexpr std::int64_t kMicro = 1'000;
constexpr std::int64_t kDayNs = 86'400'000'000'000;

std::uint64_t share_of(std::uint64_t rows, std::int64_t part, std::int64_t whole)
{
    return static_cast<std::uint64_t>(static_cast<double>(rows) * static_cast<double>(part) /
                                      static_cast<double>(whole));
}

} // namespace

Slices::Slices(const std::vector<Day>& days, Time from, Time to) : from_(from), next_to_(to)
{
    for (const Day& day : days) {
        const Time begin{std::max(from.ns, day.day * kDayNs)};
        const Time end{std::min(to.ns, (day.day + 1) * kDayNs)};
        if (day.rows > 0 && begin < end) {
            parts_.push_back({begin, end, share_of(day.rows, end.ns - begin.ns, kDayNs)});
            rows_left_ += parts_.back().rows;
        }
    }
    std::ranges::sort(parts_, {}, &Slice::from);
}

std::optional<Slice> Slices::take(std::uint64_t rows_wanted)
{
    if (parts_.empty()) {
        return std::nullopt;
    }
    Slice slice{.from = next_to_, .to = next_to_, .rows = 0};
    while (!parts_.empty() && slice.rows < rows_wanted) {
        Slice& part = parts_.back();
        const std::uint64_t missing = rows_wanted - slice.rows;
        // Cutting a day for the last half of a slice is not worth a query of its own.
        if (part.rows > missing + rows_wanted / 2) {
            const std::int64_t span = part.to.ns - part.from.ns;
            const auto back =
                static_cast<std::int64_t>(share_of(static_cast<std::uint64_t>(span),
                                                   static_cast<std::int64_t>(missing),
                                                   static_cast<std::int64_t>(part.rows))) /
                kMicro * kMicro;
            const Time cut{part.to.ns - back};
            if (back > 0 && part.from < cut) {
                slice.rows += missing;
                slice.from = cut;
                part.to = cut;
                part.rows -= missing;
                break;
            }
        }
        slice.rows += part.rows;
        slice.from = part.from;
        parts_.pop_back();
    }
    rows_left_ -= std::min(rows_left_, slice.rows);
    if (parts_.empty()) {
        slice.from = from_;
    }
    next_to_ = slice.from;
    return slice;
}

void Pace::took(std::uint64_t rows, std::chrono::milliseconds time)
{
    const auto spent = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 1));
    const std::uint64_t fits = rows * static_cast<std::uint64_t>(kSliceTime.count()) / spent;
    const std::uint64_t most = rows_ * kGrowthMax;
    rows_ = std::clamp(fits, std::min(kRowsMin, most), most);
}

} // namespace tanggap::store::clickhouse
