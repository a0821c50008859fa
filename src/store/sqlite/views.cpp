#include "store/views.h"

#include "store/sqlite/change.h"

namespace tanggap::store {
namespace {

using sqlite::Statement;

constexpr std::string_view kColumns =
    "SELECT v.id, v.owner, coalesce(u.name, ''), v.name, v.query, v.sort, v.shared, v.created_at"
    " FROM views v LEFT JOIN users u ON u.id = v.owner WHERE ";
constexpr std::string_view kTypes = "ttttttii";

View read_view(const Statement& row)
{
    return {.id = row.text(0),
            .owner = row.text(1),
            .owner_name = row.text(2),
            .name = row.text(3),
            .query = row.text(4),
            .sort = row.text(5),
            .shared = row.integer(6) != 0,
            .created_at = {row.integer(7)}};
}

} // namespace

base::Result<std::vector<View>> list_views(Snapshot& snapshot, std::string_view account)
{
    static const std::string kSql =
        std::string(kColumns) + "v.owner = ? OR v.shared = 1 ORDER BY v.created_at, v.id";
    TRY(Statement * rows, database_of(snapshot).prepared(kSql, "t", kTypes));
    std::vector<View> views;
    TRY_STATUS(each_row(rows->bind(account), [&]() -> base::Status {
        views.push_back(read_view(*rows));
        return {};
    }));
    return views;
}

base::Result<View> find_view(Snapshot& snapshot, std::string_view id)
{
    static const std::string kSql = std::string(kColumns) + "v.id = ?";
    TRY(Statement * row, database_of(snapshot).prepared(kSql, "t", kTypes));
    View view;
    TRY(const bool found, one_row(row->bind(id), [&] { view = read_view(*row); }));
    return found ? base::Result<View>(std::move(view)) : base::not_found("no such view");
}

base::Status add_view(Change& change, const View& view)
{
    TRY(Statement * add,
        database_of(change).prepared("INSERT INTO views (id, owner, name, query, sort, shared,"
                                     " created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                                     "tttttii"));
    return add
        ->bind(view.id, view.owner, view.name, view.query, view.sort, view.shared ? 1 : 0,
               view.created_at.ns)
        .run();
}

base::Status remove_view(Change& change, std::string_view id)
{
    TRY(Statement * remove, database_of(change).prepared("DELETE FROM views WHERE id = ?", "t"));
    return remove->bind(id).run();
}

base::Result<std::string> find_preferences(Snapshot& snapshot, std::string_view account,
                                           std::string_view page)
{
    TRY(Statement * row,
        database_of(snapshot).prepared(
            "SELECT document FROM preferences WHERE user_id = ? AND page = ?", "tt", "t"));
    std::string document = "{}";
    TRY([[maybe_unused]] const bool kept,
        one_row(row->bind(account, page), [&] { document = row->text(0); }));
    return document;
}

base::Status put_preferences(Change& change, std::string_view account, std::string_view page,
                             std::string_view document)
{
    TRY(Statement * put,
        database_of(change).prepared("INSERT INTO preferences (user_id, page, document)"
                                     " VALUES (?, ?, ?) ON CONFLICT (user_id, page) DO UPDATE"
                                     " SET document = excluded.document",
                                     "ttt"));
    return put->bind(account, page, document).run();
}

base::Result<std::vector<Assignee>> list_assignees(Snapshot& snapshot)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared(
            "SELECT u.id, u.name FROM users u WHERE u.disabled = 0 AND EXISTS (SELECT 1 FROM"
            " user_roles r WHERE r.user_id = u.id AND r.role IN ('lead', 'analyst'))"
            " ORDER BY u.name_key",
            "", "tt"));
    std::vector<Assignee> assignees;
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        assignees.push_back({.id = rows->text(0), .name = rows->text(1)});
        return {};
    }));
    return assignees;
}

} // namespace tanggap::store
