// Users, API keys, sessions.
#include "base/limits.h"
#include "base/text.h"
#include "store/sqlite/store.h"

namespace tanggap::store::sqlite {
namespace {

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

base::Result<std::vector<std::string>> roles_of(Database& database, const std::string& user_id)
{
    TRY(Statement * rows,
        database.prepared("SELECT role FROM user_roles WHERE user_id = ? ORDER BY role", "t", "t"));
    std::vector<std::string> roles;
    TRY_STATUS(each_row(rows->bind(user_id), [&]() -> base::Status {
        roles.push_back(rows->text(0));
        return {};
    }));
    return roles;
}

constexpr std::string_view kAdministratorExists =
    "SELECT count(*) FROM user_roles r JOIN users u ON u.id = r.user_id"
    " WHERE r.role = 'administrator' AND u.disabled = 0";

} // namespace

base::Result<bool> SqliteCaseStore::has_administrator()
{
    const auto reader = connections_->reader();
    TRY(const std::int64_t administrators, reader->integer_of(std::string(kAdministratorExists)));
    return administrators > 0;
}

base::Status SqliteCaseStore::insert_user(const User& user)
{
    Database& database = connections_->writer();
    TRY(Statement * insert,
        database.prepared("INSERT INTO users (id, name, name_key, password_hash,"
                          " totp_secret_wrapped, totp_last_step, disabled, created_at)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                          "tttttiii"));
    TRY_STATUS(insert
                   ->bind(user.id, user.name, base::to_lower_ascii(user.name), user.password_hash,
                          user.totp_secret_wrapped, user.totp_last_step, user.disabled ? 1 : 0,
                          user.created_at.ns)
                   .run());
    TRY(Statement * role,
        database.prepared("INSERT INTO user_roles (user_id, role) VALUES (?, ?)", "tt"));
    for (const std::string& name : user.roles) {
        TRY_STATUS(role->bind(user.id, name).run());
    }
    return {};
}

base::Status SqliteCaseStore::insert_api_key(const ApiKey& key)
{
    TRY(Statement * insert,
        connections_->writer().prepared("INSERT INTO api_keys (id, name, secret_hash, scopes,"
                                        " user_id, created_at, expires_at, last_used_at)"
                                        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                                        "tttttiii"));
    return insert
        ->bind(key.id, key.name, key.secret_hash, joined(key.scopes), key.user_id,
               key.created_at.ns, key.expires_at.ns, key.last_used_at.ns)
        .run();
}

base::Status SqliteCaseStore::add_first_administrator(const User& user, const ApiKey* key)
{
    return write([&]() -> base::Status {
        TRY(const std::int64_t administrators,
            connections_->writer().integer_of(std::string(kAdministratorExists)));
        if (administrators > 0) {
            return base::fail(base::Code::Conflict, "there is an administrator already");
        }
        TRY_STATUS(insert_user(user));
        return key == nullptr ? base::Status{} : insert_api_key(*key);
    });
}

base::Status SqliteCaseStore::add_user(const User& user)
{
    return write([&] { return insert_user(user); });
}

base::Status SqliteCaseStore::add_api_key(const ApiKey& key)
{
    return write([&] { return insert_api_key(key); });
}

base::Result<User> SqliteCaseStore::find_user_where(std::string_view condition,
                                                    std::string_view value)
{
    const auto reader = connections_->reader();
    TRY(Statement * row,
        reader->prepared("SELECT id, name, password_hash, totp_secret_wrapped, totp_last_step,"
                         " disabled, created_at FROM users WHERE " +
                             std::string(condition),
                         "t", "ttttiii"));
    User user;
    TRY(const bool found, one_row(row->bind(value), [&] {
            user = {.id = row->text(0),
                    .name = row->text(1),
                    .password_hash = row->text(2),
                    .totp_secret_wrapped = row->text(3),
                    .totp_last_step = row->natural(4),
                    .roles = {},
                    .disabled = row->integer(5) != 0,
                    .created_at = {row->integer(6)}};
        }));
    if (!found) {
        return base::not_found("no such account");
    }
    TRY(user.roles, roles_of(*reader, user.id));
    return user;
}

base::Result<User> SqliteCaseStore::find_user(std::string_view name)
{
    return find_user_where("name_key = ?", base::to_lower_ascii(name));
}

base::Result<User> SqliteCaseStore::find_user_by_id(std::string_view id)
{
    return find_user_where("id = ?", id);
}

base::Status SqliteCaseStore::use_totp_step(std::string_view user_id, std::uint64_t step)
{
    return write([&]() -> base::Status {
        Database& database = connections_->writer();
        TRY(Statement * update, database.prepared("UPDATE users SET totp_last_step = ?"
                                                  " WHERE id = ? AND totp_last_step < ?",
                                                  "iti"));
        TRY_STATUS(update->bind(step, user_id, step).run());
        TRY(const std::int64_t changed, database.integer_of("SELECT changes()"));
        return changed == 1 ? base::Status{}
                            : base::fail(base::Code::Conflict, "this code was used already");
    });
}

base::Result<ApiKey> SqliteCaseStore::find_api_key(std::string_view id)
{
    const auto reader = connections_->reader();
    TRY(Statement * row,
        reader->prepared("SELECT id, name, secret_hash, scopes, user_id, created_at,"
                         " expires_at, last_used_at FROM api_keys WHERE id = ?",
                         "t", "tttttiii"));
    ApiKey key;
    TRY(const bool found, one_row(row->bind(id), [&] {
            key = {.id = row->text(0),
                   .name = row->text(1),
                   .secret_hash = row->text(2),
                   .scopes = split(row->text(3)),
                   .user_id = row->text(4),
                   .created_at = {row->integer(5)},
                   .expires_at = {row->integer(6)},
                   .last_used_at = {row->integer(7)}};
        }));
    if (!found) {
        return base::not_found("no such API key");
    }
    return key;
}

base::Status SqliteCaseStore::touch_api_key(std::string_view id, base::Time now)
{
    return write([&]() -> base::Status {
        TRY(Statement * update, connections_->writer().prepared(
                                    "UPDATE api_keys SET last_used_at = ? WHERE id = ?", "it"));
        return update->bind(now.ns, id).run();
    });
}

base::Status SqliteCaseStore::add_session(const Session& session)
{
    return write([&]() -> base::Status {
        Database& database = connections_->writer();
        TRY(Statement * forget,
            database.prepared("DELETE FROM sessions WHERE created_at < ?", "i"));
        TRY_STATUS(
            forget->bind((session.created_at - base::Duration(base::limits::kSessionAbsolute)).ns)
                .run());
        TRY(Statement * insert,
            database.prepared("INSERT INTO sessions (token_hash, user_id, csrf, created_at,"
                              " last_seen_at) VALUES (?, ?, ?, ?, ?)",
                              "tttii"));
        return insert
            ->bind(session.token_hash, session.user_id, session.csrf, session.created_at.ns,
                   session.last_seen_at.ns)
            .run();
    });
}

base::Result<Session> SqliteCaseStore::find_session(std::string_view token_hash)
{
    const auto reader = connections_->reader();
    TRY(Statement * row, reader->prepared("SELECT token_hash, user_id, csrf, created_at,"
                                          " last_seen_at FROM sessions WHERE token_hash = ?",
                                          "t", "tttii"));
    Session session;
    TRY(const bool found, one_row(row->bind(token_hash), [&] {
            session = {.token_hash = row->text(0),
                       .user_id = row->text(1),
                       .csrf = row->text(2),
                       .created_at = {row->integer(3)},
                       .last_seen_at = {row->integer(4)}};
        }));
    if (!found) {
        return base::not_found("no such session");
    }
    return session;
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

base::Status SqliteCaseStore::remove_session(std::string_view token_hash)
{
    return write([&]() -> base::Status {
        TRY(Statement * remove,
            connections_->writer().prepared("DELETE FROM sessions WHERE token_hash = ?", "t"));
        return remove->bind(token_hash).run();
    });
}

} // namespace tanggap::store::sqlite
