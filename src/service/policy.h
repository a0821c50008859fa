// Who may do what: the one policy function. Pure; default is no.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace tanggap::service {

/// What a route asks for. Names are stable: keys, problems and openapi.json use them.
enum class Scope : std::uint8_t {
    Public,       ///< no sign-in
    SignedIn,     ///< any account or key
    Read,         ///< "read"
    EventsIngest, ///< "events:ingest"
    MetricsRead,  ///< "metrics:read"
    Admin,        ///< "admin"
};
std::string_view name_of(Scope scope);
base::Result<Scope> parse_scope(std::string_view name); ///< only those a key can carry

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

/// The scopes a session of these roles has (rulings 15).
std::vector<std::string> scopes_of_roles(const std::vector<std::string>& roles);

/// Errors: Unauthenticated (anonymous), Denied with the missing scope named.
base::Status authorise(const Principal& principal, Scope scope);

} // namespace tanggap::service
