// The queue in groups. Each kind of rows is summed up by value on its own, then the sums are added
// up: one pass over what matches, whatever the number of groups, for the page and for its total.
#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>

#include "base/text.h"
#include "store/sqlite/change.h"
#include "store/sqlite/triage_filter.h"

namespace tanggap::store {
namespace {

using sqlite::AlertFilter;
using sqlite::Database;
using sqlite::SqlValue;
using sqlite::Statement;

/// Where the value lies. Every alert has a rule and a source; a report has neither. The `+` keeps
/// SQLite from walking an index of the column: a look at each row from there took twice the time.
struct Columns {
    std::string_view alerts_from;
    std::string_view alerts;
    std::string_view reports;
};
/// By TriageGrouping.
constexpr std::array kColumns{
    Columns{.alerts_from = "alert_rules g JOIN alerts a ON a.number = g.number",
            .alerts = "g.rule_id",
            .reports = "''"},
    Columns{.alerts_from = "alerts a", .alerts = "+a.source", .reports = "''"},
    Columns{.alerts_from = "alerts a", .alerts = "+a.organisation", .reports = "r.organisation"},
};

constexpr std::string_view kAlertSums =
    " AS v, count(*) AS c, max(a.priority) AS p, max(a.severity) AS s, max(a.last_seen) AS l,"
    " max(a.first_seen) AS f, sum(a.events) AS e FROM ";
constexpr std::string_view kReportSums =
    " AS v, count(*) AS c, max(r.priority) AS p, max(r.severity) AS s, max(r.updated_at) AS l,"
    " max(r.received_at) AS f, count(*) AS e FROM reports r WHERE ";

/// The keys of each order, by TriageSort.
constexpr std::array<std::array<std::string_view, 2>, 4> kKeys{
    {{"max(p)", "max(l)"}, {"max(l)", "0"}, {"max(f)", "0"}, {"sum(e)", "0"}}};

/// Where a group stands: keys descending, then value ascending.
struct Place {
    std::int64_t first = 0;
    std::int64_t second = 0;
    std::string value;
};

struct Found {
    Place place;
    TriageGroup group;
    std::uint64_t total = 0; ///< of all groups
};

std::string text_of(const Place& place)
{
    return std::to_string(place.first) + "." + std::to_string(place.second) + "." + place.value;
}

base::Result<Place> parse_place(std::string_view text)
{
    std::array<std::int64_t, 2> keys{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::int64_t& key : keys) {
        const auto [next, error] = std::from_chars(at, end, key);
        if (error != std::errc{} || next == end || *next != '.') {
            return base::invalid("cursor position " + base::quoted(text) +
                                 " is damaged; ask for the list again from its start");
        }
        at = next + 1;
    }
    return Place{.first = keys[0], .second = keys[1], .value = std::string(at, end)};
}

/// A SELECT with the values it binds.
struct Sql {
    std::string text;
    std::vector<SqlValue> values;
};

/// One row a group: v, rows, events, priority, severity, last_seen, k1, k2.
base::Result<Sql> sum_up(Database& database, const TriagePageRequest& request,
                         TriageGrouping grouping)
{
    const TriageQuestion question{.filter = request.filter,
                                  .now = request.now,
                                  .visible = request.visible,
                                  .visible_reports = request.visible_reports};
    TRY(AlertFilter alerts, sqlite::queue_filter(database, TriageKind::Alert, question));
    TRY(AlertFilter reports, sqlite::queue_filter(database, TriageKind::Report, question));
    const Columns& columns = kColumns.at(static_cast<std::size_t>(grouping));
    const auto& [first, second] = kKeys.at(static_cast<std::size_t>(request.sort));
    Sql sql;
    sql.text = "SELECT v, sum(c) AS n, sum(e) AS events, max(p) AS priority, max(s) AS severity,"
               " max(l) AS last_seen, ";
    sql.text.append(first).append(" AS k1, ").append(second).append(" AS k2 FROM (SELECT ");
    sql.text.append(columns.alerts).append(kAlertSums).append(columns.alerts_from);
    sql.text.append(" WHERE ").append(alerts.sql).append(" GROUP BY 1 UNION ALL SELECT ");
    sql.text.append(columns.reports).append(kReportSums).append(reports.sql);
    sql.text.append(" GROUP BY 1) GROUP BY v");
    sql.values = std::move(alerts.values);
    std::ranges::move(reports.values, std::back_inserter(sql.values));
    return sql;
}

/// Those behind `after`, in order.
base::Result<std::vector<Found>> read_groups(Database& database, const Sql& sums,
                                             const std::optional<Place>& after, std::size_t limit)
{
    AlertFilter binder;
    binder.values = sums.values;
    std::string sql = "WITH sums AS MATERIALIZED (" + sums.text + ")";
    sql += " SELECT v, n, events, priority, severity, last_seen, k1, k2,"
           " (SELECT count(*) FROM sums) FROM sums";
    if (after) {
        sql += " WHERE k1 < ? OR (k1 = ? AND (k2 < ? OR (k2 = ? AND v > ?)))";
        for (const std::int64_t key : {after->first, after->first, after->second, after->second}) {
            binder.values.push_back(SqlValue::of(key));
        }
        binder.values.push_back(SqlValue::of(after->value));
    }
    sql.append(" ORDER BY k1 DESC, k2 DESC, v LIMIT ").append(std::to_string(limit));
    TRY(const auto rows, database.prepare_once(sql, binder.types(), "tiiiiiiii"));
    binder.bind_to(*rows);
    std::vector<Found> found;
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        const std::string& value = rows->text(0);
        TriageGroup group;
        group.value = value;
        group.rows = rows->natural(1);
        group.events = rows->natural(2);
        group.priority = static_cast<int>(rows->integer(3));
        group.severity = static_cast<model::Level>(rows->integer(4));
        group.last_seen = {rows->integer(5)};
        found.push_back(
            {.place = {.first = rows->integer(6), .second = rows->integer(7), .value = value},
             .group = std::move(group),
             .total = rows->natural(8)});
        return {};
    }));
    return found;
}

