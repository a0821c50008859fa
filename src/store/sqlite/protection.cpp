#include "store/protection.h"

#include "store/sqlite/change.h"
#include "store/sqlite/visibility.h"

namespace tanggap::store {

using sqlite::Database;
using sqlite::Statement;

base::Result<Protection> find_protection(Snapshot& snapshot, const ObjectRef& object)
{
    Database& database = database_of(snapshot);
    Protection protection;
    TRY(Statement * label,
        database.prepared("SELECT tlp FROM protections WHERE kind = ? AND id = ?", "tt", "i"));
    std::int64_t tlp = static_cast<std::int64_t>(protection.tlp);
    TRY([[maybe_unused]] const bool found,
        one_row(label->bind(object.kind, object.id), [&] { tlp = label->integer(0); }));
    if (tlp < 0 || tlp > static_cast<std::int64_t>(policy::Tlp::Red)) {
        return base::corrupt("the TLP label of " + object.kind + " " + object.id + " is damaged");
    }
    protection.tlp = static_cast<policy::Tlp>(tlp);
    TRY(Statement * named,
        database.prepared("SELECT user_id FROM named_persons WHERE kind = ? AND id = ?"
                          " ORDER BY user_id",
                          "tt", "t"));
    TRY_STATUS(each_row(named->bind(object.kind, object.id), [&]() -> base::Status {
        protection.named.push_back(named->text(0));
        return {};
    }));
    return protection;
}

base::Status put_protection(Change& change, const ObjectRef& object, const Protection& protection)
{
    Database& database = database_of(change);
    TRY(Statement * label,
        database.prepared("INSERT INTO protections (kind, id, tlp, restricted) VALUES (?, ?, ?, ?)"
                          " ON CONFLICT (kind, id) DO UPDATE SET tlp = excluded.tlp,"
                          " restricted = excluded.restricted",
                          "ttii"));
    const bool restricted = policy::is_restricted(protection.tlp, protection.named);
    TRY_STATUS(
        label->bind(object.kind, object.id, static_cast<int>(protection.tlp), restricted ? 1 : 0)
            .run());
    TRY(Statement * clear,
        database.prepared("DELETE FROM named_persons WHERE kind = ? AND id = ?", "tt"));
    TRY_STATUS(clear->bind(object.kind, object.id).run());
    TRY(Statement * add, database.prepared("INSERT INTO named_persons (kind, id, user_id)"
                                           " VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                                           "ttt"));
    for (const std::string& person : protection.named) {
        TRY_STATUS(add->bind(object.kind, object.id, person).run());
    }
    return {};
}

base::Result<std::uint64_t> count_hidden(Snapshot& snapshot, const policy::Filter& filter,
                                         policy::Kind kind)
{
    return sqlite::count_hidden(database_of(snapshot), filter, kind);
}

namespace {

/// A question of one number a row about the ids that the filter hides.
base::Result<Statement*> about_hidden(Database& database, const policy::Filter& filter,
                                      policy::Kind kind, std::string_view before,
                                      std::string_view after)
{
    const sqlite::HiddenIds hidden = sqlite::hidden_ids(filter, kind);
    std::string sql(before);
    sql.append(hidden.sql).append(after);
    TRY(Statement * statement, database.prepared(sql, filter.red ? "tt" : "tti", "i"));
    for (std::size_t i = 0; i < hidden.values.size(); ++i) {
        const sqlite::SqlValue& value = hidden.values[i];
        value.is_text ? statement->set(i, value.text) : statement->set(i, value.integer);
    }
    return statement;
}

} // namespace

base::Result<std::vector<std::uint64_t>> hidden_alerts(Snapshot& snapshot,
                                                       const policy::Filter& filter)
{
    TRY(Statement * rows, about_hidden(database_of(snapshot), filter, policy::Kind::Alert,
                                       "SELECT number FROM alerts WHERE uuid IN (", ")"));
    std::vector<std::uint64_t> numbers;
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        numbers.push_back(rows->natural(0));
        return {};
    }));
    return numbers;
}

namespace sqlite {

HiddenIds hidden_ids(const policy::Filter& filter, policy::Kind kind)
{
    HiddenIds hidden;
    hidden.sql = "SELECT p.id FROM protections p WHERE p.kind = ? AND p.restricted = 1 AND (NOT"
                 " EXISTS (SELECT 1 FROM named_persons n WHERE n.kind = p.kind AND n.id = p.id"
                 " AND n.user_id = ?)";
    hidden.values = {SqlValue::of(policy::name_of(kind)), SqlValue::of(filter.user_id)};
    if (!filter.red) {
        hidden.sql += " OR p.tlp = ?";
        hidden.values.push_back(SqlValue::of(static_cast<std::int64_t>(policy::Tlp::Red)));
    }
    hidden.sql += ")";
    return hidden;
}

base::Result<std::uint64_t> count_hidden(Database& database, const policy::Filter& filter,
                                         policy::Kind kind)
{
    TRY(Statement * count, about_hidden(database, filter, kind, "SELECT count(*) FROM (", ")"));
    std::uint64_t there = 0;
    TRY([[maybe_unused]] const bool found, one_row(*count, [&] { there = count->natural(0); }));
    return there;
}

} // namespace sqlite
} // namespace tanggap::store
