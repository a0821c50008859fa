#include "store/own_rules.h"

#include "store/sqlite/change.h"

namespace tanggap::store {

base::Result<std::vector<OwnRule>> list_own_rules(Snapshot& snapshot)
{
    TRY(sqlite::Statement * rows,
        database_of(snapshot).prepared("SELECT id, yaml FROM own_rules ORDER BY id", "", "tt"));
    std::vector<OwnRule> out;
    TRY_STATUS(sqlite::each_row(*rows, [&]() -> base::Status {
        out.push_back({.id = rows->text(0), .yaml = rows->text(1)});
        return {};
    }));
    return out;
}

base::Status put_own_rule(Change& change, const OwnRule& rule)
{
    TRY(sqlite::Statement * put,
        database_of(change).prepared("INSERT OR REPLACE INTO own_rules (id, yaml) VALUES (?, ?)",
                                     "tt"));
    return put->bind(rule.id, rule.yaml).run();
}

base::Status remove_own_rule(Change& change, std::string_view id)
{
    TRY(sqlite::Statement * remove,
        database_of(change).prepared("DELETE FROM own_rules WHERE id = ?", "t"));
    return remove->bind(id).run();
}

} // namespace tanggap::store
