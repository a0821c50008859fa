// The queue over all its kinds. Each kind is an arm of one UNION ALL; SQLite walks the arms' own
// indexes side by side, so that a page of a million rows reads a page. How a filtered list stays
// quick: as alert_lists.cpp says.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/limits.h"
#include "base/text.h"
#include "base/triage_limits.h"
#include "store/sqlite/alert_lists.h"
#include "store/sqlite/alert_rows.h"
#include "store/sqlite/change.h"

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
    std::array<std::string_view, 4> indexes;
    base::Result<AlertFilter> (*compile)(const query::Node* node, base::Time now);
    base::Status (*hide)(Database& database, const policy::Filter& visible, AlertFilter& filter);
};
constexpr std::array kArms{
    Arm{.from = "alerts a",
        .number = "a.number",
        .keys = {{{"a.priority", "a.last_seen"},
                  {"a.last_seen", "0"},
                  {"a.first_seen", "0"},
                  {"a.events", "0"}}},
        .indexes = {"alerts_priority", "alerts_last_seen", "alerts_first_seen", "alerts_events"},
        .compile = sqlite::compile_filter,
        .hide = sqlite::hide},
};

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

base::Result<Union> join_arms(Database& database, const TriagePageRequest& request,
                              const std::optional<Place>& after, Ordered ordered)
{
    const auto sort = static_cast<std::size_t>(request.sort);
    Union all;
    for (std::size_t kind = 0; kind < kArms.size(); ++kind) {
        const Arm& arm = kArms.at(kind);
        TRY(AlertFilter filter, arm.compile(request.filter, request.now));
        TRY_STATUS(arm.hide(database, request.visible, filter));
        const auto& [first, second] = arm.keys.at(sort);
        all.sql.append(kind == 0 ? "SELECT " : " UNION ALL SELECT ");
        all.sql.append(first).append(" AS k1, ").append(second).append(" AS k2, ");
        all.sql.append(arm.number).append(" AS n, ").append(std::to_string(kind));
        all.sql.append(" AS kind FROM ").append(arm.from);
        if (ordered == Ordered::Yes) {
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

base::Result<std::vector<TriageRow>> read_triage_rows(Database& database,
                                                      std::span<const std::int64_t> numbers)
{
    TRY(auto alerts, sqlite::read_alerts(database, numbers));
    std::vector<TriageRow> rows;
    rows.reserve(alerts.size());
    for (model::Alert& alert : alerts) {
        TRY(auto standing, sqlite::read_standing(database, alert.number, alert.id.text()));
        rows.push_back({.alert = std::move(alert), .standing = std::move(standing)});
    }
    return rows;
}

base::Result<AlertFilter> compile(Database& database, const TriageQuestion& question)
{
    TRY(AlertFilter filter, sqlite::compile_filter(question.filter, question.now));
    TRY_STATUS(sqlite::hide(database, question.visible, filter));
    return filter;
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

base::Result<std::uint64_t> count_where(Database& database, const AlertFilter& filter,
                                        std::string_view condition,
                                        std::span<const std::int64_t> values, std::size_t count_max)
{
    std::string sql("SELECT count(*) FROM (SELECT 1 FROM alerts a WHERE ");
    sql.append(filter.sql).append(condition).append(" LIMIT ").append(std::to_string(count_max));
    sql.append(")");
    AlertFilter binder = filter;
    for (const std::int64_t value : values) {
        binder.values.push_back(SqlValue::of(value));
    }
    TRY(const auto row, database.prepare_once(sql, binder.types(), "i"));
    binder.bind_to(*row);
    std::uint64_t count = 0;
    TRY([[maybe_unused]] const bool found, one_row(*row, [&] { count = row->natural(0); }));
    return count;
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
    TRY(const AlertFilter seen,
        compile(database,
                {.filter = request.filter, .now = request.now, .visible = request.visible}));
    if (seen.everything) {
        TRY(const std::int64_t counted,
            database.integer_of("SELECT value FROM counters WHERE name = 'alerts'"));
        page.total = static_cast<std::uint64_t>(counted);
    } else {
        TRY(auto all, join_arms(database, request, std::nullopt, Ordered::No));
        TRY(places, read_places(database, std::move(all), "", base::limits::kListTotalMax + 1));
        page.total = places.size();
        few = places.size() <= base::limits::kListTotalMax;
    }
    page.total_is_lower_bound = page.total > base::limits::kListTotalMax;
    page.total = std::min<std::uint64_t>(page.total, base::limits::kListTotalMax);
    if (few) {
        std::ranges::sort(places, std::greater{});
        if (after) {
            const auto passed = std::ranges::upper_bound(places, *after, std::greater{});
            places.erase(places.begin(), passed);
        }
    } else {
        TRY(auto all, join_arms(database, request, after, Ordered::Yes));
        TRY(places, read_places(database, std::move(all),
                                kArms.size() > 1 ? " ORDER BY k1 DESC, k2 DESC, n DESC, kind DESC"
                                                 : " ORDER BY k1 DESC, k2 DESC, n DESC",
                                request.limit + 1));
    }

    const std::size_t count = std::min(places.size(), request.limit);
    if (places.size() > count && count > 0) {
        page.next = text_of(places[count - 1]);
    }
    std::vector<std::int64_t> numbers;
    for (const Place& place : std::span(places).first(count)) {
        numbers.push_back(place.number);
    }
    TRY(page.rows, read_triage_rows(database, numbers));
    return page;
}

base::Result<std::uint64_t> count_triage(Snapshot& snapshot, const TriageQuestion& question,
                                         std::size_t count_max)
{
    Database& database = database_of(snapshot);
    TRY(const AlertFilter compiled, compile(database, question));
    return count_where(database, compiled, "", {}, count_max);
}

base::Result<std::uint64_t> count_triage_news(Snapshot& snapshot, const TriageQuestion& question,
                                              base::Time since, std::size_t count_max)
{
    Database& database = database_of(snapshot);
    TRY(const AlertFilter compiled, compile(database, question));
    TRY(const std::int64_t first, first_number_since(database, since));
    TRY(const std::uint64_t made,
        count_where(database, compiled, " AND a.number >= ?", std::array{first}, count_max));
    TRY(const std::uint64_t back, count_where(database, compiled,
                                              " AND a.number < ? AND a.state_since > ?"
                                              " AND a.status IN ('escalating', 'regressed')",
                                              std::array{first, since.ns}, count_max));
    return std::min<std::uint64_t>(made + back, count_max);
}

base::Result<std::vector<std::pair<std::string, std::uint64_t>>>
triage_facet(Snapshot& snapshot, std::string_view field, const TriageQuestion& question,
             std::size_t top)
{
    return sqlite::facet_of_alerts(database_of(snapshot), field, question.filter, top, question.now,
                                   question.visible);
}

base::Result<std::vector<std::uint64_t>> find_matching_alerts(Snapshot& snapshot,
                                                              const TriageQuestion& question,
                                                              base::Time as_of,
                                                              std::size_t count_max)
{
    Database& database = database_of(snapshot);
    TRY(AlertFilter compiled, compile(database, question));
    const std::string sql = "SELECT a.number FROM alerts a WHERE " + compiled.sql +
                            " AND a.created_at <= ? ORDER BY a.number DESC LIMIT " +
                            std::to_string(count_max + 1);
    compiled.values.push_back(SqlValue::of(as_of.ns));
    TRY(const auto rows, database.prepare_once(sql, compiled.types(), "i"));
    compiled.bind_to(*rows);
    std::vector<std::uint64_t> numbers;
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        numbers.push_back(rows->natural(0));
        return {};
    }));
    if (numbers.size() > count_max) {
        return base::exhausted("more than " + std::to_string(count_max) +
                               " match; narrow the query and do it in parts");
    }
    return numbers;
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
    TRY(AlertFilter seen, compile(database, {.filter = nullptr, .now = {}, .visible = visible}));
    const std::string sql =
        "SELECT c.number FROM (SELECT a.number, a.status FROM alerts a WHERE " + seen.sql +
        " AND a.target = ? ORDER BY a.number DESC LIMIT ?) c WHERE c.number <> ?"
        " AND c.status IN ('in_case', 'closed', 'archived', 'merged')"
        " AND EXISTS (SELECT 1 FROM alert_rules own JOIN alert_rules theirs"
        " ON theirs.rule_id = own.rule_id AND theirs.number = c.number"
        " WHERE own.number = ?) ORDER BY c.number DESC";
    const auto number = static_cast<std::int64_t>(alert.number);
    seen.values.push_back(SqlValue::of(alert.key.target));
    seen.values.push_back(SqlValue::of(std::int64_t{base::limits::kPrecedentsSearched}));
    seen.values.push_back(SqlValue::of(number));
    seen.values.push_back(SqlValue::of(number));
    TRY(const auto candidates, database.prepare_once(sql, seen.types(), "i"));
    seen.bind_to(*candidates);
    Precedents precedents;
    std::vector<std::int64_t> numbers;
    TRY_STATUS(each_row(*candidates, [&]() -> base::Status {
        precedents.total += 1;
        if (numbers.size() < limit) {
            numbers.push_back(candidates->integer(0));
        }
        return {};
    }));
    TRY(precedents.rows, read_triage_rows(database, numbers));
    return precedents;
}

} // namespace tanggap::store
