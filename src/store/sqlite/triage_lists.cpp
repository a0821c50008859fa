// The queue over all its kinds. Each kind is an arm of one UNION ALL; SQLite walks the arms' own
// indexes side by side, so that a page of a million rows reads a page. How a filtered list stays
// quick: as alert_lists.cpp says.
#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

#include "base/limits.h"
#include "base/text.h"
#include "base/triage_limits.h"
#include "store/sqlite/alert_lists.h"
#include "store/sqlite/alert_rows.h"
#include "store/sqlite/change.h"
#include "store/sqlite/report_triage.h"
#include "store/sqlite/triage_filter.h"

namespace tanggap::store {
namespace {

using sqlite::AlertFilter;
using sqlite::Database;
using sqlite::SqlValue;
using sqlite::Statement;

/// Where a row stands in the order, all descending. `kind` is the arm's ordinal.
struct Place {
    std::int64_t first = 0;
    std::int64_t second = 0;
    std::int64_t number = 0;
    std::int64_t kind = 0;

    friend auto operator<=>(const Place&, const Place&) = default;
};

/// One kind of the queue, as an arm: the keys of each order, and where they come from.
struct Arm {
    std::string_view from;
    std::string_view number;
    std::array<std::array<std::string_view, 2>, 4> keys; ///< by TriageSort
    std::array<std::string_view, 4> indexes;             ///< empty: the table's own order
};

/// By TriageKind.
constexpr std::array kArms{
    Arm{.from = "alerts a",
        .number = "a.number",
        .keys = {{{"a.priority", "a.last_seen"},
                  {"a.last_seen", "0"},
                  {"a.first_seen", "0"},
                  {"a.events", "0"}}},
        .indexes = {"alerts_priority", "alerts_last_seen", "alerts_first_seen", "alerts_events"}},
    Arm{.from = "reports r",
        .number = "r.sequence",
        .keys = {{{"r.priority", "r.updated_at"},
                  {"r.updated_at", "0"},
                  {"r.received_at", "0"},
                  {"1", "0"}}},
        .indexes = {"reports_priority", "reports_updated", "reports_received", ""}},
};

/// What of a page or a question an arm asks for.
template <class Question>
base::Result<AlertFilter> compile(Database& database, TriageKind kind, const Question& question)
{
    return sqlite::queue_filter(database, kind,
                                {.filter = question.filter,
                                 .now = question.now,
                                 .visible = question.visible,
                                 .visible_reports = question.visible_reports});
}

std::string text_of(const Place& place)
{
    return std::to_string(place.first) + "." + std::to_string(place.second) + "." +
           std::to_string(place.number) + "." + std::to_string(place.kind);
}

base::Result<Place> parse_place(std::string_view text)
{
    std::array<std::int64_t, 4> parts{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto [next, error] = std::from_chars(at, end, parts.at(i));
        const bool last = i + 1 == parts.size();
        if (error != std::errc{} || (last ? next != end : next == end || *next != '.')) {
            return base::invalid("cursor position " + base::quoted(text) +
                                 " is damaged; ask for the list again from its start");
        }
        at = last ? next : next + 1;
    }
    return Place{parts[0], parts[1], parts[2], parts[3]};
}

/// The arms joined, with the values they bind.
struct Union {
    std::string sql;
    std::vector<SqlValue> values;
};

enum class Ordered : std::uint8_t { No, Yes };

/// By TriageKind.
using Filters = std::array<AlertFilter, kArms.size()>;

Union join_arms(Filters filters, TriageSort order, const std::optional<Place>& after,
                Ordered ordered)
{
    const auto sort = static_cast<std::size_t>(order);
    Union all;
    for (std::size_t kind = 0; kind < kArms.size(); ++kind) {
        const Arm& arm = kArms.at(kind);
        AlertFilter& filter = filters.at(kind);
        const auto& [first, second] = arm.keys.at(sort);
        all.sql.append(kind == 0 ? "SELECT " : " UNION ALL SELECT ");
        all.sql.append(first).append(" AS k1, ").append(second).append(" AS k2, ");
        all.sql.append(arm.number).append(" AS n, ").append(std::to_string(kind));
        all.sql.append(" AS kind FROM ").append(arm.from);
        if (ordered == Ordered::Yes && !arm.indexes.at(sort).empty()) {
            all.sql.append(" INDEXED BY ").append(arm.indexes.at(sort));
        }
        all.sql.append(" WHERE ").append(filter.sql);
        std::ranges::move(filter.values, std::back_inserter(all.values));
        if (after) {
            // Where the arm comes after the place's own kind, its equal keys are still to come.
            const bool equal_too = static_cast<std::int64_t>(kind) < after->kind;
            all.sql.append(" AND (").append(first).append(", ").append(second).append(", ");
            all.sql.append(arm.number).append(equal_too ? ") <= (?, ?, ?)" : ") < (?, ?, ?)");
            for (const std::int64_t part : {after->first, after->second, after->number}) {
                all.values.push_back(SqlValue::of(part));
            }
        }
    }
    return all;
}

base::Result<std::vector<Place>> read_places(Database& database, Union all, std::string_view rest,
                                             std::size_t limit)
{
    all.sql.append(rest).append(" LIMIT ").append(std::to_string(limit));
    AlertFilter binder;
    binder.values = std::move(all.values);
    TRY(const auto rows, database.prepare_once(all.sql, binder.types(), "iiii"));
    binder.bind_to(*rows);
    std::vector<Place> places;
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        places.push_back({.first = rows->integer(0),
                          .second = rows->integer(1),
                          .number = rows->integer(2),
                          .kind = rows->integer(3)});
        return {};
    }));
    return places;
}

