// Set-up, and who is asking.
#include "service/accounts.h"

#include <sodium.h>

#include <algorithm>

#include "base/account_limits.h"
#include "base/id.h"
#include "base/text.h"
#include "service/detail/api_keys.h"
#include "service/detail/passwords.h"
#include "service/detail/stored_accounts.h"

namespace tanggap::service {
namespace {

/// How stale "last seen" and "last used" may be: one write a minute, not one a request.
constexpr std::chrono::seconds kTouchEvery{60};

/// Who can change accounts is signed out sooner.
base::Duration idle_of(const store::User& user)
{
    return has_role(user, "administrator") ? base::limits::accounts::kSessionIdleAdministrator
                                           : base::limits::accounts::kSessionIdle;
}

} // namespace

std::string wrap_context(std::string_view user_id)
{
    return "totp:" + std::string(user_id);
}

std::unexpected<base::Error> not_signed_in()
{
    return base::fail(base::Code::Unauthenticated, "the session or key is unknown or has ended");
}

store::Command command_of(const store::User& user, base::Time now)
{
    return {.actor = {.kind = store::ActorKind::User, .id = user.id, .name = user.name},
            .now = now};
}

bool has_role(const store::User& user, std::string_view role)
{
    return std::ranges::find(user.roles, role) != user.roles.end();
}

Principal principal_of(const store::User& user, const store::Session& session)
{
    return {.user_id = user.id,
            .name = user.name,
            .roles = user.roles,
            .scopes = policy::scopes_of_roles(user.roles),
            .key_id = {},
            .session_hash = session.token_hash,
            .csrf = session.csrf,
            .session_id = session.id,
            .authenticated_at = session.authenticated_at};
}

StoredAccounts::StoredAccounts(store::CaseStore& store, const base::Clock& clock,
                               AccountsOptions options, KeyBox keys,
                               std::optional<SetupToken> token)
    : store_(store),
      clock_(clock),
      options_(std::move(options)),
      keys_(std::move(keys)),
      hasher_(options_.password_memory_bytes, options_.password_passes),
      setup_token_(std::move(token))
{
}

base::Result<bool> StoredAccounts::setup_needed()
{
    std::size_t administrators = 0;
    TRY_STATUS(store_.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(administrators, store::count_administrators(snapshot));
        return {};
    }));
    return administrators == 0;
}

base::Status StoredAccounts::check_setup(const SetupRequest& request)
{
    const base::Time now = clock_.now();
    const std::string who = "setup " + neighbourhood_of(request.address);
    TRY_STATUS(backoff_.check(who, now));
    TRY(const bool needed, setup_needed());
    if (!needed || !setup_token_) {
        return base::fail(base::Code::Conflict, "there is an administrator already; sign in");
    }
    const base::Status token = setup_token_->check(request.token, now);
    if (!token) {
        backoff_.failed(who, now);
        return token;
    }
    TRY_STATUS(check_account_name(request.name));
    return check_password(request.password, request.name, options_.site_name);
}

base::Result<SetupResult> StoredAccounts::set_up(const SetupRequest& request)
{
    const std::lock_guard lock(setup_mutex_);
    TRY_STATUS(check_setup(request));
    SetupResult result;
    store::User& user = result.user;
    user.id = base::make_uuid_v7(clock_.now()).text();
    user.name = request.name;
    user.roles = {"administrator", "lead"}; // rulings 15
    user.created_at = clock_.now();
    TRY(user.password_hash, hasher_.hash(request.password));
    result.second_factor = make_second_factor(user);
    store::ApiKey key;
    if (!request.api_key_name.empty()) {
        result.api_key = make_api_key_text(request.api_key_name, {"events:ingest", "read"}, user.id,
                                           clock_.now(), key);
    }
    TRY_STATUS(
        store_.change(command_of(user, clock_.now()), [&](store::Change& change) -> base::Status {
            TRY(const std::size_t administrators, store::count_administrators(change));
            if (administrators > 0) {
                return base::fail(base::Code::Conflict, "there is an administrator already");
            }
            TRY_STATUS(store::add_user(change, user));
            TRY_STATUS(write_recovery_codes(change, user.id, result.second_factor));
            TRY_STATUS(change.record(
                {.action = "user.create", .object = user.object(), .after = user_fields(user)}));
            if (result.api_key.empty()) {
                return {};
            }
            TRY_STATUS(store::add_api_key(change, key));
            return change.record(made_key(key));
        }));
    setup_token_->remove_file();
    setup_token_.reset();
    return result;
}

