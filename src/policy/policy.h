// Who may do what to which object: the one decision. Default is no.
//
// Lists, counts and searches use filter_of(), which is the same table asked for a kind instead of
// an object: what decide() hides, they do not count.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace tanggap::policy {

/// What a route asks for. Names are stable: keys, problems and openapi.json use them.
enum class Scope : std::uint8_t {
    Public,         ///< no sign-in
    SignedIn,       ///< any account or key
    Read,           ///< "read": alerts, events, sensors, rules
    EventsIngest,   ///< "events:ingest"
    AlertsWrite,    ///< "alerts:write"
    CasesRead,      ///< "cases:read"
    CasesWrite,     ///< "cases:write"
    ReportsRead,    ///< "reports:read"
    ReportsWrite,   ///< "reports:write"
    FiguresPublish, ///< "figures:publish": freezing what goes out in the team's name
    MetricsRead,    ///< "metrics:read"
    AuditRead,      ///< "audit:read"
    Admin,          ///< "admin": accounts, settings
};
std::string_view name_of(Scope scope);
base::Result<Scope> parse_scope(std::string_view name); ///< only those a key can carry

/// Rulings 15. An administrator manages and sees no case or report content.
enum class Role : std::uint8_t { Administrator, Lead, Analyst, Viewer };
std::string_view name_of(Role role);
base::Result<Role> parse_role(std::string_view name);
std::span<const Role> all_roles();

/// The scopes a session of these roles has.
std::vector<std::string> scopes_of_roles(const std::vector<std::string>& roles);

/// TLP 2.0, least closed first.
enum class Tlp : std::uint8_t { Clear, Green, Amber, AmberStrict, Red };
std::string_view name_of(Tlp tlp); ///< "amber+strict"
base::Result<Tlp> parse_tlp(std::string_view name);

/// Who asks. Without `user_id`: nobody (anonymous).
struct Subject {
    std::string user_id = {};
    std::vector<std::string> scopes = {}; ///< of the key; of a session: those its roles give
    bool by_key = false;

    bool anonymous() const { return user_id.empty(); }
    bool has(Scope scope) const;
};

/// What has rules of its own. The words are those of activity records.
enum class Kind : std::uint8_t { Alert, Case, Report, User, Invite, Session, ApiKey };
std::string_view name_of(Kind kind);
base::Result<Kind> parse_kind(std::string_view name);

enum class Action : std::uint8_t { See, Change };

/// What of an object decides. The caller reads it by the very id that goes into its SQL.
struct Object {
    Kind kind = Kind::Alert;
    std::string owner_id = {}; ///< Session, ApiKey: their account
    Tlp tlp = Tlp::Amber;
    std::vector<std::string> named =
        {}; ///< accounts that need to know; empty: all whom the rest lets
};

enum class Verdict : std::uint8_t {
    Allowed,
    SignIn, ///< nobody asks
    Denied, ///< a scope is missing: told by its name
    Hidden, ///< as if there were no such object
};
struct Decision {
    Verdict verdict = Verdict::Hidden;
    std::string_view rule;         ///< why, for logs and tests
    Scope missing = Scope::Public; ///< Denied
};

Decision decide(const Subject& subject, Action action, const Object& object);
bool allow(const Subject& subject, Action action, const Object& object);
/// Errors: Unauthenticated, Denied with the missing scope named, NotFound.
base::Status check(const Subject& subject, Action action, const Object& object);

/// What of a kind a subject sees: for the WHERE of lists, counts and searches.
struct Filter {
    enum class Span : std::uint8_t { None, Own, NotRestricted };
    Span span = Span::None;
    std::string user_id = {};
    bool red = false; ///< NotRestricted: named persons see what is red

    /// What any reader sees, for figures that belong to nobody.
    static Filter unrestricted() { return {.span = Span::NotRestricted, .user_id = {}}; }
};
Filter filter_of(const Subject& subject, Kind kind);
/// The filter's meaning, which SQL repeats.
bool passes(const Filter& filter, const Object& object);

/// Whether only named persons see it: what a store keeps beside an object for filters.
bool is_restricted(Tlp tlp, const std::vector<std::string>& named);

/// Errors: Unauthenticated (anonymous), Denied with the missing scope named.
base::Status authorise(const Subject& subject, Scope scope);

} // namespace tanggap::policy
