// Tallies: how often each value of a column that is counted by day comes over many days at once.
//
// A projection counts by day, so a value that comes every day has a row a day. A tally adds up the
// days that rest: one row a value and status (kCountedWith). It is made from the projections, never
// at an insert, and holds only while each of its days has exactly the events that it had then:
// events are added to a day and leave with it, so their number tells. What does not hold is not
// asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/clickhouse/slices.h"

namespace tanggap::store::clickhouse {

struct Tally {
    std::uint64_t id = 0;  ///< its partition in the tables
    std::vector<Day> days; ///< by day, with the events they had

    /// Whether it still counts exactly its days. `now`: all days, by day.
    bool holds(const std::vector<Day>& now) const;
    std::uint64_t events() const;
};

/// Those of `now` that have as many events as in `before`; both by day.
std::vector<Day> resting(const std::vector<Day>& before, const std::vector<Day>& now);
/// Those of `now` that the tally does not count.
std::vector<Day> beside(const Tally& tally, const std::vector<Day>& now);

/// "toDateTime(…, 'UTC'), …": the days as the projections name them.
std::string day_starts(const std::vector<Day>& days);

/// One table a column, and one that says which days a tally counts. A tally is there once its days
/// are: they are written last.
std::vector<std::string> create_tally_sql(std::string_view database);
std::vector<std::string> tally_tables(std::string_view database);
std::string tally_table(std::string_view database, std::string_view column);
std::string count_tally_sql(std::string_view database, std::string_view column, const Tally& tally);
std::string complete_tally_sql(std::string_view database, const Tally& tally);

} // namespace tanggap::store::clickhouse
