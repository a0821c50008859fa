// Accounts, sessions and API keys: who is asking, and what one does with one's own account
// (rulings 12-16, trust.md §2.7).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "service/principal.h"
#include "store/case_store.h"
#include "store/people.h"

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

/// Shown once.
struct SecondFactor {
    std::string secret;                      ///< base32; empty: unchanged
    std::string uri;                         ///< otpauth://…
    std::vector<std::string> recovery_codes; ///< for the day the phone is lost
};

struct SetupResult {
    store::User user;
    SecondFactor second_factor;
    std::string api_key; ///< "tg_…", shown once; scopes events:ingest and read
};

struct SignInRequest {
    std::string name;
    std::string password;
    std::string code; ///< six digits, or a recovery code
    std::string address;
    std::string user_agent = {};
    std::string replaces = {}; ///< hash of the session whose cookie came along: it ends
};

struct SignedIn {
    std::string token; ///< for the cookie; only its hash is stored
    Principal principal;
};

struct NewKey {
    std::string name;
    std::vector<std::string> scopes;
    std::optional<int> days; ///< until it expires; at most a year
};
struct MadeKey {
    store::ApiKey key;
    std::string text; ///< "tg_…", shown once
};

struct Invitation {
    store::Invite invite;
    std::string token; ///< shown once: part of the link
};

struct AcceptRequest {
    std::string token;
    std::string password; ///< the new one; of a second factor: the account's
    std::string code;     ///< of a password reset: six digits, or a recovery code
    std::string address;
};
struct Accepted {
    store::User user;
    SecondFactor second_factor;
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

    // One's own account: by session only. Those that say "new token" give the session another.

    /// Password and code again; for sensitive acts. New token. Errors: as sign_in.
    virtual base::Result<SignedIn> reauthenticate(const Principal& principal,
                                                  const SignInRequest& request) = 0;
    /// Ends the other sessions; new token. Errors: Invalid, Denied (the current one), Exhausted.
    virtual base::Result<SignedIn> change_password(const Principal& principal,
                                                   const store::Command& command,
                                                   const std::string& current,
                                                   const std::string& password) = 0;
    /// A secret that counts once it is confirmed by a code of it.
    virtual base::Result<SecondFactor> start_second_factor(const Principal& principal,
                                                           const store::Command& command) = 0;
    /// Ends the other sessions, gives new recovery codes.
    /// Errors: Invalid (code), Conflict (nothing was started).
    virtual base::Result<SecondFactor> confirm_second_factor(const Principal& principal,
                                                             const store::Command& command,
                                                             const std::string& code) = 0;
    virtual base::Result<SecondFactor> renew_recovery_codes(const Principal& principal,
                                                            const store::Command& command) = 0;
    /// A key with at most the maker's own scopes. Errors: Denied, Invalid, Exhausted.
    virtual base::Result<MadeKey>
    make_api_key(const Principal& maker, const store::Command& command, const NewKey& wish) = 0;

    // Links that one person may use once.

    /// Errors: Denied, Invalid, Conflict (the name is taken), Exhausted.
    virtual base::Result<Invitation> invite(const Principal& principal,
                                            const store::Command& command, std::string_view name,
                                            const std::vector<std::string>& roles) = 0;
    /// Takes the second factor and the sessions away. Errors: Denied, NotFound, Conflict (own).
    virtual base::Result<Invitation> reset_second_factor(const Principal& principal,
                                                         const store::Command& command,
                                                         std::string_view user_id) = 0;
    /// Errors: Denied, NotFound, Conflict (own).
    virtual base::Result<Invitation> reset_password(const Principal& principal,
                                                    const store::Command& command,
                                                    std::string_view user_id) = 0;
    /// What a link is for. Unknown, used and expired answer alike. Errors: NotFound, Exhausted.
    virtual base::Result<store::Invite> look_at_invitation(const std::string& token,
                                                           const std::string& address) = 0;
    /// Errors: NotFound, Invalid, Unauthenticated (password or code), Exhausted.
    virtual base::Result<Accepted> accept_invitation(const AcceptRequest& request) = 0;
};

} // namespace tanggap::service
