#include "service/policy.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace tanggap::service {
namespace {

struct ScopeName {
    Scope scope;
    std::string_view name;
};
constexpr std::array kScopes{
    ScopeName{Scope::Read, "read"},
    ScopeName{Scope::EventsIngest, "events:ingest"},
    ScopeName{Scope::AlertsWrite, "alerts:write"},
    ScopeName{Scope::MetricsRead, "metrics:read"},
    ScopeName{Scope::Admin, "admin"},
};

/// Rulings 15: an administrator manages and sees no case content; the first account is also lead.
struct RoleScopes {
    std::string_view role;
    std::array<std::string_view, 3> scopes;
};
constexpr std::array kRoles{
    RoleScopes{"administrator", {"admin", "metrics:read", ""}},
    RoleScopes{"lead", {"read", "events:ingest", "alerts:write"}},
    RoleScopes{"analyst", {"read", "events:ingest", "alerts:write"}},
    RoleScopes{"viewer", {"read", "", ""}},
};

} // namespace

std::string_view name_of(Scope scope)
{
    const auto* const known = std::ranges::find(kScopes, scope, &ScopeName::scope);
    return known != kScopes.end() ? known->name : scope == Scope::Public ? "public" : "signed-in";
}

base::Result<Scope> parse_scope(std::string_view name)
{
    const auto* const known = std::ranges::find(kScopes, name, &ScopeName::name);
    if (known == kScopes.end()) {
        return base::invalid(
            base::quoted(name) +
            " is not a scope; use read, events:ingest, alerts:write, metrics:read or admin");
    }
    return known->scope;
}

std::vector<std::string> scopes_of_roles(const std::vector<std::string>& roles)
{
    std::vector<std::string> scopes;
    for (const RoleScopes& known : kRoles) {
        if (std::ranges::find(roles, known.role) == roles.end()) {
            continue;
        }
        for (const std::string_view scope : known.scopes) {
            if (!scope.empty() && std::ranges::find(scopes, scope) == scopes.end()) {
                scopes.emplace_back(scope);
            }
        }
    }
    return scopes;
}

base::Status authorise(const Principal& principal, Scope scope)
{
    if (scope == Scope::Public) {
        return {};
    }
    if (principal.anonymous()) {
        return base::fail(base::Code::Unauthenticated,
                          "sign in, or send `Authorization: Bearer tg_…`");
    }
    if (scope == Scope::SignedIn ||
        std::ranges::find(principal.scopes, name_of(scope)) != principal.scopes.end()) {
        return {};
    }
    return base::fail(base::Code::Denied, "this needs the scope " + std::string(name_of(scope)) +
                                              ", which " + principal.name + " does not have here");
}

} // namespace tanggap::service
