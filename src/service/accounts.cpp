#include "service/accounts.h"

#include <sodium.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "base/id.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "service/detail/passwords.h"
#include "service/detail/secrets.h"
#include "service/detail/setup_token.h"
#include "service/limiter.h"

namespace tanggap::service {
namespace {

/// How stale "last seen" and "last used" may be: one write a minute, not one a request.
constexpr std::chrono::seconds kTouchEvery{60};

std::string wrap_context(std::string_view user_id)
{
    return "totp:" + std::string(user_id);
}

std::unexpected<base::Error> wrong_credentials()
{
    return base::fail(base::Code::Unauthenticated, "name, password or code is wrong");
}

std::unexpected<base::Error> not_signed_in()
{
    return base::fail(base::Code::Unauthenticated, "the session or key is unknown or has ended");
}

struct KeyParts {
    std::string_view id;
    std::string_view secret;
};

std::optional<KeyParts> split_key(std::string_view text)
{
    constexpr std::string_view kPrefix = "tg_";
    if (!text.starts_with(kPrefix) || text.size() > 200) {
        return std::nullopt;
    }
    text.remove_prefix(kPrefix.size());
    const std::size_t end = text.find('_');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    return KeyParts{.id = text.substr(0, end), .secret = text.substr(end + 1)};
}

class StoredAccounts final : public Accounts {
public:
    StoredAccounts(store::CaseStore& store, const base::Clock& clock, AccountsOptions options,
                   KeyBox keys, std::optional<SetupToken> token)
        : store_(store),
          clock_(clock),
          options_(std::move(options)),
          keys_(std::move(keys)),
          hasher_(options_.password_memory_bytes, options_.password_passes),
          setup_token_(std::move(token))
    {
    }

    base::Result<bool> setup_needed() override
    {
        TRY(const bool done, store_.has_administrator());
        return !done;
    }

    std::string derive_key(std::string_view purpose) const override
    {
        return keys_.derive(purpose);
    }

    base::Result<SetupResult> set_up(const SetupRequest& request) override;
    base::Result<SignedIn> sign_in(const SignInRequest& request) override;
    base::Status sign_out(const Principal& principal) override;
    base::Result<Principal> principal_of_session(std::string_view token) override;
    base::Result<Principal> principal_of_key(std::string_view bearer) override;
    base::Result<std::string> make_api_key(const Principal& maker, std::string_view name,
                                           const std::vector<std::string>& scopes) override;

private:
    base::Status check_setup(const SetupRequest& request);
    base::Result<store::User> make_user(const SetupRequest& request, const std::string& totp);
    base::Result<std::optional<store::User>> verify(const SignInRequest& request);
    base::Result<SignedIn> start_session(const store::User& user);
    base::Result<store::User> active_user(std::string_view id);

