// Users, recovery codes, API keys, sessions, invitations.
#include "store/people.h"

#include <algorithm>
#include <array>

#include "base/account_limits.h"
#include "base/text.h"
#include "store/sqlite/change.h"

namespace tanggap::store {
namespace {

using sqlite::Database;
using sqlite::Statement;

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words) {
        text += text.empty() ? "" : " ";
        text += word;
    }
    return text;
}

std::vector<std::string> split(std::string_view text)
{
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

/// Every row of "SELECT …" as `read` makes it.
template <class Row, class Read>
base::Result<std::vector<Row>> rows_of(Statement& rows, Read read)
{
    std::vector<Row> found;
    TRY_STATUS(each_row(rows, [&]() -> base::Status {
        found.push_back(read(rows));
        return {};
    }));
    return found;
}

template <class Row>
base::Result<Row> only(std::vector<Row> rows, std::string_view what)
{
    if (rows.empty()) {
        return base::not_found("no such " + std::string(what));
    }
    return std::move(rows.front());
}

base::Result<std::int64_t> changed(Database& database)
{
    return database.integer_of("SELECT changes()");
}

base::Status refuse_above(Database& database, const std::string& count_sql, std::string_view value,
                          std::size_t max, std::string_view what)
{
    TRY(Statement * count, database.prepared(count_sql, "t", "i"));
    std::uint64_t there = 0;
    TRY([[maybe_unused]] const bool found,
        one_row(count->bind(value), [&] { there = count->natural(0); }));
    return there < max ? base::Status{}
                       : base::exhausted("there are " + std::to_string(there) + " " +
                                         std::string(what) + " already; remove some first");
}

constexpr std::string_view kUserColumns =
    "SELECT id, name, password_hash, totp_secret_wrapped, totp_last_step, disabled, created_at,"
    " last_sign_in_at, totp_pending_wrapped,"
    " coalesce((SELECT group_concat(role, ' ') FROM (SELECT role FROM user_roles r"
    " WHERE r.user_id = users.id ORDER BY role)), '') FROM users";
constexpr std::string_view kUserTypes = "ttttiiiitt";

User read_user(const Statement& row)
{
    return {.id = row.text(0),
            .name = row.text(1),
            .password_hash = row.text(2),
            .totp_secret_wrapped = row.text(3),
            .totp_last_step = row.natural(4),
            .roles = split(row.text(9)),
            .disabled = row.integer(5) != 0,
            .created_at = {row.integer(6)},
            .last_sign_in_at = {row.integer(7)},
            .totp_pending_wrapped = row.text(8)};
}

base::Result<std::vector<User>> users_where(Snapshot& snapshot, std::string_view condition,
                                            std::string_view value)
{
    TRY(Statement * rows, database_of(snapshot).prepared(
                              std::string(kUserColumns) + std::string(condition), "t", kUserTypes));
    return rows_of<User>(rows->bind(value), read_user);
}

base::Status put_roles(Database& database, const User& user)
{
    TRY(Statement * clear, database.prepared("DELETE FROM user_roles WHERE user_id = ?", "t"));
    TRY_STATUS(clear->bind(user.id).run());
    TRY(Statement * add,
        database.prepared("INSERT INTO user_roles (user_id, role) VALUES (?, ?)", "tt"));
    for (const std::string& role : user.roles) {
        TRY_STATUS(add->bind(user.id, role).run());
    }
    return {};
}

constexpr std::string_view kKeyColumns =
    "SELECT id, name, secret_hash, scopes, user_id, created_at,"
    " expires_at, last_used_at FROM api_keys";

ApiKey read_key(const Statement& row)
{
    return {.id = row.text(0),
            .name = row.text(1),
            .secret_hash = row.text(2),
            .scopes = split(row.text(3)),
            .user_id = row.text(4),
            .created_at = {row.integer(5)},
            .expires_at = {row.integer(6)},
            .last_used_at = {row.integer(7)}};
}

base::Result<std::vector<ApiKey>> keys_where(Snapshot& snapshot, std::string_view condition,
                                             std::string_view value)
{
    TRY(Statement * rows, database_of(snapshot).prepared(
                              std::string(kKeyColumns) + std::string(condition), "t", "tttttiii"));
    return rows_of<ApiKey>(rows->bind(value), read_key);
}

constexpr std::string_view kSessionColumns =
    "SELECT token_hash, user_id, csrf, created_at, last_seen_at, id, user_agent, address,"
    " authenticated_at FROM sessions";

Session read_session(const Statement& row)
{
    return {.token_hash = row.text(0),
            .user_id = row.text(1),
            .csrf = row.text(2),
            .created_at = {row.integer(3)},
            .last_seen_at = {row.integer(4)},
            .id = row.text(5),
            .user_agent = row.text(6),
            .address = row.text(7),
            .authenticated_at = {row.integer(8)}};
}

base::Result<std::vector<Session>> sessions_where(Snapshot& snapshot, std::string_view condition,
                                                  std::string_view value)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared(std::string(kSessionColumns) + std::string(condition), "t",
                                       "tttiittti"));
    return rows_of<Session>(rows->bind(value), read_session);
}

