#include "store/clickhouse/tally.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include <fmt/format.h>

#include "store/clickhouse/columns.h"

namespace tanggap::store::clickhouse {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
/// Derived, but never wrong: a part that a power cut takes must not leave its days behind.
constexpr std::string_view kSettings =
    "SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1";

bool same(const Day& a, const Day& b)
{
    return a.day == b.day && a.rows == b.rows;
}

bool earlier(const Day& a, const Day& b)
{
    return a.day < b.day;
}

/// The one of `days` with this date, or null.
const Day* find_day(const std::vector<Day>& days, std::int64_t day)
{
    const auto at = std::ranges::lower_bound(days, day, {}, &Day::day);
    return at != days.end() && at->day == day ? &*at : nullptr;
}

std::string days_table(std::string_view database)
{
    return fmt::format("{}.tallied_days", database);
}

} // namespace

bool Tally::holds(const std::vector<Day>& now) const
{
    return std::ranges::all_of(days, [&](const Day& counted) {
        const Day* const found = find_day(now, counted.day);
        return found != nullptr && same(*found, counted);
    });
}

std::uint64_t Tally::events() const
{
    return std::accumulate(days.begin(), days.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const Day& day) { return sum + day.rows; });
}

std::vector<Day> resting(const std::vector<Day>& before, const std::vector<Day>& now)
{
    std::vector<Day> out;
    std::ranges::copy_if(now, std::back_inserter(out), [&](const Day& day) {
        const Day* const found = find_day(before, day.day);
        return found != nullptr && same(*found, day);
    });
    return out;
}

std::vector<Day> beside(const Tally& tally, const std::vector<Day>& now)
{
    std::vector<Day> out;
    std::ranges::set_difference(now, tally.days, std::back_inserter(out), earlier);
    return out;
}

std::string day_starts(const std::vector<Day>& days)
{
    std::string out;
    for (const Day& day : days) {
        out +=
            fmt::format("{}toDateTime({}, 'UTC')", out.empty() ? "" : ", ", day.day * kDaySeconds);
    }
    return out;
}

std::string tally_table(std::string_view database, std::string_view column)
{
    return fmt::format("{}.tallied_{}", database, column);
}

std::vector<std::string> tally_tables(std::string_view database)
{
    std::vector<std::string> out{days_table(database)};
    for (const std::string_view column : kCountedByDay) {
        out.push_back(tally_table(database, column));
    }
    return out;
}

std::vector<std::string> create_tally_sql(std::string_view database)
{
    std::vector<std::string> out{fmt::format(
        "CREATE TABLE IF NOT EXISTS {} (tally UInt64, day Int64, events UInt64) ENGINE = MergeTree "
        "PARTITION BY tally ORDER BY day {}",
        days_table(database), kSettings)};
    for (const std::string_view column : kCountedByDay) {
        const auto hot = std::ranges::find(kHotColumns, column, &Column::column);
        out.push_back(
            fmt::format("CREATE TABLE IF NOT EXISTS {0} (tally UInt64, {1} Int64, {2} {3}, events "
                        "UInt64) ENGINE = MergeTree PARTITION BY tally ORDER BY ({1}, {2}) {4}",
                        tally_table(database, column), kCountedWith, column,
                        hot->kind == ColumnKind::Address ? "IPv6" : "String", kSettings));
    }
    return out;
}

std::string count_tally_sql(std::string_view database, std::string_view column, const Tally& tally)
{
    return fmt::format("INSERT INTO {0} (tally, {1}, {2}, events) SELECT {3}, {1}, {2}, count() "
                       "FROM {4}.events WHERE toStartOfDay(ts) IN ({5}) GROUP BY {1}, {2}",
                       tally_table(database, column), kCountedWith, column, tally.id, database,
                       day_starts(tally.days));
}

std::string complete_tally_sql(std::string_view database, const Tally& tally)
{
    std::string days;
    for (const Day& day : tally.days) {
        days += fmt::format("{}({}, {})", days.empty() ? "" : ", ", day.day, day.rows);
    }
    return fmt::format("INSERT INTO {} (tally, day, events) SELECT {}, d.1, d.2 FROM (SELECT "
                       "arrayJoin([{}]) AS d)",
                       days_table(database), tally.id, days);
}

} // namespace tanggap::store::clickhouse
