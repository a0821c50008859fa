// Accounts, sessions, API keys, invitations, recovery codes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "store/activity.h"

namespace tanggap::store {

struct User {
    std::string id;
    std::string name;
    std::string password_hash;        ///< Argon2id, encoded
    std::string totp_secret_wrapped;  ///< empty: reset, to be set up again
    std::uint64_t totp_last_step = 0; ///< a code is used once
    std::vector<std::string> roles;   ///< sorted
    bool disabled = false;
    base::Time created_at;
    base::Time last_sign_in_at = {};
    std::string totp_pending_wrapped = {}; ///< a new second factor, not yet confirmed by a code

    ObjectRef object() const { return {.kind = "user", .id = id}; }
};

struct ApiKey {
    std::string id;
    std::string name;
    std::string secret_hash; ///< SHA-256 hex: the secret has 256 random bits
    std::vector<std::string> scopes;
    std::string user_id;
    base::Time created_at;
    base::Time expires_at;
    base::Time last_used_at;

    ObjectRef object() const { return {.kind = "key", .id = id}; }
};

struct Session {
    std::string token_hash;
    std::string user_id;
    std::string csrf;
    base::Time created_at;
    base::Time last_seen_at;
    std::string id = {};              ///< how lists and records name it
    std::string user_agent = {};      ///< as the browser said
    std::string address = {};         ///< where the sign-in came from
    base::Time authenticated_at = {}; ///< password last asked

    ObjectRef object() const { return {.kind = "session", .id = id}; }
};

enum class InviteKind : std::uint8_t {
    Account,      ///< makes an account
    SecondFactor, ///< lets an account whose second factor was reset set up a new one
    Password,     ///< lets an account choose a new password
};
std::string_view name_of(InviteKind kind);

/// A link that one person may use once.
struct Invite {
    std::string id = {};
    std::string token_hash = {};
    InviteKind kind = InviteKind::Account;
    std::string name = {};               ///< of the account
    std::vector<std::string> roles = {}; ///< Account
    std::string user_id = {};            ///< the others
    std::string made_by = {};            ///< id of an account
    base::Time created_at = {};
    base::Time expires_at = {};

    ObjectRef object() const { return {.kind = "invite", .id = id}; }
};

base::Result<std::size_t> count_administrators(Snapshot& snapshot); ///< not disabled

/// Errors: NotFound.
base::Result<User> find_user(Snapshot& snapshot, std::string_view name);
base::Result<User> find_user_by_id(Snapshot& snapshot, std::string_view id);
base::Result<std::vector<User>> list_users(Snapshot& snapshot); ///< by name
/// Errors: Conflict where the name is taken, Exhausted above limits::accounts::kUsersMax.
base::Status add_user(Change& change, const User& user);
/// Replaces all but id, name and created_at. Errors: NotFound.
base::Status put_user(Change& change, const User& user);
/// Signed in just now: no change of the account that a person would look for.
base::Status touch_user(Change& change, std::string_view id, base::Time now);
/// Errors: Conflict where this or a later step was used.
base::Status use_totp_step(Change& change, std::string_view user_id, std::uint64_t step);

base::Status replace_recovery_codes(Change& change, std::string_view user_id,
                                    const std::vector<std::string>& hashes);
base::Result<std::size_t> count_recovery_codes(Snapshot& snapshot, std::string_view user_id);
base::Result<bool> has_recovery_code(Snapshot& snapshot, std::string_view user_id,
                                     std::string_view hash);
/// Errors: Conflict where it is not there or was used.
base::Status use_recovery_code(Change& change, std::string_view user_id, std::string_view hash);

/// Errors: NotFound.
base::Result<ApiKey> find_api_key(Snapshot& snapshot, std::string_view id);
base::Result<std::vector<ApiKey>> list_api_keys(Snapshot& snapshot, std::string_view user_id);
/// Errors: Exhausted above limits::accounts::kApiKeysPerUserMax.
base::Status add_api_key(Change& change, const ApiKey& key);
base::Status remove_api_key(Change& change, std::string_view id);

/// Errors: NotFound.
base::Result<Session> find_session(Snapshot& snapshot, std::string_view token_hash);
base::Result<Session> find_session_by_id(Snapshot& snapshot, std::string_view id);
base::Result<std::vector<Session>> list_sessions(Snapshot& snapshot, std::string_view user_id);
/// Forgets those that ended by age; of one account, the oldest above
/// limits::accounts::kSessionsPerUserMax.
base::Status add_session(Change& change, const Session& session);
/// A new token for the same session.
base::Status renew_session(Change& change, std::string_view old_hash, const Session& session);
base::Status remove_session(Change& change, std::string_view id);
/// All of the account but `kept` (an id, or empty). Gives how many.
base::Result<std::size_t> remove_sessions(Change& change, std::string_view user_id,
                                          std::string_view kept = {});

/// Errors: NotFound, also where it has expired.
base::Result<Invite> find_invite(Snapshot& snapshot, std::string_view token_hash, base::Time now);
base::Result<Invite> find_invite_by_id(Snapshot& snapshot, std::string_view id);
base::Result<std::vector<Invite>> list_invites(Snapshot& snapshot, base::Time now); ///< open ones
/// Takes the place of an open one of the same kind for the same name.
/// Errors: Exhausted above limits::accounts::kInvitesMax.
base::Status add_invite(Change& change, const Invite& invite);
base::Status remove_invite(Change& change, std::string_view id);

} // namespace tanggap::store