/// Nothing: it is gone.
base::Result<std::optional<TriageRow>> read_alert_row(Database& database, std::int64_t number)
{
    TRY(auto alerts, sqlite::read_alerts(database, std::array{number}));
    if (alerts.empty()) {
        return std::nullopt;
    }
    TriageRow row{.alert = std::move(alerts.front()), .standing = {}};
    TRY(row.standing, sqlite::read_standing(database, row.alert.number, row.alert.id.text()));
    return row;
}

base::Result<std::optional<TriageRow>> read_report_row(Snapshot& snapshot, std::int64_t sequence)
{
    QueuedReport queued;
    TRY(queued.head, find_report_head(snapshot, static_cast<std::uint64_t>(sequence)));
    Database& database = database_of(snapshot);
    TRY(Statement * beside,
        database.prepared(
            "SELECT r.place, coalesce((SELECT u.name FROM users u WHERE u.id = r.assignee), ''),"
            " coalesce((SELECT o.version FROM objects o WHERE o.kind = 'report' AND o.id = r.id),"
            " 0) FROM reports r WHERE r.sequence = ?",
            "i", "tti"));
    TRY([[maybe_unused]] const bool found, one_row(beside->bind(sequence), [&] {
            queued.place = beside->text(0);
            queued.assignee = beside->text(1);
            queued.version = beside->natural(2);
        }));
    return TriageRow{.alert = {}, .standing = {}, .report = std::move(queued)};
}

base::Result<std::vector<TriageRow>> read_rows(Snapshot& snapshot, std::span<const Place> places)
{
    std::vector<TriageRow> rows;
    rows.reserve(places.size());
    for (const Place& place : places) {
        const bool report = place.kind == static_cast<std::int64_t>(TriageKind::Report);
        TRY(auto row, report ? read_report_row(snapshot, place.number)
                             : read_alert_row(database_of(snapshot), place.number));
        if (row) {
            rows.push_back(std::move(*row));
        }
    }
    return rows;
}

/// The first number given at or after `since`: numbers and times of making rise together.
base::Result<std::int64_t> first_number_since(Database& database, base::Time since)
{
    TRY(const std::int64_t last,
        database.integer_of("SELECT coalesce(max(number), 0) FROM alerts"));
    TRY(Statement * probe,
        database.prepared("SELECT created_at FROM alerts WHERE number >= ? ORDER BY number LIMIT 1",
                          "i", "i"));
    std::int64_t low = 1;
    std::int64_t high = last + 1;
    while (low < high) {
        const std::int64_t middle = low + (high - low) / 2;
        std::int64_t made = 0;
        TRY([[maybe_unused]] const bool found,
            one_row(probe->bind(middle), [&] { made = probe->integer(0); }));
        (made > since.ns ? high : low) = made > since.ns ? middle : middle + 1;
    }
    return low;
}

/// How many of an arm match, `condition` included, at most `count_max`.
base::Result<std::uint64_t> count_where(Database& database, TriageKind kind, AlertFilter filter,
                                        std::string_view condition, std::vector<SqlValue> values,
                                        std::size_t count_max)
{
    std::string sql("SELECT count(*) FROM (SELECT 1 FROM ");
    sql.append(kArms.at(static_cast<std::size_t>(kind)).from).append(" WHERE ").append(filter.sql);
    sql.append(condition).append(" LIMIT ").append(std::to_string(count_max)).append(")");
    std::ranges::move(values, std::back_inserter(filter.values));
    TRY(const auto row, database.prepare_once(sql, filter.types(), "i"));
    filter.bind_to(*row);
    std::uint64_t count = 0;
    TRY([[maybe_unused]] const bool found, one_row(*row, [&] { count = row->natural(0); }));
    return count;
}

