// Accounts, sessions and API keys: who is asking (rulings 12-16, trust.md §2.7).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "service/policy.h"
#include "store/case_store.h"

namespace tanggap::service {

struct AccountsOptions {
    std::string master_key_file;  ///< DATA/keys/master: 32 bytes, 0600, made where missing
    std::string setup_token_file; ///< made while no administrator exists; empty: no set-up
    std::string site_name;        ///< not allowed inside passwords, with the product's name
    /// Work of Argon2id. Tests lower it; the program never does.
    std::uint64_t password_memory_bytes = std::uint64_t{64} * 1024 * 1024;
    std::uint64_t password_passes = 3;
};

struct SetupRequest {
    std::string token;
    std::string name;
    std::string password;
    std::string api_key_name; ///< empty: no key
    std::string address;      ///< of the asking peer, for back-off
};

struct SetupResult {
    store::User user;
    std::string totp_secret; ///< base32, shown once
    std::string totp_uri;    ///< otpauth://…
    std::string api_key;     ///< "tg_…", shown once; scopes events:ingest and read
};

struct SignInRequest {
    std::string name;
    std::string password;
    std::string code; ///< six digits
    std::string address;
};

struct SignedIn {
    std::string token; ///< for the cookie; only its hash is stored
    Principal principal;
};

/// Thread: any.
class Accounts {
public:
    /// Errors: Corrupt where the master key does not have 32 bytes, or is missing while accounts
    /// exist; Denied where other users may read it.
    static base::Result<std::unique_ptr<Accounts>>
    open(store::CaseStore& store, const base::Clock& clock, AccountsOptions options);
    virtual ~Accounts() = default;

    virtual base::Result<bool> setup_needed() = 0;
    /// 32 secret bytes for one purpose, from the master key.
    virtual std::string derive_key(std::string_view purpose) const = 0;
    /// Errors: Invalid (name, password), Denied (token), Conflict (already set up), Exhausted.
    virtual base::Result<SetupResult> set_up(const SetupRequest& request) = 0;

    /// Unknown name, wrong password and wrong code answer alike and take alike.
    /// Errors: Unauthenticated, Exhausted (back-off or too many hashes at once).
    virtual base::Result<SignedIn> sign_in(const SignInRequest& request) = 0;
    virtual base::Status sign_out(const Principal& principal) = 0;

    /// Errors: Unauthenticated.
    virtual base::Result<Principal> principal_of_session(std::string_view token) = 0;
    virtual base::Result<Principal> principal_of_key(std::string_view bearer) = 0;

    /// A key with at most the maker's own scopes, shown once. Errors: Denied, Invalid.
    virtual base::Result<std::string> make_api_key(const Principal& maker, std::string_view name,
                                                   const std::vector<std::string>& scopes) = 0;
};

/// "tg_<id>_<secret>"; only the hash of the secret is kept in `stored`.
std::string make_api_key_text(std::string_view name, const std::vector<std::string>& scopes,
                              std::string_view user_id, base::Time now, store::ApiKey& stored);

} // namespace tanggap::service
