// Links that one person may use once: to a new account, a new second factor, a new password.
//
// The token is 256 random bits, of which the hash is kept. A link counts only while its maker may
// still make it. Who accepts proves what the link does not replace: for a second factor the
// password, for a password the second factor.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/account_limits.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/text.h"
#include "service/detail/api_keys.h"
#include "service/detail/passwords.h"
#include "service/detail/stored_accounts.h"
#include "service/people.h"

namespace tanggap::service {
namespace {

using Json = nlohmann::json;

std::string invite_fields(const store::Invite& invite)
{
    return Json{{"kind", name_of(invite.kind)},
                {"name", invite.name},
                {"roles", invite.roles},
                {"expires_at", base::format_rfc3339(invite.expires_at)}}
        .dump();
}

std::unexpected<base::Error> no_such_link()
{
    return base::not_found("this link is unknown, was used, or has expired; ask for a new one");
}

std::string link_asker(const std::string& address)
{
    return "link " + neighbourhood_of(address);
}

} // namespace

base::Result<Invitation> StoredAccounts::add_invite(const Principal& principal,
                                                    store::Change& change, store::Invite invite)
{
    Invitation invitation;
    invitation.token = base::to_hex(base::random_bytes(32));
    const base::Time now = clock_.now();
    invite.id = base::make_uuid_v7(now).text();
    invite.token_hash = base::sha256_hex(invitation.token);
    invite.made_by = principal.user_id;
    invite.created_at = now;
    invite.expires_at = now + base::Duration(base::limits::accounts::kInviteLife);
    TRY_STATUS(store::add_invite(change, invite));
    std::vector<store::ObjectRef> touched;
    if (!invite.user_id.empty()) {
        touched.push_back({.kind = "user", .id = invite.user_id});
    }
    TRY_STATUS(change.record({.action = "invite.create",
                              .object = invite.object(),
                              .touched = std::move(touched),
                              .after = invite_fields(invite)}));
    invitation.invite = std::move(invite);
    return invitation;
}

base::Result<Invitation> StoredAccounts::invite(const Principal& principal,
                                                const store::Command& command,
                                                std::string_view name,
                                                const std::vector<std::string>& roles)
{
    TRY_STATUS(authorise(principal, Scope::Admin));
    TRY_STATUS(check_account_name(name));
    TRY(const auto checked, check_roles(roles));
    Invitation invitation;
    TRY_STATUS(store_.change(command, [&](store::Change& change) -> base::Status {
        const auto taken = store::find_user(change, name);
        if (taken) {
            return base::fail(base::Code::Conflict,
                              "there is an account " + base::quoted(name) + " already");
        }
        if (taken.error().code != base::Code::NotFound) {
            return std::unexpected(taken.error());
        }
        TRY(invitation,
            add_invite(
                principal, change,
                {.kind = store::InviteKind::Account, .name = std::string(name), .roles = checked}));
        return {};
    }));
    return invitation;
}

base::Result<Invitation> StoredAccounts::reset(const Principal& principal,
                                               const store::Command& command,
                                               std::string_view user_id, store::InviteKind kind)
{
    TRY_STATUS(authorise(principal, Scope::Admin));
    if (user_id == principal.user_id) {
        return base::fail(base::Code::Conflict, "change your own on your account page");
    }
    Invitation invitation;
    TRY_STATUS(store_.change(command, [&](store::Change& change) -> base::Status {
        TRY(store::User user, store::find_user_by_id(change, user_id));
        if (kind == store::InviteKind::SecondFactor) {
            user.totp_secret_wrapped.clear();
            user.totp_pending_wrapped.clear();
            TRY_STATUS(store::put_user(change, user));
            TRY_STATUS(store::replace_recovery_codes(change, user.id, {}));
            TRY_STATUS(store::remove_sessions(change, user.id));
            TRY_STATUS(
                change.record({.action = "user.second_factor_reset", .object = user.object()}));
        }
        TRY(invitation,
            add_invite(principal, change, {.kind = kind, .name = user.name, .user_id = user.id}));
        return {};
    }));
    return invitation;
}

base::Result<Invitation> StoredAccounts::reset_second_factor(const Principal& principal,
                                                             const store::Command& command,
                                                             std::string_view user_id)
{
    return reset(principal, command, user_id, store::InviteKind::SecondFactor);
}

base::Result<Invitation> StoredAccounts::reset_password(const Principal& principal,
                                                        const store::Command& command,
                                                        std::string_view user_id)
{
    return reset(principal, command, user_id, store::InviteKind::Password);
}

/// The invite of this token while it counts: not expired, its maker still an administrator, its
/// account still there.
base::Result<store::Invite> StoredAccounts::open_invite(store::Snapshot& snapshot,
                                                        const std::string& token)
{
    const auto invite = store::find_invite(snapshot, base::sha256_hex(token), clock_.now());
    if (!invite) {
        return invite.error().code == base::Code::NotFound ? no_such_link()
                                                           : std::unexpected(invite.error());
    }
    const auto maker = store::find_user_by_id(snapshot, invite->made_by);
    if (!maker || maker->disabled || !has_role(*maker, "administrator")) {
        return no_such_link();
    }
    if (invite->user_id.empty()) {
        return invite;
    }
    const auto user = store::find_user_by_id(snapshot, invite->user_id);
    return user && !user->disabled ? invite : no_such_link();
}

base::Result<store::Invite> StoredAccounts::look_at_invitation(const std::string& token,
                                                               const std::string& address)
{
    const std::string who = link_asker(address);
    TRY_STATUS(backoff_.check(who, clock_.now()));
    store::Invite invite;
    const auto found = store_.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(invite, open_invite(snapshot, token));
        return {};
    });
    if (!found) {
        backoff_.failed(who, clock_.now());
        return std::unexpected(found.error());
    }
    return invite;
}