/// Everything the asker sees, without counting a million rows.
base::Result<std::uint64_t> count_everything(Database& database, const AlertFilter& reports)
{
    TRY(const std::int64_t alerts,
        database.integer_of("SELECT value FROM counters WHERE name = 'alerts'"));
    TRY(const std::uint64_t counted, count_where(database, TriageKind::Report, reports, "", {},
                                                 base::limits::kListTotalMax + 1));
    return static_cast<std::uint64_t>(alerts) + counted;
}

TriageQuestion question_of(const TriagePageRequest& request)
{
    return {.filter = request.filter,
            .now = request.now,
            .visible = request.visible,
            .visible_reports = request.visible_reports};
}

} // namespace

base::Result<TriagePage> list_triage(Snapshot& snapshot, const TriagePageRequest& request)
{
    Database& database = database_of(snapshot);
    std::optional<Place> after;
    if (!request.after.empty()) {
        TRY(after, parse_place(request.after));
    }

    // All of them, where they are few: the total is then exact, and the page is cut in memory.
    TriagePage page;
    std::vector<Place> places;
    bool few = false;
    Filters filters;
    TRY(filters[0], compile(database, TriageKind::Alert, request));
    TRY(filters[1], compile(database, TriageKind::Report, request));
    if (filters[0].everything) {
        TRY(page.total, count_everything(database, filters[1]));
    } else {
        Union all = join_arms(filters, request.sort, std::nullopt, Ordered::No);
        TRY(places, read_places(database, std::move(all), "", base::limits::kListTotalMax + 1));
        page.total = places.size();
        few = places.size() <= base::limits::kListTotalMax;
    }
    page.total_is_lower_bound = page.total > base::limits::kListTotalMax && !request.exact_total;
    if (page.total_is_lower_bound) {
        page.total = base::limits::kListTotalMax;
    } else if (page.total > base::limits::kListTotalMax) {
        TRY(page.total, count_triage(snapshot, question_of(request), kCountAll));
    }
    if (few) {
        std::ranges::sort(places, std::greater{});
        if (after) {
            const auto passed = std::ranges::upper_bound(places, *after, std::greater{});
            places.erase(places.begin(), passed);
        }
    } else {
        Union all = join_arms(std::move(filters), request.sort, after, Ordered::Yes);
        TRY(places,
            read_places(database, std::move(all), " ORDER BY k1 DESC, k2 DESC, n DESC, kind DESC",
                        request.limit + 1));
    }

    const std::size_t count = std::min(places.size(), request.limit);
    if (places.size() > count && count > 0) {
        page.next = text_of(places[count - 1]);
    }
    TRY(page.rows, read_rows(snapshot, std::span(places).first(count)));
    return page;
}

base::Result<std::uint64_t> count_triage(Snapshot& snapshot, const TriageQuestion& question,
                                         std::size_t count_max)
{
    Database& database = database_of(snapshot);
    std::uint64_t count = 0;
    for (const TriageKind kind : {TriageKind::Alert, TriageKind::Report}) {
        TRY(AlertFilter compiled, compile(database, kind, question));
        TRY(const std::uint64_t counted,
            count_where(database, kind, std::move(compiled), "", {}, count_max));
        count += counted;
    }
    return std::min<std::uint64_t>(count, count_max);
}

base::Result<std::uint64_t> count_triage_news(Snapshot& snapshot, const TriageQuestion& question,
                                              base::Time since, std::size_t count_max)
{
    Database& database = database_of(snapshot);
    TRY(const AlertFilter alerts, compile(database, TriageKind::Alert, question));
    TRY(AlertFilter reports, compile(database, TriageKind::Report, question));
    TRY(const std::int64_t first, first_number_since(database, since));
    TRY(const std::uint64_t made,
        count_where(database, TriageKind::Alert, alerts, " AND a.number >= ?",
                    {SqlValue::of(first)}, count_max));
    TRY(const std::uint64_t back,
        count_where(database, TriageKind::Alert, alerts,
                    " AND a.number < ? AND a.state_since > ?"
                    " AND a.status IN ('escalating', 'regressed')",
                    {SqlValue::of(first), SqlValue::of(since.ns)}, count_max));
    TRY(const std::uint64_t told,
        count_where(database, TriageKind::Report, std::move(reports),
                    " AND (r.id >= ? OR (r.place = 'regressed' AND r.updated_at > ?))",
                    {SqlValue::of(sqlite::first_id_after(since)), SqlValue::of(since.ns)},
                    count_max));
    return std::min<std::uint64_t>(made + back + told, count_max);
}