constexpr std::array<std::string_view, 3> kInviteKinds{"account", "second_factor", "password"};

constexpr std::string_view kInviteColumns =
    "SELECT id, token_hash, kind, name, roles, user_id, made_by, created_at, expires_at"
    " FROM invites";

Invite read_invite(const Statement& row)
{
    const auto kind = std::ranges::find(kInviteKinds, row.text(2));
    return {.id = row.text(0),
            .token_hash = row.text(1),
            .kind = kind == kInviteKinds.end()
                        ? InviteKind::Account
                        : static_cast<InviteKind>(kind - kInviteKinds.begin()),
            .name = row.text(3),
            .roles = split(row.text(4)),
            .user_id = row.text(5),
            .made_by = row.text(6),
            .created_at = {row.integer(7)},
            .expires_at = {row.integer(8)}};
}

} // namespace

std::string_view name_of(InviteKind kind)
{
    return kInviteKinds.at(static_cast<std::size_t>(kind));
}

base::Result<std::size_t> count_administrators(Snapshot& snapshot)
{
    TRY(const std::int64_t count,
        database_of(snapshot).integer_of(
            "SELECT count(*) FROM user_roles r JOIN users u ON u.id = r.user_id"
            " WHERE r.role = 'administrator' AND u.disabled = 0"));
    return static_cast<std::size_t>(count);
}

base::Result<User> find_user(Snapshot& snapshot, std::string_view name)
{
    TRY(auto users, users_where(snapshot, " WHERE name_key = ?", base::to_lower_ascii(name)));
    return only(std::move(users), "account");
}

base::Result<User> find_user_by_id(Snapshot& snapshot, std::string_view id)
{
    TRY(auto users, users_where(snapshot, " WHERE id = ?", id));
    return only(std::move(users), "account");
}

base::Result<std::vector<User>> list_users(Snapshot& snapshot)
{
    return users_where(snapshot, " WHERE name_key >= ? ORDER BY name_key", "");
}

