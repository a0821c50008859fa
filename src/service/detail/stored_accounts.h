// Accounts over the case database, in one class whose parts lie in files by subject:
// accounts.cpp (set-up, who asks), sign_in.cpp, own_account.cpp, invitations.cpp.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "service/accounts.h"
#include "service/detail/secrets.h"
#include "service/detail/setup_token.h"
#include "service/limiter.h"

namespace tanggap::service {

class StoredAccounts final : public Accounts {
public:
    StoredAccounts(store::CaseStore& store, const base::Clock& clock, AccountsOptions options,
                   KeyBox keys, std::optional<SetupToken> token);

    base::Result<bool> setup_needed() override;
    std::string derive_key(std::string_view purpose) const override
    {
        return keys_.derive(purpose);
    }
    base::Result<SetupResult> set_up(const SetupRequest& request) override;
    base::Result<SignedIn> sign_in(const SignInRequest& request) override;
    base::Status sign_out(const Principal& principal) override;
    base::Result<Principal> principal_of_session(std::string_view token) override;
    base::Result<Principal> principal_of_key(std::string_view bearer) override;

    base::Result<SignedIn> reauthenticate(const Principal& principal,
                                          const SignInRequest& request) override;
    base::Result<SignedIn> change_password(const Principal& principal,
                                           const store::Command& command,
                                           const std::string& current,
                                           const std::string& password) override;
    base::Result<SecondFactor> start_second_factor(const Principal& principal,
                                                   const store::Command& command) override;
    base::Result<SecondFactor> confirm_second_factor(const Principal& principal,
                                                     const store::Command& command,
                                                     const std::string& code) override;
    base::Result<SecondFactor> renew_recovery_codes(const Principal& principal,
                                                    const store::Command& command) override;
    base::Result<MadeKey> make_api_key(const Principal& maker, const store::Command& command,
                                       const NewKey& wish) override;

    base::Result<Invitation> invite(const Principal& principal, const store::Command& command,
                                    std::string_view name,
                                    const std::vector<std::string>& roles) override;
    base::Result<Invitation> reset_second_factor(const Principal& principal,
                                                 const store::Command& command,
                                                 std::string_view user_id) override;
    base::Result<Invitation> reset_password(const Principal& principal,
                                            const store::Command& command,
                                            std::string_view user_id) override;
    base::Result<store::Invite> look_at_invitation(const std::string& token,
                                                   const std::string& address) override;
    base::Result<Accepted> accept_invitation(const AcceptRequest& request) override;

private:
    /// A name, password and code that were right.
    struct Proof {
        store::User user;
        std::optional<std::uint64_t> totp_step; ///< else a recovery code
        std::string recovery_hash;
    };
    /// What one read knows of the one who claims a name.
    struct Claim {
        std::optional<store::User> user; ///< not disabled
        bool recovery_code_known = false;
    };

    base::Status check_setup(const SetupRequest& request);
    base::Result<Claim> look_up(const SignInRequest& request);
    /// Nothing: wrong, whatever it was. The same work for every answer.
    base::Result<std::optional<Proof>> verify(const SignInRequest& request);
    /// In the transaction that rests on the proof. Errors: Conflict where the code was used.
    base::Status spend(store::Change& change, const Proof& proof);
    base::Status record_refusal(const SignInRequest& request);
    base::Result<SignedIn> start_session(const SignInRequest& request, const Proof& proof);
    /// Another token for the principal's session. With `change` open.
    base::Result<SignedIn> renew(store::Change& change, const Principal& principal,
                                 const store::User& user);

    /// A new secret, wrapped into `user`, and its recovery codes.
    SecondFactor make_second_factor(store::User& user);
    base::Status write_recovery_codes(store::Change& change, std::string_view user_id,
                                      const SecondFactor& factor);
    base::Result<std::optional<std::uint64_t>>
    step_of(std::string_view wrapped, std::string_view user_id, const std::string& code);
    base::Result<store::User> active_user(store::Snapshot& snapshot, std::string_view id);

    base::Result<Invitation> add_invite(const Principal& principal, store::Change& change,
                                        store::Invite invite);
    base::Result<Invitation> reset(const Principal& principal, const store::Command& command,
                                   std::string_view user_id, store::InviteKind kind);
    base::Result<store::Invite> open_invite(store::Snapshot& snapshot, const std::string& token);
    base::Status use_invite(store::Change& change, const AcceptRequest& request);
    base::Result<Accepted> accept_account(const AcceptRequest& request,
                                          const store::Invite& invite);
    base::Result<Accepted> accept_second_factor(const AcceptRequest& request,
                                                const store::Invite& invite);
    base::Result<Accepted> accept_password(const AcceptRequest& request,
                                           const store::Invite& invite);

    store::CaseStore& store_;
    const base::Clock& clock_;
    AccountsOptions options_;
    KeyBox keys_;
    PasswordHasher hasher_;
    Backoff backoff_;
    /// Refused sign-ins are recorded, but those who guess must not fill the disk.
    RateLimiter refusals_{{.per_second = 1, .burst = 120}};
    std::atomic<std::uint64_t> refusals_unrecorded_{0};
    std::mutex setup_mutex_; // one set-up at a time
    std::optional<SetupToken> setup_token_;
};

/// Where TOTP secrets are wrapped for.
std::string wrap_context(std::string_view user_id);
std::unexpected<base::Error> wrong_credentials();
std::unexpected<base::Error> not_signed_in();
/// A command of the account itself: signing in, accepting an invitation.
store::Command command_of(const store::User& user, base::Time now);
/// What is kept of a recovery code, typed with or without its dashes.
std::string recovery_hash(std::string_view user_id, std::string_view code);
Principal principal_of(const store::User& user, const store::Session& session);
bool has_role(const store::User& user, std::string_view role);
/// Errors: Denied where a key asks: keys have no account of their own.
base::Status require_session(const Principal& principal);

} // namespace tanggap::service
