#include "service/people.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/account_limits.h"
#include "service/detail/restore.h"

namespace tanggap::service {
namespace {

using Json = nlohmann::json;
using policy::Action;
using policy::Kind;

base::Status done_or_error(const base::Result<std::string>& done)
{
    return done ? base::Status{} : std::unexpected(done.error());
}

base::Status check_owned(const Principal& principal, Action action, Kind kind,
                         std::string_view owner_id)
{
    return policy::check(subject_of(principal), action,
                         {.kind = kind, .owner_id = std::string(owner_id)});
}

Json key_json(const store::ApiKey& key)
{
    return {{"name", key.name}, {"scopes", key.scopes}};
}

/// One changed field of an account, as a record of its own.
base::Status record_field(store::Change& change, const store::User& user, std::string action,
                          std::string_view field, const Json& before, const Json& after)
{
    return change.record({.action = std::move(action),
                          .object = user.object(),
                          .before = Json{{field, before}}.dump(),
                          .after = Json{{field, after}}.dump(),
                          .reversible = store::Reversible::Yes});
}

/// Writes `user` and ends its sessions: new rights begin with a new sign-in.
base::Status put_account(store::Change& change, const store::User& user)
{
    TRY_STATUS(store::put_user(change, user));
    TRY(const std::size_t administrators, store::count_administrators(change));
    if (administrators == 0) {
        return base::fail(base::Code::Conflict,
                          user.name + " is the last administrator; make another one first");
    }
    TRY([[maybe_unused]] const std::size_t ended, store::remove_sessions(change, user.id));
    return {};
}

} // namespace

base::Result<std::vector<std::string>> check_roles(const std::vector<std::string>& roles)
{
    if (roles.empty()) {
        return base::invalid("an account needs at least one role");
    }
    for (const std::string& role : roles) {
        TRY([[maybe_unused]] const auto known, policy::parse_role(role));
    }
    std::vector<std::string> sorted = roles;
    std::ranges::sort(sorted);
    const auto twice = std::ranges::unique(sorted);
    sorted.erase(twice.begin(), twice.end());
    return sorted;
}

base::Result<std::vector<store::User>> list_users(store::Changes& changes,
                                                  const Principal& principal)
{
    TRY_STATUS(policy::check(subject_of(principal), Action::See, {.kind = Kind::User}));
    std::vector<store::User> users;
    TRY_STATUS(changes.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(users, store::list_users(snapshot));
        return {};
    }));
    return users;
}

base::Result<UserSeen> find_user(store::Changes& changes, const Principal& principal,
                                 std::string_view id)
{
    if (id != principal.user_id) { // one's own is no secret
        TRY_STATUS(policy::check(subject_of(principal), Action::See, {.kind = Kind::User}));
    }
    UserSeen seen;
    TRY_STATUS(changes.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(seen.user, store::find_user_by_id(snapshot, id));
        TRY(const auto version, store::version_of(snapshot, seen.user.object()));
        seen.version = version.version;
        TRY(seen.recovery_codes, store::count_recovery_codes(snapshot, id));
        return {};
    }));
    return seen;
}

base::Result<std::string> change_user(store::Changes& changes, const Principal& principal,
                                      const store::Command& command, std::string_view id,
                                      const UserChange& wish)
{
    TRY_STATUS(policy::check(subject_of(principal), Action::Change, {.kind = Kind::User}));
    std::optional<std::vector<std::string>> roles;
    if (wish.roles) {
        TRY(roles, check_roles(*wish.roles));
    }
    return changes.change(command, [&](store::Change& change) -> base::Status {
        TRY(store::User user, store::find_user_by_id(change, id));
        TRY_STATUS(change.expect(user.object(), wish.expected_version));
        const store::User before = user;
        user.roles = roles.value_or(user.roles);
        user.disabled = wish.disabled.value_or(user.disabled);
        if (user.roles == before.roles && user.disabled == before.disabled) {
            return {};
        }
        TRY_STATUS(put_account(change, user));
        if (user.roles != before.roles) {
            TRY_STATUS(record_field(change, user, "user.roles", "roles", before.roles, user.roles));
        }
        return user.disabled == before.disabled
                   ? base::Status{}
                   : record_field(change, user, user.disabled ? "user.disable" : "user.enable",
                                  "disabled", before.disabled, user.disabled);
    });
}