base::Status add_user(Change& change, const User& user)
{
    Database& database = database_of(change);
    TRY_STATUS(refuse_above(database, "SELECT count(*) FROM users WHERE id >= ?", "",
                            base::limits::accounts::kUsersMax, "accounts"));
    TRY(Statement * insert,
        database.prepared("INSERT INTO users (id, name, name_key, password_hash,"
                          " totp_secret_wrapped, totp_last_step, disabled, created_at,"
                          " last_sign_in_at, totp_pending_wrapped)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                          "tttttiiiit"));
    TRY_STATUS(insert
                   ->bind(user.id, user.name, base::to_lower_ascii(user.name), user.password_hash,
                          user.totp_secret_wrapped, user.totp_last_step, user.disabled ? 1 : 0,
                          user.created_at.ns, user.last_sign_in_at.ns, user.totp_pending_wrapped)
                   .run());
    TRY(const std::int64_t added, changed(database));
    if (added == 0) {
        return base::fail(base::Code::Conflict,
                          "there is an account " + base::quoted(user.name) + " already");
    }
    return put_roles(database, user);
}

base::Status put_user(Change& change, const User& user)
{
    Database& database = database_of(change);
    TRY(Statement * update,
        database.prepared("UPDATE users SET password_hash = ?, totp_secret_wrapped = ?,"
                          " totp_last_step = ?, disabled = ?, last_sign_in_at = ?,"
                          " totp_pending_wrapped = ? WHERE id = ?",
                          "ttiiitt"));
    TRY_STATUS(update
                   ->bind(user.password_hash, user.totp_secret_wrapped, user.totp_last_step,
                          user.disabled ? 1 : 0, user.last_sign_in_at.ns, user.totp_pending_wrapped,
                          user.id)
                   .run());
    TRY(const std::int64_t updated, changed(database));
    return updated == 1 ? put_roles(database, user) : base::not_found("no such account");
}

base::Status touch_user(Change& change, std::string_view id, base::Time now)
{
    TRY(Statement * update,
        database_of(change).prepared("UPDATE users SET last_sign_in_at = ? WHERE id = ?", "it"));
    return update->bind(now.ns, id).run();
}

base::Status use_totp_step(Change& change, std::string_view user_id, std::uint64_t step)
{
    Database& database = database_of(change);
    TRY(Statement * update, database.prepared("UPDATE users SET totp_last_step = ?"
                                              " WHERE id = ? AND totp_last_step < ?",
                                              "iti"));
    TRY_STATUS(update->bind(step, user_id, step).run());
    TRY(const std::int64_t updated, changed(database));
    return updated == 1 ? base::Status{}
                        : base::fail(base::Code::Conflict, "this code was used already");
}

base::Status replace_recovery_codes(Change& change, std::string_view user_id,
                                    const std::vector<std::string>& hashes)
{
    Database& database = database_of(change);
    TRY(Statement * clear, database.prepared("DELETE FROM recovery_codes WHERE user_id = ?", "t"));
    TRY_STATUS(clear->bind(user_id).run());
    TRY(Statement * add,
        database.prepared("INSERT INTO recovery_codes (user_id, hash) VALUES (?, ?)", "tt"));
    for (const std::string& hash : hashes) {
        TRY_STATUS(add->bind(user_id, hash).run());
    }
    return {};
}

base::Result<std::size_t> count_recovery_codes(Snapshot& snapshot, std::string_view user_id)
{
    TRY(Statement * count, database_of(snapshot).prepared(
                               "SELECT count(*) FROM recovery_codes WHERE user_id = ?", "t", "i"));
    std::size_t left = 0;
    TRY([[maybe_unused]] const bool found,
        one_row(count->bind(user_id), [&] { left = count->natural(0); }));
    return left;
}

base::Result<bool> has_recovery_code(Snapshot& snapshot, std::string_view user_id,
                                     std::string_view hash)
{
    TRY(Statement * find,
        database_of(snapshot).prepared(
            "SELECT 1 FROM recovery_codes WHERE user_id = ? AND hash = ?", "tt", "i"));
    return one_row(find->bind(user_id, hash), [] {});
}

base::Status use_recovery_code(Change& change, std::string_view user_id, std::string_view hash)
{
    Database& database = database_of(change);
    TRY(Statement * use,
        database.prepared("DELETE FROM recovery_codes WHERE user_id = ? AND hash = ?", "tt"));
    TRY_STATUS(use->bind(user_id, hash).run());
    TRY(const std::int64_t used, changed(database));
    return used == 1 ? base::Status{}
                     : base::fail(base::Code::Conflict, "this code was used already");
}

base::Result<ApiKey> find_api_key(Snapshot& snapshot, std::string_view id)
{
    TRY(auto keys, keys_where(snapshot, " WHERE id = ?", id));
    return only(std::move(keys), "key");
}

base::Result<std::vector<ApiKey>> list_api_keys(Snapshot& snapshot, std::string_view user_id)
{
    return keys_where(snapshot, " WHERE user_id = ? ORDER BY created_at DESC, id", user_id);
}

base::Status add_api_key(Change& change, const ApiKey& key)
{
    Database& database = database_of(change);
    TRY_STATUS(refuse_above(database, "SELECT count(*) FROM api_keys WHERE user_id = ?",
                            key.user_id, base::limits::accounts::kApiKeysPerUserMax, "keys"));
    TRY(Statement * insert,
        database.prepared("INSERT INTO api_keys (id, name, secret_hash, scopes, user_id,"
                          " created_at, expires_at, last_used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                          "tttttiii"));
    return insert
        ->bind(key.id, key.name, key.secret_hash, joined(key.scopes), key.user_id,
               key.created_at.ns, key.expires_at.ns, key.last_used_at.ns)
        .run();
}

base::Status remove_api_key(Change& change, std::string_view id)
{
    TRY(Statement * remove, database_of(change).prepared("DELETE FROM api_keys WHERE id = ?", "t"));
    return remove->bind(id).run();
}

base::Result<Session> find_session(Snapshot& snapshot, std::string_view token_hash)
{
    TRY(auto sessions, sessions_where(snapshot, " WHERE token_hash = ?", token_hash));
    return only(std::move(sessions), "session");
}

base::Result<Session> find_session_by_id(Snapshot& snapshot, std::string_view id)
{
    TRY(auto sessions, sessions_where(snapshot, " WHERE id = ? AND id <> ''", id));
    return only(std::move(sessions), "session");
}

base::Result<std::vector<Session>> list_sessions(Snapshot& snapshot, std::string_view user_id)
{
    return sessions_where(snapshot, " WHERE user_id = ? ORDER BY last_seen_at DESC, id", user_id);
}

base::Status add_session(Change& change, const Session& session)
{
    Database& database = database_of(change);
    TRY(Statement * forget, database.prepared("DELETE FROM sessions WHERE created_at < ?", "i"));
    TRY_STATUS(
        forget
            ->bind(
                (session.created_at - base::Duration(base::limits::accounts::kSessionAbsolute)).ns)
            .run());
    TRY(Statement * crowd,
        database.prepared("DELETE FROM sessions WHERE token_hash IN (SELECT token_hash"
                          " FROM sessions WHERE user_id = ? ORDER BY last_seen_at DESC"
                          " LIMIT -1 OFFSET ?)",
                          "ti"));
    TRY_STATUS(crowd->bind(session.user_id, base::limits::accounts::kSessionsPerUserMax - 1).run());
    TRY(Statement * insert,
        database.prepared("INSERT INTO sessions (token_hash, user_id, csrf, created_at,"
                          " last_seen_at, id, user_agent, address, authenticated_at)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          "tttiittti"));
    return insert
        ->bind(session.token_hash, session.user_id, session.csrf, session.created_at.ns,
               session.last_seen_at.ns, session.id, session.user_agent, session.address,
               session.authenticated_at.ns)
        .run();
}

base::Status renew_session(Change& change, std::string_view old_hash, const Session& session)
{
    Database& database = database_of(change);
    TRY(Statement * update,
        database.prepared("UPDATE sessions SET token_hash = ?, csrf = ?, last_seen_at = ?,"
                          " authenticated_at = ? WHERE token_hash = ?",
                          "ttiit"));
    TRY_STATUS(update
                   ->bind(session.token_hash, session.csrf, session.last_seen_at.ns,
                          session.authenticated_at.ns, old_hash)
                   .run());
    TRY(const std::int64_t updated, changed(database));
    return updated == 1 ? base::Status{} : base::not_found("no such session");
}

base::Status remove_session(Change& change, std::string_view id)
{
    TRY(Statement * remove, database_of(change).prepared("DELETE FROM sessions WHERE id = ?", "t"));
    return remove->bind(id).run();
}

base::Result<std::size_t> remove_sessions(Change& change, std::string_view user_id,
                                          std::string_view kept)
{
    Database& database = database_of(change);
    TRY(Statement * remove,
        database.prepared("DELETE FROM sessions WHERE user_id = ? AND id <> ?", "tt"));
    TRY_STATUS(remove->bind(user_id, kept.empty() ? std::string_view("-") : kept).run());
    TRY(const std::int64_t removed, changed(database));
    return static_cast<std::size_t>(removed);
}

base::Result<Invite> find_invite(Snapshot& snapshot, std::string_view token_hash, base::Time now)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared(std::string(kInviteColumns) +
                                           " WHERE token_hash = ? AND expires_at > ?",
                                       "ti", "tttttttii"));
    TRY(auto invites, rows_of<Invite>(rows->bind(token_hash, now.ns), read_invite));
    return only(std::move(invites), "invitation");
}

base::Result<Invite> find_invite_by_id(Snapshot& snapshot, std::string_view id)
{
    TRY(Statement * rows, database_of(snapshot).prepared(
                              std::string(kInviteColumns) + " WHERE id = ?", "t", "tttttttii"));
    TRY(auto invites, rows_of<Invite>(rows->bind(id), read_invite));
    return only(std::move(invites), "invitation");
}

base::Result<std::vector<Invite>> list_invites(Snapshot& snapshot, base::Time now)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared(std::string(kInviteColumns) +
                                           " WHERE expires_at > ? ORDER BY created_at DESC, id",
                                       "i", "tttttttii"));
    return rows_of<Invite>(rows->bind(now.ns), read_invite);
}

base::Status add_invite(Change& change, const Invite& invite)
{
    Database& database = database_of(change);
    TRY(Statement * forget,
        database.prepared("DELETE FROM invites WHERE expires_at <= ? OR (kind = ? AND name = ?)",
                          "itt"));
    TRY_STATUS(forget->bind(invite.created_at.ns, name_of(invite.kind), invite.name).run());
    TRY_STATUS(refuse_above(database, "SELECT count(*) FROM invites WHERE id >= ?", "",
                            base::limits::accounts::kInvitesMax, "open invitations"));
    TRY(Statement * insert,
        database.prepared("INSERT INTO invites (id, token_hash, kind, name, roles, user_id,"
                          " made_by, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          "tttttttii"));
    return insert
        ->bind(invite.id, invite.token_hash, name_of(invite.kind), invite.name,
               joined(invite.roles), invite.user_id, invite.made_by, invite.created_at.ns,
               invite.expires_at.ns)
        .run();
}

base::Status remove_invite(Change& change, std::string_view id)
{
    TRY(Statement * remove, database_of(change).prepared("DELETE FROM invites WHERE id = ?", "t"));
    return remove->bind(id).run();
}

} // namespace tanggap::store
