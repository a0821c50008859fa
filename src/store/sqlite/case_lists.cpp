// Lists and facets of cases. How a filtered list stays quick is told in alert_lists.cpp: few
// matches are all read and sorted, many are met soon on the walk along the order's own index.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <tuple>

#include "base/limits.h"
#include "base/text.h"
#include "store/cases.h"
#include "store/sqlite/case_sql.h"
#include "store/sqlite/change.h"
#include "store/sqlite/store.h"

namespace tanggap::store {
namespace {

using sqlite::CaseFilter;
using sqlite::Database;
using sqlite::Statement;

/// Two sort keys and the row, compared in this order.
using Key = std::array<std::int64_t, 3>;

struct Order {
    CaseSort sort;
    std::string_view first;
    std::string_view second;
    std::string_view index;
    std::string_view open_index; ///< leads where only open cases are asked for
    bool descending;
};
constexpr std::array kOrders{
    Order{CaseSort::UpdatedDesc, "c.updated_at", "0", "cases_updated", "cases_open_updated", true},
    Order{CaseSort::OpenedDesc, "c.opened_at", "0", "cases_opened", "cases_open_opened", true},
    Order{CaseSort::Priority, "c.priority", "c.due", "cases_priority", "cases_open_priority",
          false},
    Order{CaseSort::Due, "c.due", "c.priority", "cases_due", "cases_open_due", false},
};

const Order& order_of(CaseSort sort)
{
    return *std::ranges::find(kOrders, sort, &Order::sort);
}

std::string text_of(const Key& key)
{
    return std::to_string(key[0]) + "." + std::to_string(key[1]) + "." + std::to_string(key[2]);
}

base::Result<Key> parse_key(std::string_view text)
{
    Key key{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::size_t i = 0; i < key.size(); ++i) {
        const auto [next, error] = std::from_chars(at, end, key[i]);
        const bool last = i + 1 == key.size();
        if (error != std::errc{} || (last ? next != end : next == end || *next != '.')) {
            return base::invalid("cursor position " + base::quoted(text) +
                                 " is damaged; ask for the list again from its start");
        }
        at = last ? next : next + 1;
    }
    return key;
}

std::string select_keys(const Order& order)
{
    return "SELECT " + std::string(order.first) + ", " + std::string(order.second) +
           ", c.ref FROM cases c";
}

base::Result<std::vector<Key>> read_keys(Statement& rows)
{
    std::vector<Key> keys;
    TRY_STATUS(each_row(rows, [&]() -> base::Status {
        keys.push_back({rows.integer(0), rows.integer(1), rows.integer(2)});
        return {};
    }));
    return keys;
}

base::Result<std::vector<Key>> find_few(Database& database, const CaseFilter& filter,
                                        const Order& order)
{
    const std::string sql = select_keys(order) + " WHERE " + filter.sql + " LIMIT " +
                            std::to_string(base::limits::kListTotalMax + 1);
    TRY(const auto rows, database.prepare_once(sql, filter.types(), "iii"));
    filter.bind_to(*rows);
    TRY(auto keys, read_keys(*rows));
    if (order.descending) {
        std::ranges::sort(keys, std::greater{});
    } else {
        std::ranges::sort(keys);
    }
    return keys;
}

base::Result<std::vector<Key>> walk(Database& database, const CaseFilter& filter,
                                    const Order& order, std::optional<Key> after, std::size_t limit)
{
    const std::string_view direction = order.descending ? " DESC" : "";
    const bool two = order.second != "0";
    const std::string columns = std::string(order.first) +
                                (two ? ", " + std::string(order.second) : std::string()) +
                                ", c.ref";
    std::string sql = select_keys(order) + " INDEXED BY " +
                      std::string(filter.open_only ? order.open_index : order.index) + " WHERE " +
                      (filter.open_only ? "c.open = 1 AND " : "") + filter.sql;
    std::string types = filter.types();
    if (after) {
        sql += " AND (" + columns + ")" + (order.descending ? " < (" : " > (") +
               (two ? "?, ?, ?)" : "?, ?)");
        types += two ? "iii" : "ii";
    }
    sql += " ORDER BY " + std::string(order.first) + std::string(direction);
    if (two) {
        sql += ", " + std::string(order.second) + std::string(direction);
    }
    sql += ", c.ref" + std::string(direction) + " LIMIT " + std::to_string(limit + 1);
    TRY(const auto rows, database.prepare_once(sql, types, "iii"));
    filter.bind_to(*rows);
    if (after) {
        std::size_t at = filter.values.size();
        rows->set(at++, (*after)[0]);
        if (two) {
            rows->set(at++, (*after)[1]);
        }
        rows->set(at, (*after)[2]);
    }
    return read_keys(*rows);
}

base::Result<std::uint64_t> count_matching(Database& database, const CaseFilter& filter)
{
    TRY(const auto row, database.prepare_once("SELECT count(*) FROM cases c WHERE " + filter.sql,
                                              filter.types(), "i"));
    filter.bind_to(*row);
    std::uint64_t count = 0;
    TRY([[maybe_unused]] const bool found, one_row(*row, [&] { count = row->natural(0); }));
    return count;
}

void drop_passed(std::vector<Key>& keys, const Key& after, bool descending)
{
    std::erase_if(keys, [&](const Key& key) { return descending ? key >= after : key <= after; });
}

struct Facet {
    std::string_view field;
    std::string_view column;
};
constexpr std::array kFacets{
    Facet{"stage", "c.stage"}, Facet{"priority", "c.priority"},
    Facet{"tlp", "c.tlp"},     Facet{"organisation", "c.organisation"},
    Facet{"team", "c.team"},
};

/// The word that a facet's number stands for.
std::string facet_word(std::string_view field, std::int64_t value)
{
    if (field == "stage") {
        return std::string(casework::name_of(static_cast<casework::Stage>(value)));
    }
    if (field == "tlp") {
        return std::string(casework::name_of(static_cast<casework::Tlp>(value)));
    }
    return value == sqlite::kNoPriority
               ? "none"
               : std::string(casework::name_of(static_cast<casework::Priority>(value)));
}

base::Result<std::string> facet_sql(std::string_view field, const CaseFilter& filter)
{
    const std::string tail = " ORDER BY 3 DESC, 2, 1 LIMIT ?";
    if (field == "owner") {
        return "SELECT coalesce(u.name, ''), 0, count(*) FROM cases c LEFT JOIN users u"
               " ON u.id = c.owner WHERE " +
               filter.sql + " GROUP BY c.owner" + tail;
    }
    if (field == "class" || field == "label") {
        return "SELECT w.word, 0, count(*) FROM case_words w JOIN cases c ON c.id = w.case_id"
               " WHERE w.kind = '" +
               std::string(field) + "' AND " + filter.sql + " GROUP BY w.word" + tail;
    }
    const auto* const known = std::ranges::find(kFacets, field, &Facet::field);
    if (known == kFacets.end()) {
        return base::invalid(
            "cases have no facet " + base::quoted(field) +
            "; use stage, priority, owner, organisation, team, class, label or tlp");
    }
    const std::string column(known->column);
    const bool text = field == "organisation" || field == "team";
    return "SELECT " + (text ? column + ", 0" : "'', " + column) +
           ", count(*) FROM cases c WHERE " + filter.sql + " GROUP BY " + column + tail;
}

} // namespace

base::Status sqlite::SqliteCaseStore::put_case_due(std::string_view case_id, const CaseDue& due)
{
    return write([&]() -> base::Status {
        const std::int64_t next = due.next ? due.next->ns : kNoDue;
        const std::int64_t overdue = due.overdue ? due.overdue->ns : kNoDue;
        TRY(Statement * update,
            connections_->writer().prepared(
                "UPDATE cases SET next_due = ?, overdue = ?, due = ? WHERE id = ?", "iiit"));
        return update->bind(next, overdue, std::min(next, overdue), case_id).run();
    });
}

base::Result<CasePage> list_cases(Snapshot& snapshot, const CasePageRequest& request)
{
    TRY(const CaseFilter filter,
        sqlite::compile_case_filter(request.filter, request.now, request.viewer));
    std::optional<Key> after;
    if (!request.after.empty()) {
        TRY(after, parse_key(request.after));
    }
    const Order& order = order_of(request.sort);
    Database& database = database_of(snapshot);
    TRY(auto keys, find_few(database, filter, order));
    CasePage page;
    const bool many = keys.size() > base::limits::kListTotalMax;
    page.total_is_lower_bound = many && !request.exact_total;
    page.total = many ? base::limits::kListTotalMax : keys.size();
    if (many && request.exact_total) {
        TRY(page.total, count_matching(database, filter));
    }
    if (many) {
        TRY(keys, walk(database, filter, order, after, request.limit));
    } else if (after) {
        drop_passed(keys, *after, order.descending);
    }
    const std::size_t count = std::min(keys.size(), request.limit);
    if (keys.size() > count && count > 0) {
        page.next = text_of(keys[count - 1]);
    }
    TRY(Statement * row,
        database.prepared("SELECT document, updated_at FROM cases WHERE ref = ?", "i", "ti"));
    for (std::size_t i = 0; i < count; ++i) {
        std::string document;
        TRY([[maybe_unused]] const bool found,
            one_row(row->bind(keys[i][2]), [&] { document = row->text(0); }));
        TRY(auto subject, casework::read_case(document));
        TRY(const CaseCounts counts, count_in_case(snapshot, subject.id));
        page.counts.push_back(counts);
        page.updated_at.push_back({row->integer(1)});
        page.cases.push_back(std::move(subject));
    }
    return page;
}

base::Result<std::uint64_t> count_cases(Snapshot& snapshot, const query::Node* node, base::Time now,
                                        const CaseViewer& viewer)
{
    TRY(const CaseFilter filter, sqlite::compile_case_filter(node, now, viewer));
    return count_matching(database_of(snapshot), filter);
}

base::Result<std::vector<std::pair<std::string, std::uint64_t>>>
case_facet(Snapshot& snapshot, std::string_view field, const query::Node* node, std::size_t top,
           base::Time now, const CaseViewer& viewer)
{
    TRY(const CaseFilter filter, sqlite::compile_case_filter(node, now, viewer));
    TRY(const std::string sql, facet_sql(field, filter));
    TRY(const auto rows, database_of(snapshot).prepare_once(sql, filter.types() + "i", "tii"));
    filter.bind_to(*rows);
    rows->set(filter.values.size(), static_cast<std::int64_t>(top));
    const bool ranked = field == "stage" || field == "priority" || field == "tlp";
    std::vector<std::pair<std::string, std::uint64_t>> facet;
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        facet.emplace_back(ranked ? facet_word(field, rows->integer(1)) : rows->text(0),
                           rows->natural(2));
        return {};
    }));
    return facet;
}

} // namespace tanggap::store