/// Roles and a disabled account take effect on the next request.
base::Result<store::User> StoredAccounts::active_user(store::Snapshot& snapshot,
                                                      std::string_view id)
{
    auto user = store::find_user_by_id(snapshot, id);
    const bool gone = !user && user.error().code == base::Code::NotFound;
    return gone || (user && user->disabled) ? not_signed_in() : user;
}

base::Result<Principal> StoredAccounts::principal_of_session(std::string_view token)
{
    const std::string hash = base::sha256_hex(token);
    const base::Time now = clock_.now();
    store::Session session;
    store::User user;
    TRY_STATUS(store_.read([&](store::Snapshot& snapshot) -> base::Status {
        auto found = store::find_session(snapshot, hash);
        if (!found) {
            return found.error().code == base::Code::NotFound ? not_signed_in()
                                                              : std::unexpected(found.error());
        }
        session = std::move(*found);
        TRY(user, active_user(snapshot, session.user_id));
        return {};
    }));
    if (now - session.last_seen_at > idle_of(user) ||
        now - session.created_at > base::Duration(base::limits::accounts::kSessionAbsolute)) {
        return not_signed_in(); // its row goes with the next sign-in
    }
    if (now - session.last_seen_at > base::Duration(kTouchEvery)) {
        TRY_STATUS(store_.touch_session(session.token_hash, now));
    }
    return principal_of(user, session);
}

base::Result<Principal> StoredAccounts::principal_of_key(std::string_view bearer)
{
    const auto parts = split_api_key(bearer);
    if (!parts) {
        return not_signed_in();
    }
    const base::Time now = clock_.now();
    store::ApiKey key;
    store::User user;
    TRY_STATUS(store_.read([&](store::Snapshot& snapshot) -> base::Status {
        auto found = store::find_api_key(snapshot, parts->id);
        if (!found) {
            return found.error().code == base::Code::NotFound ? not_signed_in()
                                                              : std::unexpected(found.error());
        }
        key = std::move(*found);
        TRY(user, active_user(snapshot, key.user_id));
        return {};
    }));
    if (!equal_in_constant_time(base::sha256_hex(parts->secret), key.secret_hash) ||
        now >= key.expires_at) {
        return not_signed_in();
    }
    if (now - key.last_used_at > base::Duration(kTouchEvery)) {
        TRY_STATUS(store_.touch_api_key(key.id, now));
    }
    Principal principal{.user_id = user.id,
                        .name = user.name,
                        .roles = user.roles,
                        .scopes = policy::scopes_of_roles(user.roles),
                        .key_id = key.id};
    std::erase_if(principal.scopes, [&](const std::string& scope) {
        return std::ranges::find(key.scopes, scope) == key.scopes.end();
    });
    return principal;
}

base::Result<std::unique_ptr<Accounts>>
Accounts::open(store::CaseStore& store, const base::Clock& clock, AccountsOptions options)
{
    if (sodium_init() < 0) {
        return base::unavailable("libsodium found no source of random numbers");
    }
    std::size_t users = 0;
    std::size_t administrators = 0;
    TRY_STATUS(store.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto all, store::list_users(snapshot));
        users = all.size();
        TRY(administrators, store::count_administrators(snapshot));
        return {};
    }));
    TRY(auto keys, KeyBox::open(options.master_key_file,
                                users > 0 ? KeyBox::IfMissing::Refuse : KeyBox::IfMissing::Make));
    std::optional<SetupToken> token;
    if (administrators == 0 && !options.setup_token_file.empty()) {
        TRY(token, SetupToken::make(options.setup_token_file, clock.now()));
    }
    return std::unique_ptr<Accounts>(std::make_unique<StoredAccounts>(
        store, clock, std::move(options), std::move(keys), std::move(token)));
}

} // namespace tanggap::service
