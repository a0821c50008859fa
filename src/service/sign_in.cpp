// Signing in and out. Unknown name, wrong password and wrong code cost the same work, one hash, one
// read and one write, and give the same answer.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/id.h"
#include "base/limits.h"
#include "base/text.h"
#include "service/detail/stored_accounts.h"

namespace tanggap::service {
namespace {

using Json = nlohmann::json;

/// What a browser says of itself goes into lists and records: short, and text.
std::string user_agent_of(std::string_view text)
{
    constexpr std::size_t kBytesMax = 200;
    std::string clean;
    base::make_utf8(text.substr(0, kBytesMax), clean);
    return clean;
}

std::string who_of(std::string_view name, std::string_view address)
{
    return base::to_lower_ascii(name) + " " + neighbourhood_of(address);
}

} // namespace

std::unexpected<base::Error> wrong_credentials()
{
    return base::fail(base::Code::Unauthenticated, "name, password or code is wrong");
}

std::string recovery_hash(std::string_view user_id, std::string_view code)
{
    std::string plain;
    std::ranges::copy_if(base::to_lower_ascii(code), std::back_inserter(plain),
                         [](char c) { return c != '-' && c != ' '; });
    return base::sha256_hex("recovery:" + std::string(user_id) + ":" + plain);
}

base::Result<std::optional<std::uint64_t>>
StoredAccounts::step_of(std::string_view wrapped, std::string_view user_id, const std::string& code)
{
    // Without a second factor, or without an account, no code is right; the work is the same.
    std::string secret(20, '\0');
    if (!wrapped.empty()) {
        TRY(secret, keys_.unwrap(wrapped, wrap_context(user_id)));
    }
    const auto step = totp_step_of(secret, code, clock_.now());
    return wrapped.empty() ? std::nullopt : step;
}

base::Result<StoredAccounts::Claim> StoredAccounts::look_up(const SignInRequest& request)
{
    Claim claim;
    TRY_STATUS(store_.read([&](store::Snapshot& snapshot) -> base::Status {
        auto found = store::find_user(snapshot, request.name);
        if (!found && found.error().code != base::Code::NotFound) {
            return std::unexpected(std::move(found).error());
        }
        if (found && !found->disabled) {
            claim.user = std::move(*found);
        }
        const std::string id = claim.user ? claim.user->id : std::string();
        TRY(claim.recovery_code_known,
            store::has_recovery_code(snapshot, id, recovery_hash(id, request.code)));
        return {};
    }));
    return claim;
}

base::Result<std::optional<StoredAccounts::Proof>>
StoredAccounts::verify(const SignInRequest& request)
{
    TRY(Claim claim, look_up(request));
    TRY(const bool password_right,
        hasher_.verify(claim.user ? claim.user->password_hash : hasher_.nobodys_hash(),
                       request.password));
    const std::string id = claim.user ? claim.user->id : std::string();
    TRY(const auto step,
        step_of(claim.user ? claim.user->totp_secret_wrapped : "", id, request.code));
    if (!claim.user || !password_right || (!step && !claim.recovery_code_known)) {
        return std::nullopt;
    }
    Proof proof{.user = std::move(*claim.user), .totp_step = step, .recovery_hash = {}};
    if (!step) {
        proof.recovery_hash = recovery_hash(id, request.code);
    }
    return std::optional(std::move(proof));
}

base::Status StoredAccounts::spend(store::Change& change, const Proof& proof)
{
    return proof.totp_step ? store::use_totp_step(change, proof.user.id, *proof.totp_step)
                           : store::use_recovery_code(change, proof.user.id, proof.recovery_hash);
}

/// The name is not kept where there is no such account: people type passwords into the wrong field.
base::Status StoredAccounts::record_refusal(const SignInRequest& request)
{
    const base::Time now = clock_.now();
    if (!refusals_.take("sign-in", now)) {
        refusals_unrecorded_.fetch_add(1);
        return {}; // told by the next record
    }
    std::vector<store::ObjectRef> touched;
    TRY_STATUS(store_.read([&](store::Snapshot& snapshot) -> base::Status {
        const auto user = store::find_user(snapshot, request.name);
        if (user) {
            touched.push_back(user->object());
        }
        return user || user.error().code == base::Code::NotFound ? base::Status{}
                                                                 : std::unexpected(user.error());
    }));
    const Json after{{"address", request.address},
                     {"account_known", !touched.empty()},
                     {"not_recorded_before", refusals_unrecorded_.exchange(0)}};
    const store::Command command{.actor = {.name = "sign-in"}, .now = now};
    const auto done = store_.change(command, [&](store::Change& change) {
        return change.record({.action = "session.refuse",
                              .object = {.kind = "session", .id = "-"},
                              .touched = touched,
                              .after = after.dump(-1, ' ', false, Json::error_handler_t::replace)});
    });
    return done ? base::Status{} : std::unexpected(done.error());
}

base::Result<SignedIn> StoredAccounts::sign_in(const SignInRequest& request)
{
    constexpr std::size_t kCodeBytesMax = 64;
    if (request.name.size() > base::limits::kAccountNameBytesMax ||
        request.password.size() > base::limits::kPasswordBytesMax ||
        request.code.size() > kCodeBytesMax) {
        return wrong_credentials();
    }
    const std::string who = who_of(request.name, request.address);
    TRY_STATUS(backoff_.check(who, clock_.now()));
    TRY(const auto proof, verify(request));
    auto signed_in = proof ? start_session(request, *proof) : wrong_credentials();
    if (signed_in) {
        backoff_.succeeded(who);
        return signed_in;
    }
    // Conflict: right but for a code that was used already.
    if (signed_in.error().code != base::Code::Unauthenticated &&
        signed_in.error().code != base::Code::Conflict) {
        return signed_in;
    }
    backoff_.failed(who, clock_.now());
    TRY_STATUS(record_refusal(request));
    return wrong_credentials();
}

base::Result<SignedIn> StoredAccounts::start_session(const SignInRequest& request,
                                                     const Proof& proof)
{
    SignedIn signed_in;
    signed_in.token = base::to_hex(base::random_bytes(32));
    const base::Time now = clock_.now();
    const store::Session session{.token_hash = base::sha256_hex(signed_in.token),
                                 .user_id = proof.user.id,
                                 .csrf = base::to_hex(base::random_bytes(16)),
                                 .created_at = now,
                                 .last_seen_at = now,
                                 .id = base::make_uuid_v7(now).text(),
                                 .user_agent = user_agent_of(request.user_agent),
                                 .address = request.address,
                                 .authenticated_at = now};
    TRY_STATUS(
        store_.change(command_of(proof.user, now), [&](store::Change& change) -> base::Status {
            // Read again: between the read before the hash and now the account may have changed.
            TRY(store::User user, store::find_user_by_id(change, proof.user.id));
            if (user.disabled || user.password_hash != proof.user.password_hash) {
                return wrong_credentials();
            }
            TRY_STATUS(spend(change, proof));
            if (!request.replaces.empty()) {
                const auto old = store::find_session(change, request.replaces);
                TRY_STATUS(old ? store::remove_session(change, old->id) : base::Status{});
            }
            TRY_STATUS(store::add_session(change, session));
            TRY_STATUS(store::touch_user(change, user.id, now));
            signed_in.principal = principal_of(user, session);
            const Json after{{"second_factor", proof.totp_step ? "code" : "recovery code"},
                             {"address", session.address},
                             {"user_agent", session.user_agent}};
            return change.record(
                {.action = "session.start",
                 .object = session.object(),
                 .touched = {user.object()},
                 .after = after.dump(-1, ' ', false, Json::error_handler_t::replace)});
        }));
    return signed_in;
}

base::Status StoredAccounts::sign_out(const Principal& principal)
{
    if (principal.session_id.empty()) {
        return {};
    }
    const store::Command command{.actor = actor_of(principal), .now = clock_.now()};
    const auto done = store_.change(command, [&](store::Change& change) -> base::Status {
        TRY_STATUS(store::remove_session(change, principal.session_id));
        return change.record({.action = "session.end",
                              .object = {.kind = "session", .id = principal.session_id},
                              .touched = {{.kind = "user", .id = principal.user_id}}});
    });
    return done ? base::Status{} : std::unexpected(done.error());
}

base::Result<SignedIn> StoredAccounts::renew(store::Change& change, const Principal& principal,
                                             const store::User& user)
{
    TRY(store::Session session, store::find_session(change, principal.session_hash));
    SignedIn signed_in;
    signed_in.token = base::to_hex(base::random_bytes(32));
    session.token_hash = base::sha256_hex(signed_in.token);
    session.csrf = base::to_hex(base::random_bytes(16));
    session.last_seen_at = session.authenticated_at = clock_.now();
    TRY_STATUS(store::renew_session(change, principal.session_hash, session));
    signed_in.principal = principal_of(user, session);
    return signed_in;
}

base::Result<SignedIn> StoredAccounts::reauthenticate(const Principal& principal,
                                                      const SignInRequest& request)
{
    TRY_STATUS(require_session(principal));
    SignInRequest own = request;
    own.name = principal.name;
    const std::string who = who_of(own.name, own.address);
    TRY_STATUS(backoff_.check(who, clock_.now()));
    if (own.password.size() > base::limits::kPasswordBytesMax) {
        return wrong_credentials();
    }
    TRY(const auto proof, verify(own));
    SignedIn signed_in;
    const auto body = [&](store::Change& change) -> base::Status {
        TRY_STATUS(spend(change, *proof));
        TRY(signed_in, renew(change, principal, proof->user));
        return change.record({.action = "session.reauthenticate",
                              .object = {.kind = "session", .id = principal.session_id},
                              .touched = {proof->user.object()}});
    };
    const bool right = proof && proof->user.id == principal.user_id;
    const auto done =
        right ? store_.change(command_of(proof->user, clock_.now()), body) : wrong_credentials();
    if (done) {
        backoff_.succeeded(who);
        return signed_in;
    }
    if (done.error().code != base::Code::Unauthenticated &&
        done.error().code != base::Code::Conflict) {
        return std::unexpected(done.error());
    }
    backoff_.failed(who, clock_.now());
    TRY_STATUS(record_refusal(own));
    return wrong_credentials();
}

} // namespace tanggap::service
