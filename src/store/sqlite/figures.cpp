// One pass over what matches, counted here: a GROUP BY for each figure would read it a dozen times.
#include "store/figures.h"

#include <algorithm>

#include "model/detection.h"
#include "store/sqlite/alert_lists.h"
#include "store/sqlite/alert_sql.h"
#include "store/sqlite/case_sql.h"
#include "store/sqlite/change.h"
#include "store/sqlite/report_sql.h"

namespace tanggap::store {
namespace {

using sqlite::AlertFilter;
using sqlite::CaseFilter;
using sqlite::Database;
using sqlite::ReportFilter;
using sqlite::Statement;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

/// kSetAside as SQL; tests hold the two together.
constexpr std::string_view kSetAsideSql =
    "(a.status = 'merged' OR a.close_reason IN ('false_positive', 'benign', 'out_of_scope'))";

void count_attempt(const Statement& row, AlertTally& tally)
{
    ++tally.attempts;
    ++tally.severities.at(static_cast<std::size_t>(row.integer(0)));
    ++tally.outcomes.at(static_cast<std::size_t>(row.integer(1)));
    ++tally.techniques[row.text(6)];
    ++tally.countries[row.text(8)];
    ++tally.targets[row.text(9)];
    ++tally.organisations[row.text(10)];
    const auto [source, is_new] = tally.sources.try_emplace(row.text(7), 0);
    ++source->second;
    tally.addresses += is_new && row.integer(5) != 0 ? 1 : 0;
}

} // namespace

base::Result<AlertTally> tally_alerts(Snapshot& snapshot, const AlertQuestion& question)
{
    Database& database = database_of(snapshot);
    TRY(AlertFilter filter, sqlite::compile_filter(question.filter, question.now));
    TRY_STATUS(sqlite::hide(database, question.visible, filter));
    std::string sql("SELECT a.severity, a.outcome, a.first_seen, a.detections, ");
    sql.append(kSetAsideSql).append(", a.source_bits, a.technique, a.source, a.source_country,");
    sql.append(" a.target, a.organisation FROM alerts a WHERE ").append(filter.sql);
    TRY(const auto rows, database.prepare_once(sql, filter.types(), "iiiiiittttt"));
    filter.bind_to(*rows);
    AlertTally tally;
    tally.alerts_by_day.resize(question.days);
    tally.attempts_by_day.resize(question.days);
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        const bool attempt = rows->integer(4) == 0;
        ++tally.alerts;
        tally.detections += rows->natural(3);
        const std::int64_t into = rows->integer(2) - question.first_day.ns;
        if (into >= 0 && static_cast<std::size_t>(into / kDay) < question.days) {
            const auto day = static_cast<std::size_t>(into / kDay);
            ++tally.alerts_by_day[day];
            tally.attempts_by_day[day] += attempt ? 1 : 0;
        }
        if (attempt) {
            count_attempt(*rows, tally);
        }
        return {};
    }));
    return tally;
}

base::Result<CaseTally> tally_cases(Snapshot& snapshot, const query::Node* node, base::Time now,
                                    const CaseViewer& viewer)
{
    TRY(const CaseFilter filter, sqlite::compile_case_filter(node, now, viewer));
    std::string sql("SELECT c.incident, c.open, c.priority, c.stage, c.organisation");
    std::string types("iiiit");
    for (const CaseInterval& interval : kCaseIntervals) {
        sql.append(", ifnull(t.").append(interval.begin).append(", 0), ifnull(t.");
        sql.append(interval.end).append(", 0)");
        types += "ii";
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
            const std::int64_t begin = rows->integer(5 + 2 * i);
            const std::int64_t end = rows->integer(6 + 2 * i);
            if (begin > 0 && end >= begin) {
                tally.intervals.at(i).push_back((end - begin) / kSecond);
            }
        }
        return {};
    }));
    return tally;
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
