#include "store/rule_exceptions.h"

#include <nlohmann/json.hpp>

#include "store/sqlite/change.h"

namespace tanggap::store {
namespace {

using Json = nlohmann::json;

std::string text_of(const std::vector<detect::ExceptionCondition>& conditions)
{
    Json out = Json::array();
    for (const detect::ExceptionCondition& condition : conditions) {
        out.push_back({{"field", condition.field},
                       {"test", detect::name_of(condition.test)},
                       {"value", condition.value}});
    }
    return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

base::Result<std::vector<detect::ExceptionCondition>> conditions_of(const std::string& text)
{
    std::vector<detect::ExceptionCondition> out;
    try {
        for (const Json& condition : Json::parse(text)) {
            TRY(const auto test,
                detect::parse_exception_test(condition.at("test").get<std::string>()));
            out.push_back({.field = condition.at("field").get<std::string>(),
                           .test = test,
                           .value = condition.at("value").get<std::string>()});
        }
    } catch (const Json::exception& broken) {
        return base::corrupt(std::string("conditions of an exception in the case database: ") +
                             broken.what());
    }
    return out;
}

} // namespace

base::Result<std::vector<KeptException>> list_exceptions(Snapshot& snapshot,
                                                         std::string_view rule_id)
{
    TRY(sqlite::Statement * rows,
        database_of(snapshot).prepared(
            "SELECT id, rule_id, conditions, expires_at, owner, reason, set_by, set_at"
            " FROM rule_exceptions WHERE ? = '' OR rule_id = ? ORDER BY set_at, id",
            "tt", "tttittti"));
    std::vector<KeptException> out;
    TRY_STATUS(sqlite::each_row(rows->bind(rule_id, rule_id), [&]() -> base::Status {
        KeptException kept;
        kept.exception.id = rows->text(0);
        kept.exception.rule_id = rows->text(1);
        TRY(kept.exception.conditions, conditions_of(rows->text(2)));
        kept.exception.expires = {rows->integer(3)};
        kept.owner = rows->text(4);
        kept.reason = rows->text(5);
        kept.set_by = rows->text(6);
        kept.set_at = {rows->integer(7)};
        out.push_back(std::move(kept));
        return {};
    }));
    return out;
}

base::Result<std::map<std::string, std::uint64_t, std::less<>>> count_exceptions(Snapshot& snapshot,
                                                                                 base::Time now)
{
    TRY(sqlite::Statement * rows,
        database_of(snapshot).prepared("SELECT rule_id, count(*) FROM rule_exceptions"
                                       " WHERE expires_at > ? GROUP BY rule_id",
                                       "i", "ti"));
    std::map<std::string, std::uint64_t, std::less<>> counts;
    TRY_STATUS(sqlite::each_row(rows->bind(now.ns), [&]() -> base::Status {
        counts.emplace(rows->text(0), rows->natural(1));
        return {};
    }));
    return counts;
}

base::Status add_exception(Change& change, const KeptException& kept)
{
    TRY(sqlite::Statement * add,
        database_of(change).prepared("INSERT INTO rule_exceptions (id, rule_id, conditions,"
                                     " expires_at, owner, reason, set_by, set_at)"
                                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                                     "tttittti"));
    const detect::RuleException& exception = kept.exception;
    return add
        ->bind(exception.id, exception.rule_id, text_of(exception.conditions), exception.expires.ns,
               kept.owner, kept.reason, kept.set_by, kept.set_at.ns)
        .run();
}

base::Status remove_exception(Change& change, std::string_view id)
{
    TRY(sqlite::Statement * remove,
        database_of(change).prepared("DELETE FROM rule_exceptions WHERE id = ?", "t"));
    return remove->bind(id).run();
}

} // namespace tanggap::store
