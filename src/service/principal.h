// Who asks.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "policy/policy.h"
#include "store/activity.h"

namespace tanggap::service {

using policy::Scope;

/// Without `user_id`: nobody (anonymous).
struct Principal {
    std::string user_id = {};
    std::string name = {};
    std::vector<std::string> roles = {};
    std::vector<std::string> scopes = {}; ///< of the key; of a session: those its roles give
    std::string key_id = {};              ///< by API key
    std::string session_hash = {};        ///< by session
    std::string csrf = {};                ///< by session
    std::string session_id = {};          ///< by session
    base::Time authenticated_at = {};     ///< by session: when the password was last asked

    bool anonymous() const { return user_id.empty(); }
};

/// As the policy sees them.
policy::Subject subject_of(const Principal& principal);
/// As activity records name them.
store::Actor actor_of(const Principal& principal);

/// Errors: Unauthenticated (anonymous), Denied with the missing scope named.
base::Status authorise(const Principal& principal, Scope scope);

} // namespace tanggap::service