/// The titles as alerts brought them: also of a rule that is gone.
base::Status name_rules(Database& database, std::vector<TriageGroup>& groups)
{
    TRY(Statement * titles,
        database.prepared("SELECT title, title_id FROM rule_titles WHERE rule_id = ?", "t", "tt"));
    for (TriageGroup& group : groups) {
        TRY([[maybe_unused]] const bool known, one_row(titles->bind(group.value), [&] {
                group.title = titles->text(0);
                group.title_id = titles->text(1);
            }));
    }
    return {};
}

} // namespace

base::Result<TriageGroupPage>
list_triage_groups(Snapshot& snapshot, const TriagePageRequest& request, TriageGrouping grouping)
{
    Database& database = database_of(snapshot);
    std::optional<Place> after;
    if (!request.after.empty()) {
        TRY(after, parse_place(request.after));
    }
    TRY(const Sql sums, sum_up(database, request, grouping));
    TRY(auto found, read_groups(database, sums, after, request.limit + 1));
    TriageGroupPage page;
    if (!found.empty()) {
        page.total = found.front().total;
    } else if (after) { // Those behind it are gone; there may be others.
        TRY(const auto first, read_groups(database, sums, std::nullopt, 1));
        page.total = first.empty() ? 0 : first.front().total;
    }

    const std::size_t count = std::min(found.size(), request.limit);
    if (found.size() > count && count > 0) {
        page.next = text_of(found[count - 1].place);
    }
    found.resize(count);
    for (Found& each : found) {
        page.groups.push_back(std::move(each.group));
    }
    if (grouping == TriageGrouping::Rule) {
        TRY_STATUS(name_rules(database, page.groups));
    }
    return page;
}

} // namespace tanggap::store
