// Who asks.
#pragma once

#include <string>
#include <vector>

#include "store/activity.h"

namespace tanggap::service {

/// Who asks. Without `user_id`: nobody (anonymous).
struct Principal {
    std::string user_id;
    std::string name;
    std::vector<std::string> roles;
    std::vector<std::string> scopes; ///< of the key; of a session: those its roles give
    std::string key_id;              ///< by API key
    std::string session_hash;        ///< by session
    std::string csrf;                ///< by session

    bool anonymous() const { return user_id.empty(); }
};

/// As activity records name them.
store::Actor actor_of(const Principal& principal);

} // namespace tanggap::service
