// Lists and single alerts.
//
// How a filtered list stays quick at a million alerts: the first step reads the sort keys of at
// most kListTotalMax + 1 matching alerts. When that is all of them, the total is exact and the page
// is cut from the keys in memory. When there are more, matches are dense, so walking the sort
// order's own index meets a page of them soon. Either way only one page of whole rows is read.
#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

#include "base/limits.h"
#include "base/text.h"
#include "store/sqlite/alert_lists.h"
#include "store/sqlite/store.h"
#include "store/sqlite/visibility.h"

namespace tanggap::store::sqlite {
namespace {

/// Two sort keys and the number, compared in this order, all descending.
using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t>;

struct Order {
    AlertSort sort;
    std::string_view first;  ///< column
    std::string_view second; ///< column, or "0"
    std::string_view index;
};
constexpr std::array kOrders{
    Order{AlertSort::PriorityDesc, "a.priority", "a.last_seen", "alerts_priority"},
    Order{AlertSort::LastSeenDesc, "a.last_seen", "0", "alerts_last_seen"},
    Order{AlertSort::FirstSeenDesc, "a.first_seen", "0", "alerts_first_seen"},
    Order{AlertSort::NumberDesc, "a.number", "0", ""},
    Order{AlertSort::EventsDesc, "a.events", "0", "alerts_events"},
};

const Order& order_of(AlertSort sort)
{
    return *std::ranges::find(kOrders, sort, &Order::sort);
}

std::string text_of(const Key& key)
{
    const auto& [first, second, number] = key;
    return std::to_string(first) + "." + std::to_string(second) + "." + std::to_string(number);
}

base::Result<Key> parse_key(std::string_view text)
{
    std::array<std::int64_t, 3> parts{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto [next, error] = std::from_chars(at, end, parts[i]);
        const bool last = i + 1 == parts.size();
        if (error != std::errc{} || (last ? next != end : next == end || *next != '.')) {
            return base::invalid("cursor position " + base::quoted(text) +
                                 " is damaged; ask for the list again from its start");
        }
        at = last ? next : next + 1;
    }
    return Key{parts[0], parts[1], parts[2]};
}

struct Keys {
    std::vector<Key> keys; ///< descending
    bool more = false;     ///< matches beyond those read
};

std::string select_keys(const Order& order)
{
    std::string sql = "SELECT ";
    sql.append(order.first).append(", ").append(order.second).append(", a.number FROM alerts a");
    return sql;
}

base::Result<Keys> read_keys(Statement& statement, std::size_t keys_max)
{
    Keys found;
    TRY_STATUS(each_row(statement, [&]() -> base::Status {
        found.keys.emplace_back(statement.integer(0), statement.integer(1), statement.integer(2));
        return {};
    }));
    found.more = found.keys.size() > keys_max;
    return found;
}

/// Every match, when there are at most kListTotalMax; in no order otherwise.
base::Result<Keys> find_few(Database& database, const AlertFilter& filter, const Order& order)
{
    const std::string sql = select_keys(order) + " WHERE " + filter.sql + " LIMIT " +
                            std::to_string(base::limits::kListTotalMax + 1);
    TRY(const auto statement, database.prepare_once(sql, filter.types(), "iii"));
    filter.bind_to(*statement);
    TRY(auto keys, read_keys(*statement, base::limits::kListTotalMax));
    std::ranges::sort(keys.keys, std::greater{});
    return keys;
}

base::Result<std::uint64_t> count_matching(Database& database, const AlertFilter& filter)
{
    TRY(const auto row, database.prepare_once("SELECT count(*) FROM alerts a WHERE " + filter.sql,
                                              filter.types(), "i"));
    filter.bind_to(*row);
    std::uint64_t count = 0;
    TRY([[maybe_unused]] const bool found, one_row(*row, [&] { count = row->natural(0); }));
    return count;
}

/// A page of keys by walking an index that has the sort order.
base::Result<Keys> walk(Database& database, const AlertFilter& filter, const Order& order,
                        std::optional<Key> after, std::size_t limit)
{
    // An index on a fixed field that also has the order is left to SQLite to choose.
    const bool led = order.sort == AlertSort::PriorityDesc &&
                     (filter.fixes_technique || filter.fixes_organisation);
    std::string sql = select_keys(order);
    if (!led && !order.index.empty()) {
        sql.append(" INDEXED BY ").append(order.index);
    }
    sql += " WHERE " + filter.sql;
    std::string types = filter.types();
    const bool two = order.second != "0";
    const bool three = order.first != "a.number";
    if (after) {
        sql.append(" AND (").append(order.first);
        sql.append(two ? ", a.last_seen" : "").append(three ? ", a.number) < (?" : ") < (?");
        sql.append(two ? ", ?" : "").append(three ? ", ?)" : ")");
        types += two ? "iii" : three ? "ii" : "i";
    }
    sql.append(" ORDER BY ").append(order.first).append(" DESC");
    sql.append(two ? ", a.last_seen DESC" : "").append(three ? ", a.number DESC" : "");
    sql += " LIMIT " + std::to_string(limit + 1);
    TRY(const auto statement, database.prepare_once(sql, types, "iii"));
    filter.bind_to(*statement);
    if (after) {
        std::size_t at = filter.values.size();
        statement->set(at++, std::get<0>(*after));
        if (two) {
            statement->set(at++, std::get<1>(*after));
        }
        if (three) {
            statement->set(at, std::get<2>(*after));
        }
    }
    return read_keys(*statement, limit);
}

base::Result<std::vector<model::Alert>> read_rows(Database& database, std::span<const Key> keys)
{
    std::vector<std::int64_t> numbers;
    for (const Key& key : keys) {
        numbers.push_back(std::get<2>(key));
    }
    return read_alerts(database, numbers);
}

std::string select_whole(const std::string& condition)
{
    std::string sql("SELECT ");
    sql.append(kAlertColumns).append(", d.document").append(kAlertTablesWhole);
    return sql.append(" WHERE ").append(condition);
}

std::string whole_types()
{
    return std::string(kAlertColumnTypes) + "t";
}

} // namespace

base::Status hide(Database& database, const policy::Filter& visible, AlertFilter& filter)
{
    if (visible.span != policy::Filter::Span::NotRestricted) {
        filter = {.sql = "0", .values = {}};
        return {};
    }
    TRY(const std::uint64_t hidden, count_hidden(database, visible, policy::Kind::Alert));
    if (hidden == 0) {
        return {};
    }
    HiddenIds ids = hidden_ids(visible, policy::Kind::Alert);
    filter.sql = "(" + filter.sql + ") AND a.uuid NOT IN (" + ids.sql + ")";
    std::ranges::move(ids.values, std::back_inserter(filter.values));
    filter.everything = false;
    return {};
}

base::Result<AlertFilter> visible_alerts(Database& database, const query::Node* node,
                                         base::Time now, const policy::Filter& visible)
{
    TRY(AlertFilter filter, compile_filter(database, node, now));
    TRY_STATUS(hide(database, visible, filter));
    return filter;
}

base::Result<std::vector<model::Alert>> read_alerts(Database& database,
                                                    std::span<const std::int64_t> numbers)
{
    std::string sql("SELECT ");
    sql.append(kAlertColumns).append(kAlertTables).append(" WHERE a.number = ?");
    TRY(Statement * row, database.prepared(sql, "i", kAlertColumnTypes));
    std::vector<model::Alert> alerts;
    alerts.reserve(numbers.size());
    for (const std::int64_t number : numbers) {
        row->bind(number);
        TRY_STATUS(each_row(*row, [&]() -> base::Status {
            TRY(auto alert, read_row(*row));
            alerts.push_back(std::move(alert));
            return {};
        }));
    }
    return alerts;
}

base::Result<AlertStanding> read_standing(Database& database, std::uint64_t number,
                                          std::string_view uuid)
{
    AlertStanding standing;
    TRY(standing.state, read_state(database, number));
    if (!standing.state.assignee.empty()) {
        TRY(Statement * name, database.prepared("SELECT name FROM users WHERE id = ?", "t", "t"));
        TRY([[maybe_unused]] const bool known, one_row(name->bind(standing.state.assignee),
                                                       [&] { standing.assignee = name->text(0); }));
    }
    TRY(Statement * version,
        database.prepared("SELECT version FROM objects WHERE kind = 'alert' AND id = ?", "t", "i"));
    TRY([[maybe_unused]] const bool changed,
        one_row(version->bind(uuid), [&] { standing.version = version->natural(0); }));
    return standing;
}

base::Result<AlertPage> SqliteCaseStore::list_alerts(const AlertPageRequest& request)
{
    std::optional<Key> after;
    if (!request.after.empty()) {
        TRY(after, parse_key(request.after));
    }
    const Order& order = order_of(request.sort);
    const auto reader = connections_->reader();
    TRY(const AlertFilter filter,
        visible_alerts(*reader, request.filter, request.now, request.visible));

    Keys keys{.keys = {}, .more = true};
    AlertPage page;
    if (!filter.everything) {
        TRY(keys, find_few(*reader, filter, order));
        page.total = keys.keys.size();
    } else {
        page.total = counters().alerts;
    }
    page.total_is_lower_bound = page.total > base::limits::kListTotalMax && !request.exact_total;
    if (page.total_is_lower_bound) {
        page.total = base::limits::kListTotalMax;
    } else if (page.total > base::limits::kListTotalMax && !filter.everything) {
        TRY(page.total, count_matching(*reader, filter));
    }
    if (keys.more) {
        TRY(keys, walk(*reader, filter, order, after, request.limit));
    } else if (after) {
        const auto passed = std::ranges::lower_bound(keys.keys, *after, std::greater{});
        const bool there = passed != keys.keys.end() && *passed == *after;
        keys.keys.erase(keys.keys.begin(), there ? passed + 1 : passed);
    }

    const std::size_t count = std::min(keys.keys.size(), request.limit);
    if (keys.keys.size() > count && count > 0) {
        page.next = text_of(keys.keys[count - 1]);
    }
    TRY(page.alerts, read_rows(*reader, std::span(keys.keys).first(count)));
    for (const model::Alert& alert : page.alerts) {
        TRY(auto standing, read_standing(*reader, alert.number, alert.id.text()));
        page.standings.push_back(std::move(standing));
    }
    return page;
}

base::Result<model::Alert> SqliteCaseStore::find_alert(std::string_view id)
{
    std::uint64_t number = 0;
    const bool numbered = id.starts_with("ALR-");
    if (numbered) {
        const std::string_view digits = id.substr(4);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (error != std::errc{} || end != digits.data() + digits.size()) {
            return base::not_found("no alert " + base::quoted(id));
        }
    }
    const auto reader = connections_->reader();
    std::string sql("SELECT ");
    sql.append(kAlertColumns).append(", d.document").append(kAlertTablesWhole);
    sql.append(numbered ? " WHERE a.number = ?" : " WHERE a.uuid = ?");
    TRY(Statement * row,
        reader->prepared(sql, numbered ? "i" : "t", std::string(kAlertColumnTypes) + "t"));
    numbered ? row->bind(number) : row->bind(id);
    base::Result<model::Alert> alert = base::not_found("no alert " + base::quoted(id));
    TRY([[maybe_unused]] const bool found, one_row(*row, [&] { alert = read_whole(*row); }));
    return alert;
}

base::Result<std::vector<model::Alert>> SqliteCaseStore::alerts_of(const model::AlertKey& key,
                                                                   base::Time from, base::Time to)
{
    // The one wholly before and the one wholly after come from the same index as the window.
    static const std::string kOfKey = "a.source = ? AND a.technique = ? AND a.target = ?";
    static const std::array<std::string, 3> kConditions{
        kOfKey + " AND a.first_seen BETWEEN ? AND ? AND a.last_seen >= ?",
        kOfKey + " AND a.first_seen < ? AND a.last_seen < ? AND ? > 0"
                 " ORDER BY a.first_seen DESC LIMIT 1",
        kOfKey + " AND a.first_seen > ? AND ? > 0 AND ? > 0 ORDER BY a.first_seen LIMIT 1"};
    const base::Time earliest = from - base::Duration(base::limits::kAlertSpanMax);
    const std::array<std::array<std::int64_t, 3>, 3> bounds{
        {{earliest.ns, to.ns, from.ns}, {from.ns, from.ns, 1}, {to.ns, 1, 1}}};
    const auto reader = connections_->reader();
    std::vector<model::Alert> alerts;
    for (std::size_t i = 0; i < kConditions.size(); ++i) {
        TRY(Statement * rows,
            reader->prepared(select_whole(kConditions[i]), "tttiii", whole_types()));
        rows->bind(key.source, key.technique, key.target, bounds[i][0], bounds[i][1], bounds[i][2]);
        TRY_STATUS(each_row(*rows, [&]() -> base::Status {
            TRY(auto alert, read_whole(*rows));
            alerts.push_back(std::move(alert));
            return {};
        }));
    }
    return alerts;
}

} // namespace tanggap::store::sqlite
