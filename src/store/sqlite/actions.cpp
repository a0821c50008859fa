#include "store/actions.h"

#include "store/sqlite/change.h"

namespace tanggap::store {

using sqlite::Statement;

base::Status put_action(Change& change, const StoredAction& action)
{
    TRY(Statement * put,
        database_of(change).prepared("INSERT INTO actions (id, actor_id, started_at, document)"
                                     " VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
                                     " SET document = excluded.document",
                                     "ttit"));
    return put->bind(action.id, action.actor_id, action.started_at.ns, action.document).run();
}

base::Status add_action_command(Change& change, std::string_view action, std::uint64_t ordinal)
{
    TRY(Statement * add,
        database_of(change).prepared("INSERT INTO action_commands (action, ordinal, command)"
                                     " VALUES (?, ?, ?)",
                                     "tit"));
    return add->bind(action, ordinal, change.id()).run();
}

base::Result<StoredAction> find_action(Snapshot& snapshot, std::string_view id)
{
    TRY(Statement * row, database_of(snapshot).prepared("SELECT actor_id, started_at, document"
                                                        " FROM actions WHERE id = ?",
                                                        "t", "tit"));
    StoredAction action;
    TRY(const bool found, one_row(row->bind(id), [&] {
            action = {.id = std::string(id),
                      .actor_id = row->text(0),
                      .started_at = {row->integer(1)},
                      .document = row->text(2)};
        }));
    return found ? base::Result<StoredAction>(std::move(action))
                 : base::not_found("no such action");
}

base::Result<std::vector<std::string>> commands_of_action(Snapshot& snapshot,
                                                          std::string_view action)
{
    TRY(Statement * rows, database_of(snapshot).prepared("SELECT command FROM action_commands"
                                                         " WHERE action = ? ORDER BY ordinal",
                                                         "t", "t"));
    std::vector<std::string> commands;
    TRY_STATUS(each_row(rows->bind(action), [&]() -> base::Status {
        commands.push_back(rows->text(0));
        return {};
    }));
    return commands;
}

} // namespace tanggap::store
