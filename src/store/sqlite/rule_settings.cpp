#include "store/rule_settings.h"

#include "store/sqlite/change.h"

namespace tanggap::store {

base::Result<std::vector<RuleSetting>> list_rule_settings(Snapshot& snapshot)
{
    TRY(sqlite::Statement * rows,
        database_of(snapshot).prepared("SELECT rule_id, enabled, level, owner, reason, set_by,"
                                       " set_at FROM rule_settings ORDER BY rule_id",
                                       "", "titttti"));
    std::vector<RuleSetting> out;
    TRY_STATUS(sqlite::each_row(*rows, [&]() -> base::Status {
        RuleSetting setting{.rule_id = rows->text(0),
                            .enabled = rows->integer(1) != 0,
                            .level = std::nullopt,
                            .owner = rows->text(3),
                            .reason = rows->text(4),
                            .set_by = rows->text(5),
                            .set_at = {rows->integer(6)}};
        if (const std::string level = rows->text(2); !level.empty()) {
            TRY(setting.level, model::parse_level(level));
        }
        out.push_back(std::move(setting));
        return {};
    }));
    return out;
}

base::Status put_rule_setting(Change& change, const RuleSetting& setting)
{
    TRY(sqlite::Statement * put,
        database_of(change).prepared(
            "INSERT OR REPLACE INTO rule_settings (rule_id, enabled, level, owner, reason, set_by,"
            " set_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            "titttti"));
    return put
        ->bind(setting.rule_id, std::int64_t{setting.enabled ? 1 : 0},
               setting.level ? std::string(model::name_of(*setting.level)) : std::string(),
               setting.owner, setting.reason, setting.set_by, setting.set_at.ns)
        .run();
}

base::Status remove_rule_setting(Change& change, std::string_view rule_id)
{
    TRY(sqlite::Statement * remove,
        database_of(change).prepared("DELETE FROM rule_settings WHERE rule_id = ?", "t"));
    return remove->bind(rule_id).run();
}

} // namespace tanggap::store
