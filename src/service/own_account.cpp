// What one does with one's own account: password, second factor, recovery codes, keys.
#include <nlohmann/json.hpp>

#include <algorithm>

#include "base/account_limits.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/text.h"
#include "service/detail/api_keys.h"
#include "service/detail/passwords.h"
#include "service/detail/stored_accounts.h"

namespace tanggap::service {
namespace {

using Json = nlohmann::json;

/// 80 random bits in Crockford's letters, without those that look alike, in fours.
std::string make_recovery_code()
{
    constexpr std::string_view kLetters = "0123456789abcdefghjkmnpqrstvwxyz";
    const std::string random = base::random_bytes(16);
    std::string code;
    for (std::size_t i = 0; i < random.size(); ++i) {
        code += i > 0 && i % 4 == 0 ? "-" : "";
        code += kLetters[static_cast<unsigned char>(random[i]) % kLetters.size()];
    }
    return code;
}

void add_recovery_codes(SecondFactor& factor)
{
    factor.recovery_codes.clear();
    for (std::size_t i = 0; i < base::limits::accounts::kRecoveryCodes; ++i) {
        factor.recovery_codes.push_back(make_recovery_code());
    }
}

SecondFactor factor_of(std::string_view name, std::string_view secret)
{
    SecondFactor factor;
    factor.secret = base32(secret);
    factor.uri = "otpauth://totp/Tanggap:" + std::string(name) + "?secret=" + factor.secret +
                 "&issuer=Tanggap&algorithm=SHA1&digits=6&period=30";
    return factor;
}

} // namespace

base::Status require_session(const Principal& principal)
{
    return principal.session_id.empty()
               ? base::fail(base::Code::Denied,
                            "this is done by a person who is signed in, not by an API key")
               : base::Status{};
}

SecondFactor StoredAccounts::make_second_factor(store::User& user)
{
    const std::string secret = make_totp_secret();
    user.totp_secret_wrapped = keys_.wrap(secret, wrap_context(user.id));
    user.totp_pending_wrapped.clear();
    user.totp_last_step = 0;
    SecondFactor factor = factor_of(user.name, secret);
    add_recovery_codes(factor);
    return factor;
}

base::Status StoredAccounts::write_recovery_codes(store::Change& change, std::string_view user_id,
                                                  const SecondFactor& factor)
{
    std::vector<std::string> hashes;
    for (const std::string& code : factor.recovery_codes) {
        hashes.push_back(recovery_hash(user_id, code));
    }
    return store::replace_recovery_codes(change, user_id, hashes);
}

base::Result<SignedIn> StoredAccounts::change_password(const Principal& principal,
                                                       const store::Command& command,
                                                       const std::string& current,
                                                       const std::string& password)
{
    TRY_STATUS(require_session(principal));
    const std::string who = "password " + principal.user_id;
    TRY_STATUS(backoff_.check(who, clock_.now()));
    TRY_STATUS(check_password(password, principal.name, options_.site_name));
    store::User before;
    TRY_STATUS(store_.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(before, active_user(snapshot, principal.user_id));
        return {};
    }));
    TRY(const bool right, current.size() > base::limits::kPasswordBytesMax
                              ? base::Result<bool>(false)
                              : hasher_.verify(before.password_hash, current));
    if (!right) {
        backoff_.failed(who, clock_.now());
        return base::fail(base::Code::Denied, "the current password is wrong");
    }
    backoff_.succeeded(who);
    TRY(const std::string hash, hasher_.hash(password));
    SignedIn signed_in;
    TRY_STATUS(store_.change(command, [&](store::Change& change) -> base::Status {
        TRY(store::User user, active_user(change, principal.user_id));
        if (user.password_hash != before.password_hash) {
            return base::fail(base::Code::Conflict, "the password was changed meanwhile");
        }
        user.password_hash = hash;
        TRY_STATUS(store::put_user(change, user));
        TRY_STATUS(store::remove_sessions(change, user.id, principal.session_id));
        TRY(signed_in, renew(change, principal, user));
        return change.record({.action = "user.password", .object = user.object()});
    }));
    return signed_in;
}

