#include "store/clickhouse/histogram.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/limits.h"
#include "store/clickhouse/whole.h"

namespace tanggap::store::clickhouse {
namespace {

using base::Status;
using base::Time;

std::string bucket_of(std::string_view seconds, const Histogram& histogram, Sql& sql)
{
    return fmt::format("intDiv(toInt64({}) - {}, {})", seconds,
                       sql.bind(std::to_string(histogram.from.seconds()), "Int64"),
                       sql.bind(std::to_string(histogram.bucket_seconds), "Int64"));
}

Status add_counts(Sql& sql, const Histogram& histogram, const HistogramScope& scope,
                  const CompileOptions& options)
{
    sql.text += fmt::format("SELECT {} AS bucket, count(), countIf(level >= 0) FROM {} WHERE ",
                            bucket_of("toUnixTimestamp(ts)", histogram, sql), scope.table);
    add_period(sql, scope.from, scope.to);
    if (scope.filter != nullptr) {
        sql.text += " AND ";
        TRY_STATUS(compile_filter(*scope.filter, options, sql));
    }
    sql.text += " GROUP BY bucket";
    return {};
}

/// Whole minutes from the projection, the rest of the first and last minute from the events.
Status add_minute_counts(Sql& sql, const Histogram& histogram, const HistogramScope& scope,
                         const CompileOptions& options)
{
    const Whole minutes = whole_units(scope.from, scope.to, kMinuteNs);
    std::string_view joint;
    if (minutes.any()) {
        sql.text +=
            fmt::format("SELECT bucket, sum(n) AS events, sumIf(n, detected) AS hits FROM "
                        "(SELECT {} AS bucket, level >= 0 AS detected, count() AS n FROM {} WHERE "
                        "toStartOfMinute(ts) >= toDateTime({}, 'UTC') "
                        "AND toStartOfMinute(ts) < toDateTime({}, 'UTC') GROUP BY bucket, "
                        "detected) GROUP BY bucket",
                        bucket_of("toUnixTimestamp(toStartOfMinute(ts))", histogram, sql),
                        scope.table, sql.bind(std::to_string(minutes.first.seconds()), "Int64"),
                        sql.bind(std::to_string(minutes.last.seconds()), "Int64"));
        joint = " UNION ALL ";
    }
    for (const auto& [from, to] : minutes.ends) {
        sql.text += joint;
        TRY_STATUS(add_counts(sql, histogram,
                              {.table = scope.table, .filter = nullptr, .from = from, .to = to},
                              options));
        joint = " UNION ALL ";
    }
    return {};
}

} // namespace

Histogram empty_histogram(Time from, Time to, std::size_t buckets)
{
    constexpr std::array<std::int64_t, 21> kLengths{
        1,    2,    5,    10,    15,    30,    60,    120,       300,        600,        900,
        1800, 3600, 7200, 10800, 21600, 43200, 86400, 7 * 86400, 30 * 86400, 365 * 86400};
    Histogram histogram;
    const std::int64_t span = to.seconds() - from.seconds() + 1;
    if (to <= from || buckets == 0) {
        return histogram;
    }
    const auto wanted =
        static_cast<std::int64_t>(std::min<std::size_t>(buckets, base::limits::kPageItemsMax));
    const auto* const fits =
        std::ranges::find_if(kLengths, [&](std::int64_t length) { return span / length < wanted; });
    histogram.bucket_seconds = fits != kLengths.end() ? *fits : span / wanted + 1;
    const std::int64_t into =
        ((from.seconds() % histogram.bucket_seconds) + histogram.bucket_seconds) %
        histogram.bucket_seconds;
    histogram.from = Time::from_seconds(from.seconds() - into);
    const std::int64_t last = (to + base::Duration{-1}).seconds();
    const auto size =
        static_cast<std::size_t>((last - histogram.from.seconds()) / histogram.bucket_seconds + 1);
    histogram.counts.resize(size);
    histogram.detected.resize(size);
    return histogram;
}

Status add_histogram(Sql& sql, const Histogram& histogram, const HistogramScope& scope,
                     const CompileOptions& options)
{
    return matches_everything(scope.filter) && histogram.bucket_seconds % 60 == 0
               ? add_minute_counts(sql, histogram, scope, options)
               : add_counts(sql, histogram, scope, options);
}

} // namespace tanggap::store::clickhouse