base::Status restore_user(store::Change& change, const store::ObjectRef& object,
                          std::string_view fields_json)
{
    TRY(store::User user, store::find_user_by_id(change, object.id));
    const Json fields = Json::parse(fields_json, nullptr, false);
    try {
        user.roles = fields.value("roles", user.roles);
        user.disabled = fields.value("disabled", user.disabled);
    } catch (const Json::exception& broken) {
        return base::corrupt(std::string("an activity record of an account: ") + broken.what());
    }
    return put_account(change, user);
}

base::Result<std::vector<store::Invite>> list_invites(store::Changes& changes,
                                                      const Principal& principal, base::Time now)
{
    TRY_STATUS(policy::check(subject_of(principal), Action::See, {.kind = Kind::Invite}));
    std::vector<store::Invite> invites;
    TRY_STATUS(changes.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(invites, store::list_invites(snapshot, now));
        return {};
    }));
    return invites;
}

base::Status revoke_invite(store::Changes& changes, const Principal& principal,
                           const store::Command& command, std::string_view id)
{
    TRY_STATUS(policy::check(subject_of(principal), Action::Change, {.kind = Kind::Invite}));
    return done_or_error(changes.change(command, [&](store::Change& change) -> base::Status {
        TRY(const store::Invite invite, store::find_invite_by_id(change, id));
        TRY_STATUS(store::remove_invite(change, invite.id));
        return change.record({.action = "invite.revoke",
                              .object = invite.object(),
                              .before = Json{{"name", invite.name}}.dump()});
    }));
}

base::Result<std::vector<store::Session>> list_sessions(store::Changes& changes,
                                                        const Principal& principal,
                                                        std::string_view user_id, base::Time now)
{
    TRY_STATUS(check_owned(principal, Action::See, Kind::Session, user_id));
    std::vector<store::Session> sessions;
    TRY_STATUS(changes.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(sessions, store::list_sessions(snapshot, user_id));
        return {};
    }));
    std::erase_if(sessions, [&](const store::Session& session) {
        return now - session.last_seen_at > base::Duration(base::limits::accounts::kSessionIdle) ||
               now - session.created_at > base::Duration(base::limits::accounts::kSessionAbsolute);
    });
    return sessions;
}

base::Status end_session(store::Changes& changes, const Principal& principal,
                         const store::Command& command, std::string_view id)
{
    return done_or_error(changes.change(command, [&](store::Change& change) -> base::Status {
        TRY(const store::Session session, store::find_session_by_id(change, id));
        TRY_STATUS(check_owned(principal, Action::Change, Kind::Session, session.user_id));
        TRY_STATUS(store::remove_session(change, session.id));
        return change.record({.action = "session.end",
                              .object = session.object(),
                              .touched = {{.kind = "user", .id = session.user_id}}});
    }));
}

base::Result<std::size_t> end_sessions(store::Changes& changes, const Principal& principal,
                                       const store::Command& command, std::string_view user_id)
{
    TRY_STATUS(check_owned(principal, Action::Change, Kind::Session, user_id));
    std::size_t ended = 0;
    TRY_STATUS(changes.change(command, [&](store::Change& change) -> base::Status {
        TRY(const store::User user, store::find_user_by_id(change, user_id));
        TRY(ended, store::remove_sessions(change, user.id));
        return change.record({.action = "user.sign_out",
                              .object = user.object(),
                              .after = Json{{"sessions", ended}}.dump()});
    }));
    return ended;
}

base::Result<std::vector<store::ApiKey>>
list_api_keys(store::Changes& changes, const Principal& principal, std::string_view user_id)
{
    TRY_STATUS(check_owned(principal, Action::See, Kind::ApiKey, user_id));
    std::vector<store::ApiKey> keys;
    TRY_STATUS(changes.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(keys, store::list_api_keys(snapshot, user_id));
        return {};
    }));
    return keys;
}

base::Status revoke_api_key(store::Changes& changes, const Principal& principal,
                            const store::Command& command, std::string_view id)
{
    return done_or_error(changes.change(command, [&](store::Change& change) -> base::Status {
        TRY(const store::ApiKey key, store::find_api_key(change, id));
        TRY_STATUS(check_owned(principal, Action::Change, Kind::ApiKey, key.user_id));
        TRY_STATUS(store::remove_api_key(change, key.id));
        return change.record({.action = "key.revoke",
                              .object = key.object(),
                              .touched = {{.kind = "user", .id = key.user_id}},
                              .before = key_json(key).dump()});
    }));
}

} // namespace tanggap::service