    store::CaseStore& store_;
    const base::Clock& clock_;
    AccountsOptions options_;
    KeyBox keys_;
    PasswordHasher hasher_;
    Backoff backoff_;
    std::mutex setup_mutex_; // one set-up at a time
    std::optional<SetupToken> setup_token_;
};

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

base::Result<store::User> StoredAccounts::make_user(const SetupRequest& request,
                                                    const std::string& totp)
{
    store::User user;
    user.id = base::make_uuid_v7(clock_.now()).text();
    user.name = request.name;
    TRY(user.password_hash, hasher_.hash(request.password));
    user.totp_secret_wrapped = keys_.wrap(totp, wrap_context(user.id));
    user.roles = {"administrator", "lead"};
    user.created_at = clock_.now();
    return user;
}

base::Result<SetupResult> StoredAccounts::set_up(const SetupRequest& request)
{
    const std::lock_guard lock(setup_mutex_);
    TRY_STATUS(check_setup(request));
    const std::string totp = make_totp_secret();
    SetupResult result;
    TRY(result.user, make_user(request, totp));
    store::ApiKey key;
    const bool with_key = !request.api_key_name.empty();
    if (with_key) {
        result.api_key = make_api_key_text(request.api_key_name, {"events:ingest", "read"},
                                           result.user.id, clock_.now(), key);
    }
    TRY_STATUS(store_.add_first_administrator(result.user, with_key ? &key : nullptr));
    setup_token_->remove_file();
    setup_token_.reset();
    result.totp_secret = base32(totp);
    result.totp_uri = "otpauth://totp/Tanggap:" + request.name + "?secret=" + result.totp_secret +
                      "&issuer=Tanggap&algorithm=SHA1&digits=6&period=30";
    return result;
}

/// The user when name, password and code are right. The same work is done for every answer: a hash
/// of the same cost and a code check, also for a name that does not exist.
base::Result<std::optional<store::User>> StoredAccounts::verify(const SignInRequest& request)
{
    auto found = store_.find_user(request.name);
    if (!found && found.error().code != base::Code::NotFound) {
        return std::unexpected(std::move(found).error());
    }
    const bool known = found && !found->disabled;
    TRY(const bool password_right,
        hasher_.verify(known ? found->password_hash : hasher_.nobodys_hash(), request.password));
    std::string secret(20, '\0');
    if (known) {
        TRY(secret, keys_.unwrap(found->totp_secret_wrapped, wrap_context(found->id)));
    }
    const auto step = totp_step_of(secret, request.code, clock_.now());
    if (!known || !password_right || !step) {
        return std::nullopt;
    }
    const base::Status fresh = store_.use_totp_step(found->id, *step);
    if (!fresh) {
        return fresh.error().code == base::Code::Conflict
                   ? base::Result<std::optional<store::User>>(std::nullopt)
                   : std::unexpected(fresh.error());
    }
    return std::optional(std::move(*found));
}

base::Result<SignedIn> StoredAccounts::sign_in(const SignInRequest& request)
{
    if (request.name.size() > base::limits::kAccountNameBytesMax ||
        request.password.size() > base::limits::kPasswordBytesMax) {
        return wrong_credentials();
    }
    const std::string who =
        base::to_lower_ascii(request.name) + " " + neighbourhood_of(request.address);
    TRY_STATUS(backoff_.check(who, clock_.now()));
    TRY(const auto user, verify(request));
    if (!user) {
        backoff_.failed(who, clock_.now());
        return wrong_credentials();
    }
    backoff_.succeeded(who);
    return start_session(*user);
}

base::Result<SignedIn> StoredAccounts::start_session(const store::User& user)
{
    SignedIn signed_in;
    signed_in.token = base::to_hex(base::random_bytes(32));
    store::Session session;
    session.token_hash = base::sha256_hex(signed_in.token);
    session.user_id = user.id;
    session.csrf = base::to_hex(base::random_bytes(16));
    session.created_at = session.last_seen_at = clock_.now();
    TRY_STATUS(store_.add_session(session));
    signed_in.principal = {.user_id = user.id,
                           .name = user.name,
                           .roles = user.roles,
                           .scopes = scopes_of_roles(user.roles),
                           .key_id = {},
                           .session_hash = session.token_hash,
                           .csrf = session.csrf};
    return signed_in;
}

base::Status StoredAccounts::sign_out(const Principal& principal)
{
    return principal.session_hash.empty() ? base::Status{}
                                          : store_.remove_session(principal.session_hash);
}

/// Roles and a disabled account take effect on the next request.
base::Result<store::User> StoredAccounts::active_user(std::string_view id)
{
    auto user = store_.find_user_by_id(id);
    if (user && user->disabled) {
        return not_signed_in();
    }
    if (!user && user.error().code == base::Code::NotFound) {
        return not_signed_in();
    }
    return user;
}

base::Result<Principal> StoredAccounts::principal_of_session(std::string_view token)
{
    const auto session = store_.find_session(base::sha256_hex(token));
    if (!session) {
        return session.error().code == base::Code::NotFound ? not_signed_in()
                                                            : std::unexpected(session.error());
    }
    const base::Time now = clock_.now();
    if (now - session->last_seen_at > base::Duration(base::limits::kSessionIdle) ||
        now - session->created_at > base::Duration(base::limits::kSessionAbsolute)) {
        TRY_STATUS(store_.remove_session(session->token_hash));
        return not_signed_in();
    }
    TRY(const store::User user, active_user(session->user_id));
    if (now - session->last_seen_at > base::Duration(kTouchEvery)) {
        TRY_STATUS(store_.touch_session(session->token_hash, now));
    }
    return Principal{.user_id = user.id,
                     .name = user.name,
                     .roles = user.roles,
                     .scopes = scopes_of_roles(user.roles),
                     .key_id = {},
                     .session_hash = session->token_hash,
                     .csrf = session->csrf};
}

base::Result<Principal> StoredAccounts::principal_of_key(std::string_view bearer)
{
    const auto parts = split_key(bearer);
    if (!parts) {
        return not_signed_in();
    }
    const auto key = store_.find_api_key(parts->id);
    if (!key) {
        return key.error().code == base::Code::NotFound ? not_signed_in()
                                                        : std::unexpected(key.error());
    }
    const base::Time now = clock_.now();
    if (!equal_in_constant_time(base::sha256_hex(parts->secret), key->secret_hash) ||
        now >= key->expires_at) {
        return not_signed_in();
    }
    TRY(const store::User user, active_user(key->user_id));
    if (now - key->last_used_at > base::Duration(kTouchEvery)) {
        TRY_STATUS(store_.touch_api_key(key->id, now));
    }
    Principal principal{.user_id = user.id,
                        .name = user.name,
                        .roles = user.roles,
                        .scopes = scopes_of_roles(user.roles),
                        .key_id = key->id,
                        .session_hash = {},
                        .csrf = {}};
    std::erase_if(principal.scopes, [&](const std::string& scope) {
        return std::ranges::find(key->scopes, scope) == key->scopes.end();
    });
    return principal;
}

base::Result<std::string> StoredAccounts::make_api_key(const Principal& maker,
                                                       std::string_view name,
                                                       const std::vector<std::string>& scopes)
{
    for (const std::string& scope : scopes) {
        TRY(const Scope known, parse_scope(scope));
        TRY_STATUS(authorise(maker, known));
    }
    store::ApiKey key;
    std::string text = make_api_key_text(name, scopes, maker.user_id, clock_.now(), key);
    TRY_STATUS(store_.add_api_key(key));
    return text;
}

} // namespace

std::string make_api_key_text(std::string_view name, const std::vector<std::string>& scopes,
                              std::string_view user_id, base::Time now, store::ApiKey& stored)
{
    const std::string secret = base::to_hex(base::random_bytes(32));
    stored.id = base::to_hex(base::random_bytes(8));
    stored.name = name;
    stored.secret_hash = base::sha256_hex(secret);
    stored.scopes = scopes;
    stored.user_id = user_id;
    stored.created_at = now;
    stored.expires_at = now + base::Duration(base::limits::kApiKeyLife);
    return "tg_" + stored.id + "_" + secret;
}

base::Result<std::unique_ptr<Accounts>>
Accounts::open(store::CaseStore& store, const base::Clock& clock, AccountsOptions options)
{
    if (sodium_init() < 0) {
        return base::unavailable("libsodium found no source of random numbers");
    }
    TRY(const bool set_up, store.has_administrator());
    TRY(auto keys, KeyBox::open(options.master_key_file,
                                set_up ? KeyBox::IfMissing::Refuse : KeyBox::IfMissing::Make));
    std::optional<SetupToken> token;
    if (!set_up && !options.setup_token_file.empty()) {
        TRY(token, SetupToken::make(options.setup_token_file, clock.now()));
    }
    return std::unique_ptr<Accounts>(std::make_unique<StoredAccounts>(
        store, clock, std::move(options), std::move(keys), std::move(token)));
}

} // namespace tanggap::service
