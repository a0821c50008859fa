// Activity records: appending one, reading them by object, actor, action and time.
#include <algorithm>

#include "base/command_limits.h"
#include "store/sqlite/activity_text.h"
#include "store/sqlite/change.h"

namespace tanggap::store {
namespace sqlite {
namespace {

struct Head {
    std::uint64_t count = 0;
    std::string head;
};

base::Result<Head> read_head(Database& database)
{
    TRY(Statement * row,
        database.prepared("SELECT count, head FROM activity_head WHERE one = ?", "i", "it"));
    Head head;
    TRY(const bool found,
        one_row(row->bind(1), [&] { head = {.count = row->natural(0), .head = row->text(1)}; }));
    return found ? base::Result<Head>(head)
                 : base::corrupt("the case database has lost the head of its activity records");
}

base::Status write_head(Database& database, const Head& head)
{
    TRY(Statement * update,
        database.prepared("UPDATE activity_head SET count = ?, head = ? WHERE one = ?", "iti"));
    return update->bind(head.count, head.head, 1).run();
}

base::Status insert_row(Database& database, const Activity& activity, std::string_view document,
                        std::string_view leaf)
{
    const Effect& effect = activity.effect;
    TRY(Statement * insert,
        database.prepared("INSERT INTO activity (sequence, id, command, time, actor_id,"
                          " action_kind, action, undoes, document, leaf)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          "ittitttttt"));
    return insert
        ->bind(activity.sequence, activity.id, activity.command, activity.time.ns,
               activity.actor.id, kind_of_action(effect.action), effect.action, effect.undoes,
               document, leaf)
        .run();
}

base::Status insert_objects(Database& database, const Activity& activity)
{
    TRY(Statement * insert,
        database.prepared("INSERT INTO activity_objects (kind, id, sequence) VALUES (?, ?, ?)"
                          " ON CONFLICT DO NOTHING",
                          "tti"));
    const Effect& effect = activity.effect;
    TRY_STATUS(insert->bind(effect.object.kind, effect.object.id, activity.sequence).run());
    for (const ObjectRef& touched : effect.touched) {
        TRY_STATUS(insert->bind(touched.kind, touched.id, activity.sequence).run());
    }
    return {};
}

base::Result<std::uint64_t> next_version(Database& database, const ObjectRef& object)
{
    TRY(Statement * row,
        database.prepared("SELECT version FROM objects WHERE kind = ? AND id = ?", "tt", "i"));
    std::uint64_t version = 0;
    TRY([[maybe_unused]] const bool found,
        one_row(row->bind(object.kind, object.id), [&] { version = row->natural(0); }));
    return version + 1;
}

base::Status write_version(Database& database, const Activity& activity)
{
    TRY(Statement * upsert,
        database.prepared("INSERT INTO objects (kind, id, version, sequence) VALUES (?, ?, ?, ?)"
                          " ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version,"
                          " sequence = excluded.sequence",
                          "ttii"));
    const ObjectRef& object = activity.effect.object;
    return upsert->bind(object.kind, object.id, activity.version, activity.sequence).run();
}

constexpr std::string_view kColumns =
    "a.document, coalesce((SELECT u.id FROM activity u WHERE u.undoes = a.id AND u.undoes <> ''"
    " LIMIT 1), '')";

/// Reads "SELECT <kColumns> …".
base::Status read_rows(Statement& rows, std::vector<Activity>& activities)
{
    return each_row(rows, [&]() -> base::Status {
        TRY(auto read, read_activity(rows.text(0)));
        read.activity.undone_by = rows.text(1);
        activities.push_back(std::move(read.activity));
        return {};
    });
}

/// A WHERE clause in the making and the values it binds.
struct Conditions {
    std::string sql;
    std::vector<SqlValue> values;

    void add(std::string_view condition, SqlValue value)
    {
        sql.append(sql.empty() ? " WHERE " : " AND ").append(condition);
        values.push_back(std::move(value));
    }
    std::string types() const
    {
        std::string types;
        for (const SqlValue& value : values) {
            types += value.is_text ? 't' : 'i';
        }
        return types;
    }
};

Conditions conditions_of(const ActivityFilter& filter, std::uint64_t before)
{
    Conditions where;
    if (filter.object) {
        where.add("o.kind = ?", SqlValue::of(filter.object->kind));
        where.add("o.id = ?", SqlValue::of(filter.object->id));
    }
    if (before > 0) {
        where.add(filter.object ? "o.sequence < ?" : "a.sequence < ?",
                  SqlValue::of(static_cast<std::int64_t>(before)));
    }
    if (!filter.actor_id.empty()) {
        where.add("a.actor_id = ?", SqlValue::of(filter.actor_id));
    }
    if (!filter.action.empty()) {
        where.add(filter.action.find('.') == std::string::npos ? "a.action_kind = ?"
                                                               : "a.action = ?",
                  SqlValue::of(filter.action));
    }
    if (filter.from) {
        where.add("a.time >= ?", SqlValue::of(filter.from->ns));
    }
    if (filter.to) {
        where.add("a.time < ?", SqlValue::of(filter.to->ns));
    }
    return where;
}

} // namespace
} // namespace sqlite

using sqlite::Database;
using sqlite::Statement;

base::Status Change::expect(const ObjectRef& object, std::optional<std::uint64_t> expected)
{
    if (!expected) {
        return {};
    }
    TRY(const ObjectVersion now, version_of(*this, object));
    return now.version == *expected
               ? base::Status{}
               : base::fail(base::Code::Conflict, "it was changed meanwhile by " + now.updated_by +
                                                      ": version " + std::to_string(now.version) +
                                                      " instead of " + std::to_string(*expected) +
                                                      "; read it again, then decide");
}

base::Status Change::record(Effect effect)
{
    Database& database = database_of(*this);
    TRY(sqlite::Head head, sqlite::read_head(database));
    Activity activity{.sequence = head.count + 1,
                      .id = base::make_uuid_v7(command_.now).text(),
                      .command = id_,
                      .time = command_.now,
                      .actor = command_.actor,
                      .effect = std::move(effect),
                      .version = 0,
                      .reason = command_.reason,
                      .idempotency_key = command_.idempotency_key,
                      .undone_by = {}};
    TRY(activity.version, sqlite::next_version(database, activity.effect.object));
    const auto document = sqlite::write_activity(activity, head.head);
    if (!document) {
        return base::internal(document.error().message);
    }
    if (document->size() > base::limits::kActivityBytesMax) {
        return base::invalid("this change says more than its activity record may hold (" +
                             std::to_string(document->size()) + " bytes of " +
                             std::to_string(base::limits::kActivityBytesMax) + ")");
    }
    const std::string leaf = sqlite::leaf_of(*document);
    TRY_STATUS(sqlite::insert_row(database, activity, *document, leaf));
    TRY_STATUS(sqlite::insert_objects(database, activity));
    TRY_STATUS(sqlite::write_version(database, activity));
    news_.push_back({.position = 0,
                     .topic = activity.effect.object.kind + "s",
                     .id = activity.effect.object.id,
                     .version = activity.version,
                     .changed = {activity.effect.action}});
    // Who watches a case hears of what lies in it: once a command is enough.
    for (const ObjectRef& touched : activity.effect.touched) {
        const bool told = std::ranges::any_of(news_, [&](const News& news) {
            return news.topic == "cases" && news.id == touched.id;
        });
        if (touched.kind == "case" && !told) {
            news_.push_back({.position = 0,
                             .topic = "cases",
                             .id = touched.id,
                             .version = 0,
                             .changed = {activity.effect.action}});
        }
    }
    return sqlite::write_head(database, {.count = activity.sequence, .head = leaf});
}

base::Result<ObjectVersion> version_of(Snapshot& snapshot, const ObjectRef& object)
{
    TRY(Statement * row, database_of(snapshot).prepared(
                             "SELECT o.version, a.time, a.document FROM objects o JOIN activity a"
                             " ON a.sequence = o.sequence WHERE o.kind = ? AND o.id = ?",
                             "tt", "iit"));
    ObjectVersion version;
    std::string document;
    TRY(const bool found, one_row(row->bind(object.kind, object.id), [&] {
            version.version = row->natural(0);
            version.updated_at = {row->integer(1)};
            document = row->text(2);
        }));
    if (found) {
        TRY(const auto read, sqlite::read_activity(document));
        version.updated_by = read.activity.actor.name;
    }
    return version;
}

base::Result<std::map<std::string, std::uint64_t>> versions_of(Snapshot& snapshot,
                                                               std::string_view kind)
{
    TRY(Statement * rows, database_of(snapshot).prepared(
                              "SELECT id, version FROM objects WHERE kind = ?", "t", "ti"));
    std::map<std::string, std::uint64_t> versions;
    TRY_STATUS(each_row(rows->bind(kind), [&]() -> base::Status {
        versions.emplace(rows->text(0), rows->natural(1));
        return {};
    }));
    return versions;
}

base::Result<Activity> find_activity(Snapshot& snapshot, std::string_view id)
{
    TRY(Statement * rows, database_of(snapshot).prepared("SELECT " + std::string(sqlite::kColumns) +
                                                             " FROM activity a WHERE a.id = ?",
                                                         "t", "tt"));
    std::vector<Activity> found;
    TRY_STATUS(sqlite::read_rows(rows->bind(id), found));
    if (found.empty()) {
        return base::not_found("no such activity record");
    }
    return std::move(found.front());
}

base::Result<std::vector<Activity>> activities_of_command(Snapshot& snapshot,
                                                          std::string_view command)
{
    TRY(Statement * rows, database_of(snapshot).prepared("SELECT " + std::string(sqlite::kColumns) +
                                                             " FROM activity a WHERE a.command = ?"
                                                             " ORDER BY a.sequence",
                                                         "t", "tt"));
    std::vector<Activity> found;
    TRY_STATUS(sqlite::read_rows(rows->bind(command), found));
    if (found.empty()) {
        return base::not_found("no such command");
    }
    return found;
}

base::Result<ActivityPage> list_activities(Snapshot& snapshot, const ActivityFilter& filter,
                                           std::size_t limit, std::uint64_t before)
{
    auto where = sqlite::conditions_of(filter, before);
    std::string sql = "SELECT " + std::string(sqlite::kColumns);
    sql += filter.object ? " FROM activity_objects o JOIN activity a ON a.sequence = o.sequence"
                         : " FROM activity a";
    sql += where.sql + (filter.object ? " ORDER BY o.sequence" : " ORDER BY a.sequence") +
           " DESC LIMIT ?";
    where.values.push_back(sqlite::SqlValue::of(static_cast<std::int64_t>(limit + 1)));
    // One of a few texts, by which parts of the filter are given: kept prepared.
    TRY(Statement * rows, database_of(snapshot).prepared(sql, where.types(), "tt"));
    for (std::size_t i = 0; i < where.values.size(); ++i) {
        const sqlite::SqlValue& value = where.values[i];
        value.is_text ? rows->set(i, value.text) : rows->set(i, value.integer);
    }
    ActivityPage page;
    TRY_STATUS(sqlite::read_rows(*rows, page.activities));
    if (page.activities.size() > limit) {
        page.activities.resize(limit);
        page.next = page.activities.back().sequence;
    }
    return page;
}

} // namespace tanggap::store
