// Commands: one transaction of the one writer, and what a repeated request is answered with.
#include "store/sqlite/change.h"

#include "base/limits.h"
#include "base/text.h"
#include "store/sqlite/store.h"

namespace tanggap::store::sqlite {
namespace {

/// What is older is not found any more.
base::Status forget_old_keys(Database& database, base::Time now)
{
    TRY(Statement * forget,
        database.prepared("DELETE FROM idempotency_keys WHERE created_at < ?", "i"));
    return forget->bind((now - base::Duration(base::limits::kIdempotencyKeyAge)).ns).run();
}

base::Status take_key(Database& database, const Command& command, std::string_view id)
{
    if (command.idempotency_key.empty() || command.actor.id.empty()) {
        return {};
    }
    TRY_STATUS(forget_old_keys(database, command.now));
    TRY(Statement * insert,
        database.prepared("INSERT INTO idempotency_keys (actor, key, created_at, fingerprint,"
                          " command, answered, status, body, headers)"
                          " VALUES (?, ?, ?, ?, ?, 0, 0, '', '') ON CONFLICT DO NOTHING",
                          "ttitt"));
    TRY_STATUS(insert
                   ->bind(command.actor.id, command.idempotency_key, command.now.ns,
                          command.fingerprint, id)
                   .run());
    TRY(const std::int64_t inserted, database.integer_of("SELECT changes()"));
    return inserted == 1
               ? base::Status{}
               : base::fail(base::Code::Conflict, "a request with the Idempotency-Key " +
                                                      base::quoted(command.idempotency_key) +
                                                      " was carried out already");
}

} // namespace

base::Status SqliteCaseStore::read(const ReadBody& body)
{
    const auto reader = connections_->reader();
    OpenSnapshot snapshot(*reader);
    TRY_STATUS(reader->run("BEGIN"));
    base::Status done = body(snapshot);
    const base::Status ended = reader->run("COMMIT");
    return done ? ended : done;
}

base::Result<std::string> SqliteCaseStore::change(const Command& command, const ChangeBody& body)
{
    const auto writing = connections_->writing();
    Database& database = connections_->writer();
    OpenChange change(database, command);
    TRY_STATUS(in_transaction(database, [&]() -> base::Status {
        TRY_STATUS(take_key(database, command, change.id()));
        TRY(const auto before, database.integer_of("SELECT total_changes()"));
        TRY_STATUS(body(change));
        TRY(const auto after, database.integer_of("SELECT total_changes()"));
        return change.recorded() > 0 || before == after
                   ? base::Status{}
                   : base::internal("a command changed something and left no activity record");
    }));
    feed_.publish(change.news());
    TRY_STATUS(connections_->checkpoint_if_long());
    return change.recorded() > 0 ? change.id() : std::string{};
}

base::Result<KeptAnswer> SqliteCaseStore::find_answer(const Actor& actor, std::string_view key,
                                                      base::Time now)
{
    const auto reader = connections_->reader();
    TRY(Statement * row,
        reader->prepared("SELECT fingerprint, command, answered, status, body, headers"
                         " FROM idempotency_keys WHERE actor = ? AND key = ? AND created_at >= ?",
                         "tti", "ttiitt"));
    const base::Time oldest = now - base::Duration(base::limits::kIdempotencyKeyAge);
    KeptAnswer answer;
    TRY(const bool found, one_row(row->bind(actor.id, key, oldest.ns), [&] {
            answer = {.fingerprint = row->text(0),
                      .command = row->text(1),
                      .answered = row->integer(2) != 0,
                      .status = static_cast<int>(row->integer(3)),
                      .body = row->text(4),
                      .headers = row->text(5)};
        }));
    if (!found) {
        return base::not_found("this Idempotency-Key is new");
    }
    return answer;
}

base::Status SqliteCaseStore::keep_answer(const Actor& actor, std::string_view key, base::Time now,
                                          const KeptAnswer& answer)
{
    return write([&]() -> base::Status {
        TRY(Statement * keep,
            connections_->writer().prepared(
                "INSERT INTO idempotency_keys (actor, key, created_at, fingerprint, command,"
                " answered, status, body, headers) VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?)"
                " ON CONFLICT (actor, key) DO UPDATE SET answered = 1, status = excluded.status,"
                " body = excluded.body, headers = excluded.headers",
                "ttittitt"));
        return keep
            ->bind(actor.id, key, now.ns, answer.fingerprint, answer.command, answer.status,
                   answer.body, answer.headers)
            .run();
    });
}

base::Status SqliteCaseStore::touch_api_key(std::string_view id, base::Time now)
{
    return write([&]() -> base::Status {
        TRY(Statement * update, connections_->writer().prepared(
                                    "UPDATE api_keys SET last_used_at = ? WHERE id = ?", "it"));
        return update->bind(now.ns, id).run();
    });
}

base::Status SqliteCaseStore::touch_session(std::string_view token_hash, base::Time now)
{
    return write([&]() -> base::Status {
        TRY(Statement * update,
            connections_->writer().prepared(
                "UPDATE sessions SET last_seen_at = ? WHERE token_hash = ?", "it"));
        return update->bind(now.ns, token_hash).run();
    });
}

} // namespace tanggap::store::sqlite