base::Result<SecondFactor> StoredAccounts::start_second_factor(const Principal& principal,
                                                               const store::Command& command)
{
    TRY_STATUS(require_session(principal));
    const std::string secret = make_totp_secret();
    TRY_STATUS(store_.change(command, [&](store::Change& change) -> base::Status {
        TRY(store::User user, active_user(change, principal.user_id));
        user.totp_pending_wrapped = keys_.wrap(secret, wrap_context(user.id));
        TRY_STATUS(store::put_user(change, user));
        return change.record({.action = "user.second_factor_start", .object = user.object()});
    }));
    return factor_of(principal.name, secret);
}

base::Result<SecondFactor> StoredAccounts::confirm_second_factor(const Principal& principal,
                                                                 const store::Command& command,
                                                                 const std::string& code)
{
    TRY_STATUS(require_session(principal));
    const std::string who = "factor " + principal.user_id;
    TRY_STATUS(backoff_.check(who, clock_.now()));
    SecondFactor factor;
    add_recovery_codes(factor);
    const auto done = store_.change(command, [&](store::Change& change) -> base::Status {
        TRY(store::User user, active_user(change, principal.user_id));
        if (user.totp_pending_wrapped.empty()) {
            return base::fail(base::Code::Conflict, "start with a new secret first");
        }
        TRY(const auto step, step_of(user.totp_pending_wrapped, user.id, code));
        if (!step) {
            return base::invalid("this code does not belong to the new secret; check the clock of"
                                 " the device and send the next code");
        }
        user.totp_secret_wrapped = std::exchange(user.totp_pending_wrapped, {});
        user.totp_last_step = *step;
        TRY_STATUS(store::put_user(change, user));
        TRY_STATUS(write_recovery_codes(change, user.id, factor));
        TRY_STATUS(store::remove_sessions(change, user.id, principal.session_id));
        return change.record({.action = "user.second_factor", .object = user.object()});
    });
    if (!done) {
        done.error().code == base::Code::Invalid ? backoff_.failed(who, clock_.now()) : void();
        return std::unexpected(done.error());
    }
    backoff_.succeeded(who);
    return factor;
}

base::Result<SecondFactor> StoredAccounts::renew_recovery_codes(const Principal& principal,
                                                                const store::Command& command)
{
    TRY_STATUS(require_session(principal));
    SecondFactor factor;
    add_recovery_codes(factor);
    TRY_STATUS(store_.change(command, [&](store::Change& change) -> base::Status {
        TRY_STATUS(write_recovery_codes(change, principal.user_id, factor));
        return change.record(
            {.action = "user.recovery_codes", .object = {.kind = "user", .id = principal.user_id}});
    }));
    return factor;
}

base::Result<MadeKey> StoredAccounts::make_api_key(const Principal& maker,
                                                   const store::Command& command,
                                                   const NewKey& wish)
{
    TRY_STATUS(require_session(maker));
    TRY_STATUS(check_key_name(wish.name));
    TRY(const auto scopes, check_key_scopes(maker, wish.scopes));
    MadeKey made;
    made.text = make_api_key_text(wish.name, scopes, maker.user_id, clock_.now(), made.key);
    if (wish.days) {
        constexpr int kDaysMax = base::limits::kApiKeyLife.count() / 24;
        if (*wish.days < 1 || *wish.days > kDaysMax) {
            return base::invalid("a key lives 1 to " + std::to_string(kDaysMax) + " days");
        }
        made.key.expires_at = clock_.now() + base::Duration(std::chrono::hours(24 * *wish.days));
    }
    TRY_STATUS(store_.change(command, [&](store::Change& change) -> base::Status {
        TRY_STATUS(store::add_api_key(change, made.key));
        return change.record(made_key(made.key));
    }));
    return made;
}

} // namespace tanggap::service
