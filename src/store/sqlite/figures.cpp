// Cases, reports, records. One pass over what matches, counted here: a GROUP BY for each figure
// would read it a dozen times.
#include "store/figures.h"

#include <algorithm>

#include <fmt/format.h>

#include "store/sqlite/case_sql.h"
#include "store/sqlite/change.h"
#include "store/sqlite/report_sql.h"

namespace tanggap::store {
namespace {

using sqlite::CaseFilter;
using sqlite::Database;
using sqlite::ReportFilter;
using sqlite::Statement;

constexpr std::int64_t kSecond = 1'000'000'000;

} // namespace

base::Result<CaseTally> tally_cases(Snapshot& snapshot, const query::Node* node, base::Time now,
                                    const CaseViewer& viewer)
{
    TRY(const CaseFilter filter, sqlite::compile_case_filter(node, now, viewer));
    std::string sql("SELECT c.incident, c.open, c.priority, c.stage, c.organisation");
    std::string types("iiiit");
    for (const CaseInterval& interval : kCaseIntervals) {
        sql +=
            fmt::format(", CASE WHEN t.{0} > 0 AND t.{1} >= t.{0} THEN t.{1} - t.{0} ELSE -1 END",
                        interval.begin, interval.end);
        types += "i";
    }
    sql += " FROM cases c LEFT JOIN case_times t ON t.ref = c.ref WHERE " + filter.sql;
    TRY(const auto rows, database_of(snapshot).prepare_once(sql, filter.types(), types));
    filter.bind_to(*rows);
    CaseTally tally;
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        ++tally.cases;
        tally.incidents += rows->natural(0);
        tally.open += rows->natural(1);
        ++tally.priorities[rows->integer(2)];
        ++tally.stages.at(static_cast<std::size_t>(rows->integer(3)));
        ++tally.organisations[rows->text(4)];
        for (std::size_t i = 0; i < kCaseIntervals.size(); ++i) {
            const std::int64_t took = rows->integer(5 + i);
            if (took >= 0) {
                tally.intervals.at(i).push_back(took / kSecond);
            }
        }
        return {};
    }));
    return tally;
}

base::Result<Counts> tally_classes(Snapshot& snapshot, const query::Node* node, base::Time now,
                                   const CaseViewer& viewer)
{
    TRY(const CaseFilter filter, sqlite::compile_case_filter(node, now, viewer));
    // From the cases to their words: the other way round every class of all times is read.
    TRY(const auto rows,
        database_of(snapshot).prepare_once("SELECT w.word FROM cases c CROSS JOIN case_words w"
                                           " ON w.case_id = c.id AND w.kind = 'class' WHERE " +
                                               filter.sql,
                                           filter.types(), "t"));
    filter.bind_to(*rows);
    Counts classes;
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        ++classes[rows->text(0)];
        return {};
    }));
    return classes;
}

base::Result<ReportTally> tally_reports(Snapshot& snapshot, const query::Node* node, base::Time now,
                                        const policy::Filter& visible)
{
    Database& database = database_of(snapshot);
    TRY(ReportFilter filter, sqlite::compile_report_filter(node, now));
    sqlite::hide(filter, visible);
    const std::string sql = "SELECT r.channel, r.kind, r.status, r.received_at, r.acknowledged_at"
                            " FROM reports r WHERE " +
                            filter.sql;
    TRY(const auto rows, database.prepare_once(sql, filter.types(), "tttii"));
    filter.bind_to(*rows);
    ReportTally tally;
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        ++tally.reports;
        ++tally.channels[rows->text(0)];
        ++tally.kinds[rows->text(1)];
        ++tally.statuses[rows->text(2)];
        if (rows->integer(4) > 0) {
            tally.acknowledged.push_back(
                std::max<std::int64_t>(rows->integer(4) - rows->integer(3), 0) / kSecond);
        }
        return {};
    }));
    return tally;
}

base::Result<ReceivedRecords> count_received(Snapshot& snapshot, base::Time from, base::Time to)
{
    Database& database = database_of(snapshot);
    ReceivedRecords received;
    TRY(Statement * row, database.prepared("SELECT ifnull(sum(records), 0) FROM received_hours"
                                           " WHERE hour >= ? AND hour < ?",
                                           "ii", "i"));
    TRY([[maybe_unused]] const bool found,
        one_row(row->bind(from.ns, to.ns), [&] { received.records = row->natural(0); }));
    TRY(Statement * first,
        database.prepared("SELECT ifnull(min(hour), 0) FROM received_hours", "", "i"));
    TRY([[maybe_unused]] const bool any,
        one_row(*first, [&] { received.since = {first->integer(0)}; }));
    return received;
}

} // namespace tanggap::store
