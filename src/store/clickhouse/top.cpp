#include "store/clickhouse/top.h"

#include <fmt/format.h>

#include "store/clickhouse/whole.h"

namespace tanggap::store::clickhouse {
namespace {

using base::Status;
using base::Time;

void begin_count(Sql& sql, const TopScope& scope)
{
    sql.text += fmt::format("SELECT {} AS v, count() AS c FROM {} WHERE {} AND ",
                            scope.countable.expression, scope.table, scope.countable.present);
}

Status add_filter(Sql& sql, const TopScope& scope, const CompileOptions& options)
{
    if (!matches_everything(scope.filter)) {
        sql.text += " AND ";
        TRY_STATUS(compile_filter(*scope.filter, options, sql));
    }
    return {};
}

Status add_counts(Sql& sql, const TopScope& scope, Time from, Time to,
                  const CompileOptions& options)
{
    begin_count(sql, scope);
    add_period(sql, from, to);
    TRY_STATUS(add_filter(sql, scope, options));
    sql.text += " GROUP BY v";
    return {};
}

/// The condition is over what the projection groups by, which is how the engine knows to use it.
Status add_day_counts(Sql& sql, const TopScope& scope, const Whole& days,
                      const CompileOptions& options)
{
    begin_count(sql, scope);
    sql.text += fmt::format("toStartOfDay(ts) >= toDateTime({}, 'UTC') AND "
                            "toStartOfDay(ts) < toDateTime({}, 'UTC')",
                            sql.bind(std::to_string(days.first.seconds()), "Int64"),
                            sql.bind(std::to_string(days.last.seconds()), "Int64"));
    TRY_STATUS(add_filter(sql, scope, options));
    sql.text += " GROUP BY v";
    return {};
}

/// The tally, and the projection for the whole days beside it.
Status add_tally(Sql& sql, const TopScope& scope, const CompileOptions& options)
{
    sql.text += fmt::format("SELECT {} AS v, sum(events) AS c FROM {} WHERE {} AND tally = {}",
                            scope.countable.expression, scope.tally_table, scope.countable.present,
                            sql.bind(std::to_string(scope.tally->id), "UInt64"));
    TRY_STATUS(add_filter(sql, scope, options));
    sql.text += " GROUP BY v";
    if (!scope.beside.empty()) {
        sql.text += " UNION ALL ";
        begin_count(sql, scope);
        sql.text += fmt::format("toStartOfDay(ts) IN ({})", day_starts(scope.beside));
        TRY_STATUS(add_filter(sql, scope, options));
        sql.text += " GROUP BY v";
    }
    return {};
}

} // namespace

Status add_top(Sql& sql, const TopScope& scope, const CompileOptions& options)
{
    const bool by_days = scope.countable.by_day && asks_only_counts(scope.filter, options);
    const Whole days = whole_units(scope.from, scope.to, kDayNs);
    const bool tallied = by_days && scope.tally != nullptr;
    const bool summed =
        by_days && days.any() && (!days.ends.empty() || (tallied && !scope.beside.empty()));
    const std::string_view n = summed ? "total" : "c";
    // toString keeps LowCardinality, which the reader of rows does not take.
    sql.text += fmt::format("SELECT CAST(toString(v) AS String), {} FROM (", n);
    if (summed) {
        sql.text += "SELECT v, sum(c) AS total FROM (";
    }
    if (tallied) {
        TRY_STATUS(add_tally(sql, scope, options));
    } else if (by_days && days.any()) {
        TRY_STATUS(add_day_counts(sql, scope, days, options));
    } else {
        TRY_STATUS(add_counts(sql, scope, scope.from, scope.to, options));
    }
    if (summed) {
        for (const auto& [from, to] : days.ends) {
            sql.text += " UNION ALL ";
            TRY_STATUS(add_counts(sql, scope, from, to, options));
        }
        sql.text += ") GROUP BY v";
    }
    sql.text += fmt::format(" ORDER BY {} DESC, v LIMIT {})", n, scope.values);
    return {};
}

} // namespace tanggap::store::clickhouse
