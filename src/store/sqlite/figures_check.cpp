// Are the kept counts those of the alerts? Both are put into one list, the kept ones as they are
// and the alerts as one each; what does not come out even is a difference.
#include <filesystem>

#include <fmt/format.h>

#include "base/time.h"
#include "store/figures.h"
#include "store/sqlite/database.h"
#include "store/sqlite/figure_counts.h"

namespace tanggap::store {
namespace {

using sqlite::Database;

/// Differences that are told one by one.
constexpr std::size_t kExamples = 20;

constexpr std::string_view kDayDifferences =
    "SELECT day, dimension, value, sum(kept), sum(there) FROM"
    " (SELECT d.day, d.dimension, ifnull(f.value, '') AS value, d.attempts AS kept, 0 AS there"
    " FROM figure_days d LEFT JOIN figure_values f ON f.ref = d.value"
    " UNION ALL SELECT day, dimension, value, 0, 1 FROM alert_values)"
    " GROUP BY 1, 2, 3 HAVING sum(kept) <> sum(there)";

constexpr std::string_view kHourDifferences =
    "SELECT hour, sum(alerts), sum(attempts), sum(detections), sum(alerts_there),"
    " sum(attempts_there), sum(detections_there) FROM"
    " (SELECT hour, alerts, attempts, detections, 0 AS alerts_there, 0 AS attempts_there,"
    " 0 AS detections_there FROM figure_hours"
    " UNION ALL SELECT f.hour, 0, 0, 0, 1, f.attempt, a.detections FROM alert_facts f"
    " JOIN alerts a ON a.number = f.number)"
    " GROUP BY 1 HAVING (sum(alerts), sum(attempts), sum(detections)) IS NOT"
    " (sum(alerts_there), sum(attempts_there), sum(detections_there))";

void add_difference(CountsCheck& check, std::string text)
{
    ++check.differences;
    if (check.examples.size() < kExamples) {
        check.examples.push_back(std::move(text));
    }
}

std::string_view name_of(std::int64_t dimension)
{
    const auto known = static_cast<std::size_t>(dimension);
    return known < sqlite::kDimensionNames.size() ? sqlite::kDimensionNames.at(known)
                                                  : std::string_view("unknown kind");
}

base::Status compare_days(Database& database, CountsCheck& check)
{
    TRY(const auto rows, database.prepare_once(std::string(kDayDifferences), "", "iitii"));
    return each_row(*rows, [&]() -> base::Status {
        const auto day = base::Time::from_seconds(rows->integer(0) * 86'400);
        add_difference(check, fmt::format("{}: {} '{}' is counted {} times, {} attempts have it",
                                          base::format_rfc3339(day).substr(0, 10),
                                          name_of(rows->integer(1)), rows->text(2),
                                          rows->integer(3), rows->integer(4)));
        return {};
    });
}

base::Status compare_hours(Database& database, CountsCheck& check)
{
    TRY(const auto rows, database.prepare_once(std::string(kHourDifferences), "", "iiiiiii"));
    return each_row(*rows, [&]() -> base::Status {
        const auto hour = base::Time::from_seconds(rows->integer(0) * 3600);
        add_difference(
            check,
            fmt::format("hour {}: {} alerts, {} attempts, {} detections are counted, there are"
                        " {}, {}, {}",
                        base::format_rfc3339(hour), rows->integer(1), rows->integer(2),
                        rows->integer(3), rows->integer(4), rows->integer(5), rows->integer(6)));
        return {};
    });
}

} // namespace

base::Result<CountsCheck> check_counts(const std::string& folder)
{
    const std::string file = folder + "/cases.sqlite";
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        return base::not_found("there is no case database " + file +
                               "; give --data the folder of `tanggap serve`");
    }
    TRY(const auto database, Database::open(file, sqlite::Access::ReadOnly));
    TRY_STATUS(database->run("BEGIN")); // One view, also while a server writes.
    CountsCheck check;
    TRY(const std::int64_t there, database->integer_of("SELECT count(*) FROM sqlite_master WHERE"
                                                       " name = 'figure_days'"));
    check.kept = there != 0;
    if (!check.kept) {
        return check;
    }
    TRY(const std::int64_t counts,
        database->integer_of("SELECT (SELECT count(*) FROM figure_days) +"
                             " 3 * (SELECT count(*) FROM figure_hours)"));
    check.counts = static_cast<std::uint64_t>(counts);
    TRY_STATUS(compare_hours(*database, check));
    TRY_STATUS(compare_days(*database, check));
    return check;
}

} // namespace tanggap::store
