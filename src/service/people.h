// Administration of accounts, and what one sees and ends of one's own: sessions and keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/principal.h"
#include "store/people.h"

namespace tanggap::service {

/// Sorted, once each. Errors: Invalid where there is none or one is unknown.
base::Result<std::vector<std::string>> check_roles(const std::vector<std::string>& roles);

/// Errors of all: Denied; NotFound, also for what the principal may not see.
base::Result<std::vector<store::User>> list_users(store::Changes& changes,
                                                  const Principal& principal);
struct UserSeen {
    store::User user;
    std::uint64_t version = 0;
    std::size_t recovery_codes = 0;
};
base::Result<UserSeen> find_user(store::Changes& changes, const Principal& principal,
                                 std::string_view id);

struct UserChange {
    std::optional<std::vector<std::string>> roles;
    std::optional<bool> disabled;
    std::optional<std::uint64_t> expected_version;
};
/// Ends the account's sessions. Gives the id of the command; empty: nothing was to do.
/// Errors: Invalid; Conflict where the last administrator would go, or the version moved.
base::Result<std::string> change_user(store::Changes& changes, const Principal& principal,
                                      const store::Command& command, std::string_view id,
                                      const UserChange& wish);

base::Result<std::vector<store::Invite>> list_invites(store::Changes& changes,
                                                      const Principal& principal, base::Time now);
base::Status revoke_invite(store::Changes& changes, const Principal& principal,
                           const store::Command& command, std::string_view id);

/// Of `user_id`: one's own, or anybody's for an administrator.
base::Result<std::vector<store::Session>> list_sessions(store::Changes& changes,
                                                        const Principal& principal,
                                                        std::string_view user_id, base::Time now);
base::Status end_session(store::Changes& changes, const Principal& principal,
                         const store::Command& command, std::string_view id);
/// Every session of the account, the asking one included. Gives how many.
base::Result<std::size_t> end_sessions(store::Changes& changes, const Principal& principal,
                                       const store::Command& command, std::string_view user_id);

base::Result<std::vector<store::ApiKey>>
list_api_keys(store::Changes& changes, const Principal& principal, std::string_view user_id);
base::Status revoke_api_key(store::Changes& changes, const Principal& principal,
                            const store::Command& command, std::string_view id);

} // namespace tanggap::service
