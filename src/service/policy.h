// Who may do what: the one policy function. Pure; default is no.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "service/principal.h"

namespace tanggap::service {

/// What a route asks for. Names are stable: keys, problems and openapi.json use them.
enum class Scope : std::uint8_t {
    Public,       ///< no sign-in
    SignedIn,     ///< any account or key
    Read,         ///< "read"
    EventsIngest, ///< "events:ingest"
    AlertsWrite,  ///< "alerts:write"
    MetricsRead,  ///< "metrics:read"
    Admin,        ///< "admin"
};
std::string_view name_of(Scope scope);
base::Result<Scope> parse_scope(std::string_view name); ///< only those a key can carry

/// The scopes a session of these roles has (rulings 15).
std::vector<std::string> scopes_of_roles(const std::vector<std::string>& roles);

/// Errors: Unauthenticated (anonymous), Denied with the missing scope named.
base::Status authorise(const Principal& principal, Scope scope);

} // namespace tanggap::service