base::Result<std::vector<TriageKey>> find_matching(Snapshot& snapshot,
                                                   const TriageQuestion& question, base::Time as_of,
                                                   std::size_t count_max)
{
    constexpr std::array<std::string_view, kArms.size()> kThere{
        " AND a.created_at <= ? ORDER BY a.number DESC", " AND r.id < ? ORDER BY r.sequence DESC"};
    Database& database = database_of(snapshot);
    std::vector<TriageKey> keys;
    for (const TriageKind kind : {TriageKind::Alert, TriageKind::Report}) {
        const Arm& arm = kArms.at(static_cast<std::size_t>(kind));
        TRY(AlertFilter compiled, compile(database, kind, question));
        std::string sql("SELECT ");
        sql.append(arm.number).append(" FROM ").append(arm.from).append(" WHERE ");
        sql.append(compiled.sql).append(kThere.at(static_cast<std::size_t>(kind)));
        sql.append(" LIMIT ").append(std::to_string(count_max + 1));
        compiled.values.push_back(kind == TriageKind::Alert
                                      ? SqlValue::of(as_of.ns)
                                      : SqlValue::of(sqlite::first_id_after(as_of)));
        TRY(const auto rows, database.prepare_once(sql, compiled.types(), "i"));
        compiled.bind_to(*rows);
        TRY_STATUS(each_row(*rows, [&]() -> base::Status {
            keys.push_back({.kind = kind, .number = rows->natural(0)});
            return {};
        }));
    }
    if (keys.size() > count_max) {
        return base::exhausted("more than " + std::to_string(count_max) +
                               " match; narrow the query and do it in parts");
    }
    return keys;
}

base::Result<AlertStanding> find_standing(Snapshot& snapshot, std::uint64_t number)
{
    Database& database = database_of(snapshot);
    TRY(Statement * row, database.prepared("SELECT uuid FROM alerts WHERE number = ?", "i", "t"));
    std::string uuid;
    TRY(const bool found, one_row(row->bind(number), [&] { uuid = row->text(0); }));
    if (!found) {
        return base::not_found("no alert " + model::alert_number_text(number));
    }
    return sqlite::read_standing(database, number, uuid);
}

base::Result<Precedents> find_precedents(Snapshot& snapshot, const model::Alert& alert,
                                         std::size_t limit, const policy::Filter& visible)
{
    Database& database = database_of(snapshot);
    const TriageQuestion everything{.filter = nullptr, .now = {}, .visible = visible};
    TRY(AlertFilter seen, compile(database, TriageKind::Alert, everything));
    // Its rules by name: alert_rules is in the order of rules, and has no way from an alert.
    std::string marks;
    for (std::size_t i = 0; i < alert.rules.size(); ++i) {
        marks += i == 0 ? "?" : ", ?";
    }
    const std::string sql =
        "SELECT c.number FROM (SELECT a.number, a.status FROM alerts a WHERE " + seen.sql +
        " AND a.target = ? ORDER BY a.number DESC LIMIT ?) c WHERE c.number <> ?"
        " AND c.status IN ('in_case', 'closed', 'archived', 'merged')"
        " AND EXISTS (SELECT 1 FROM alert_rules r WHERE r.number = c.number AND r.rule_id IN (" +
        marks + ")) ORDER BY c.number DESC";
    seen.values.push_back(SqlValue::of(alert.key.target));
    seen.values.push_back(SqlValue::of(std::int64_t{base::limits::kPrecedentsSearched}));
    seen.values.push_back(SqlValue::of(static_cast<std::int64_t>(alert.number)));
    for (const model::AlertRule& rule : alert.rules) {
        seen.values.push_back(SqlValue::of(rule.rule_id));
    }
    TRY(const auto candidates, database.prepare_once(sql, seen.types(), "i"));
    seen.bind_to(*candidates);
    Precedents precedents;
    std::vector<Place> places;
    TRY_STATUS(each_row(*candidates, [&]() -> base::Status {
        precedents.total += 1;
        if (places.size() < limit) {
            places.push_back({.number = candidates->integer(0)});
        }
        return {};
    }));
    TRY(precedents.rows, read_rows(snapshot, places));
    return precedents;
}

} // namespace tanggap::store