base::Result<Accepted> StoredAccounts::accept_invitation(const AcceptRequest& request)
{
    TRY(const store::Invite invite, look_at_invitation(request.token, request.address));
    const std::string who = "accept " + invite.id + " " + neighbourhood_of(request.address);
    TRY_STATUS(backoff_.check(who, clock_.now()));
    const auto accepted =
        invite.kind == store::InviteKind::Account        ? accept_account(request, invite)
        : invite.kind == store::InviteKind::SecondFactor ? accept_second_factor(request, invite)
                                                         : accept_password(request, invite);
    if (!accepted && accepted.error().code == base::Code::Unauthenticated) {
        backoff_.failed(who, clock_.now());
    }
    return accepted;
}

/// In the transaction that uses the link: it is used once.
base::Status StoredAccounts::use_invite(store::Change& change, const AcceptRequest& request)
{
    TRY(const store::Invite invite, open_invite(change, request.token));
    TRY_STATUS(store::remove_invite(change, invite.id));
    return change.record(
        {.action = "invite.accept", .object = invite.object(), .before = invite_fields(invite)});
}

base::Result<Accepted> StoredAccounts::accept_account(const AcceptRequest& request,
                                                      const store::Invite& invite)
{
    TRY_STATUS(check_password(request.password, invite.name, options_.site_name));
    Accepted accepted;
    store::User& user = accepted.user;
    user.id = base::make_uuid_v7(clock_.now()).text();
    user.name = invite.name;
    user.roles = invite.roles;
    user.created_at = clock_.now();
    TRY(user.password_hash, hasher_.hash(request.password));
    accepted.second_factor = make_second_factor(user);
    TRY_STATUS(
        store_.change(command_of(user, clock_.now()), [&](store::Change& change) -> base::Status {
            TRY_STATUS(use_invite(change, request));
            TRY_STATUS(store::add_user(change, user));
            TRY_STATUS(write_recovery_codes(change, user.id, accepted.second_factor));
            return change.record(
                {.action = "user.create", .object = user.object(), .after = user_fields(user)});
        }));
    return accepted;
}

base::Result<Accepted> StoredAccounts::accept_second_factor(const AcceptRequest& request,
                                                            const store::Invite& invite)
{
    Accepted accepted;
    TRY_STATUS(store_.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(accepted.user, active_user(snapshot, invite.user_id));
        return {};
    }));
    TRY(const bool right, request.password.size() > base::limits::kPasswordBytesMax
                              ? base::Result<bool>(false)
                              : hasher_.verify(accepted.user.password_hash, request.password));
    if (!right) {
        return base::fail(base::Code::Unauthenticated, "the password is wrong");
    }
    TRY_STATUS(store_.change(
        command_of(accepted.user, clock_.now()), [&](store::Change& change) -> base::Status {
            TRY_STATUS(use_invite(change, request));
            TRY(store::User user, active_user(change, invite.user_id));
            if (user.password_hash != accepted.user.password_hash) {
                return base::fail(base::Code::Conflict, "the password was changed meanwhile");
            }
            accepted.second_factor = make_second_factor(user);
            TRY_STATUS(store::put_user(change, user));
            TRY_STATUS(write_recovery_codes(change, user.id, accepted.second_factor));
            TRY_STATUS(store::remove_sessions(change, user.id));
            return change.record({.action = "user.second_factor", .object = user.object()});
        }));
    return accepted;
}

base::Result<Accepted> StoredAccounts::accept_password(const AcceptRequest& request,
                                                       const store::Invite& invite)
{
    TRY_STATUS(check_password(request.password, invite.name, options_.site_name));
    Accepted accepted;
    Proof proof;
    TRY_STATUS(store_.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(proof.user, active_user(snapshot, invite.user_id));
        return {};
    }));
    TRY(proof.totp_step, step_of(proof.user.totp_secret_wrapped, proof.user.id, request.code));
    proof.recovery_hash = recovery_hash(proof.user.id, request.code);
    TRY(const std::string hash, hasher_.hash(request.password));
    const auto done = store_.change(
        command_of(proof.user, clock_.now()), [&](store::Change& change) -> base::Status {
            TRY_STATUS(use_invite(change, request));
            if (const base::Status spent = spend(change, proof); !spent) {
                return spent.error().code == base::Code::Conflict
                           ? base::fail(base::Code::Unauthenticated, "the code is wrong")
                           : spent;
            }
            TRY(store::User user, active_user(change, invite.user_id));
            user.password_hash = hash;
            TRY_STATUS(store::put_user(change, user));
            TRY_STATUS(store::remove_sessions(change, user.id));
            return change.record({.action = "user.password", .object = user.object()});
        });
    if (!done) {
        return std::unexpected(done.error());
    }
    accepted.user = std::move(proof.user);
    return accepted;
}

} // namespace tanggap::service
