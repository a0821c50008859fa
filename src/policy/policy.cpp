#include "policy/policy.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace tanggap::policy {
namespace {

template <class Value>
struct Named {
    Value value;
    std::string_view name;
};

constexpr std::array kScopes{
    Named{Scope::Read, "read"},
    Named{Scope::EventsIngest, "events:ingest"},
    Named{Scope::AlertsWrite, "alerts:write"},
    Named{Scope::CasesRead, "cases:read"},
    Named{Scope::CasesWrite, "cases:write"},
    Named{Scope::ReportsRead, "reports:read"},
    Named{Scope::ReportsWrite, "reports:write"},
    Named{Scope::FiguresPublish, "figures:publish"},
    Named{Scope::MetricsRead, "metrics:read"},
    Named{Scope::AuditRead, "audit:read"},
    Named{Scope::Admin, "admin"},
};

constexpr std::array kRoleNames{
    Named{Role::Administrator, "administrator"},
    Named{Role::Lead, "lead"},
    Named{Role::Analyst, "analyst"},
    Named{Role::Viewer, "viewer"},
};
constexpr std::array kRoles{Role::Administrator, Role::Lead, Role::Analyst, Role::Viewer};

/// Which roles' sessions have a scope.
struct Grant {
    Scope scope;
    bool administrator = false;
    bool lead = false;
    bool analyst = false;
    bool viewer = false;

    bool to(Role role) const
    {
        switch (role) {
        case Role::Administrator:
            return administrator;
        case Role::Lead:
            return lead;
        case Role::Analyst:
            return analyst;
        case Role::Viewer:
            return viewer;
        }
        return false;
    }
};
constexpr bool kYes = true;
constexpr bool kNo = false;
constexpr std::array kGrants{
    //    scope                administrator lead analyst viewer
    Grant{Scope::Read, kYes, kYes, kYes, kYes},
    Grant{Scope::EventsIngest, kNo, kYes, kYes, kNo},
    Grant{Scope::AlertsWrite, kNo, kYes, kYes, kNo},
    Grant{Scope::CasesRead, kNo, kYes, kYes, kYes},
    Grant{Scope::CasesWrite, kNo, kYes, kYes, kNo},
    Grant{Scope::ReportsRead, kNo, kYes, kYes, kNo},
    Grant{Scope::ReportsWrite, kNo, kYes, kYes, kNo},
    Grant{Scope::FiguresPublish, kNo, kYes, kNo, kNo},
    Grant{Scope::MetricsRead, kYes, kNo, kNo, kNo},
    Grant{Scope::AuditRead, kYes, kNo, kNo, kNo},
    Grant{Scope::Admin, kYes, kNo, kNo, kNo},
};

constexpr std::array kTlps{
    Named{Tlp::Clear, "clear"}, Named{Tlp::Green, "green"},
    Named{Tlp::Amber, "amber"}, Named{Tlp::AmberStrict, "amber+strict"},
    Named{Tlp::Red, "red"},
};

enum class Owned : std::uint8_t { No, Yes };

/// What each kind asks. Owned: an account has its own without a scope, and nobody else's.
struct KindRule {
    Kind kind;
    std::string_view name;
    Owned owned;
    Scope see;
    Scope change;
};
constexpr std::array kKinds{
    KindRule{Kind::Alert, "alert", Owned::No, Scope::Read, Scope::AlertsWrite},
    KindRule{Kind::Case, "case", Owned::No, Scope::CasesRead, Scope::CasesWrite},
    KindRule{Kind::Report, "report", Owned::No, Scope::ReportsRead, Scope::ReportsWrite},
    KindRule{Kind::User, "user", Owned::No, Scope::Admin, Scope::Admin},
    KindRule{Kind::Invite, "invite", Owned::No, Scope::Admin, Scope::Admin},
    KindRule{Kind::Session, "session", Owned::Yes, Scope::Admin, Scope::Admin},
    KindRule{Kind::ApiKey, "key", Owned::Yes, Scope::Admin, Scope::Admin},
};

const KindRule& rule_of(Kind kind)
{
    return *std::ranges::find(kKinds, kind, &KindRule::kind);
}

template <class Table, class Value>
std::string_view name_in(const Table& table, Value value)
{
    return std::ranges::find(table, value, &Named<Value>::value)->name;
}

template <class Value, std::size_t kCount>
base::Result<Value> parse_in(const std::array<Named<Value>, kCount>& table, std::string_view name,
                             std::string_view what)
{
    const auto known = std::ranges::find(table, name, &Named<Value>::name);
    if (known != table.end()) {
        return known->value;
    }
    std::string all;
    for (const Named<Value>& one : table) {
        all.append(all.empty() ? "" : ", ").append(one.name);
    }
    return base::invalid(base::quoted(name) + " is not a " + std::string(what) + "; use one of " +
                         all);
}

bool is_named(const Subject& subject, const Object& object)
{
    return std::ranges::find(object.named, subject.user_id) != object.named.end();
}

Decision decide_owned(const Subject& subject, Action action, const Object& object)
{
    // A key that leaks must not make keys or end its owner's sessions.
    if (object.owner_id == subject.user_id && !(subject.by_key && action == Action::Change)) {
        return {.verdict = Verdict::Allowed, .rule = "own"};
    }
    return subject.has(Scope::Admin) ? Decision{.verdict = Verdict::Allowed, .rule = "admin"}
                                     : Decision{.verdict = Verdict::Hidden, .rule = "not-own"};
}

} // namespace

std::string_view name_of(Scope scope)
{
    if (scope == Scope::Public || scope == Scope::SignedIn) {
        return scope == Scope::Public ? "public" : "signed-in";
    }
    return name_in(kScopes, scope);
}

base::Result<Scope> parse_scope(std::string_view name)
{
    return parse_in(kScopes, name, "scope");
}

std::string_view name_of(Role role)
{
    return name_in(kRoleNames, role);
}

base::Result<Role> parse_role(std::string_view name)
{
    return parse_in(kRoleNames, name, "role");
}

std::span<const Role> all_roles()
{
    return kRoles;
}

std::vector<std::string> scopes_of_roles(const std::vector<std::string>& roles)
{
    std::vector<std::string> scopes;
    for (const Grant& grant : kGrants) {
        const bool given = std::ranges::any_of(roles, [&](const std::string& name) {
            const auto role = parse_role(name);
            return role && grant.to(*role);
        });
        if (given) {
            scopes.emplace_back(name_of(grant.scope));
        }
    }
    return scopes;
}

std::string_view name_of(Tlp tlp)
{
    return name_in(kTlps, tlp);
}

base::Result<Tlp> parse_tlp(std::string_view name)
{
    return parse_in(kTlps, name, "TLP label");
}

std::string_view name_of(Kind kind)
{
    return rule_of(kind).name;
}

base::Result<Kind> parse_kind(std::string_view name)
{
    const auto* const known = std::ranges::find(kKinds, name, &KindRule::name);
    return known != kKinds.end() ? base::Result<Kind>(known->kind)
                                 : base::not_found("no kind of object " + base::quoted(name));
}

bool Subject::has(Scope scope) const
{
    return std::ranges::find(scopes, name_of(scope)) != scopes.end();
}

bool is_restricted(Tlp tlp, const std::vector<std::string>& named)
{
    return tlp == Tlp::Red || !named.empty();
}

Decision decide(const Subject& subject, Action action, const Object& object)
{
    if (subject.anonymous()) {
        return {.verdict = Verdict::SignIn, .rule = "anonymous"};
    }
    const KindRule& rule = rule_of(object.kind);
    if (rule.owned == Owned::Yes) {
        return decide_owned(subject, action, object);
    }
    if (!subject.has(rule.see)) {
        return {.verdict = Verdict::Denied, .rule = "scope", .missing = rule.see};
    }
    // Named persons, never a role alone; and no program reads what is red (TLP 2.0).
    if (is_restricted(object.tlp, object.named) && !is_named(subject, object)) {
        return {.verdict = Verdict::Hidden, .rule = "need-to-know"};
    }
    if (object.tlp == Tlp::Red && subject.by_key) {
        return {.verdict = Verdict::Hidden, .rule = "red-by-key"};
    }
    if (action == Action::Change && !subject.has(rule.change)) {
        return {.verdict = Verdict::Denied, .rule = "scope", .missing = rule.change};
    }
    return {.verdict = Verdict::Allowed, .rule = "scope"};
}

bool allow(const Subject& subject, Action action, const Object& object)
{
    return decide(subject, action, object).verdict == Verdict::Allowed;
}

namespace {

std::unexpected<base::Error> missing_scope(Scope scope)
{
    return base::fail(base::Code::Denied, "this needs the scope " + std::string(name_of(scope)) +
                                              ", which you do not have here");
}

std::unexpected<base::Error> sign_in_first()
{
    return base::fail(base::Code::Unauthenticated, "sign in, or send `Authorization: Bearer tg_…`");
}

} // namespace

base::Status check(const Subject& subject, Action action, const Object& object)
{
    const Decision decision = decide(subject, action, object);
    switch (decision.verdict) {
    case Verdict::Allowed:
        return {};
    case Verdict::SignIn:
        return sign_in_first();
    case Verdict::Denied:
        return missing_scope(decision.missing);
    case Verdict::Hidden:
        break;
    }
    return base::not_found("no such " + std::string(name_of(object.kind)));
}

Filter filter_of(const Subject& subject, Kind kind)
{
    if (subject.anonymous()) {
        return {};
    }
    const KindRule& rule = rule_of(kind);
    if (rule.owned == Owned::Yes) {
        return {.span = subject.has(Scope::Admin) ? Filter::Span::NotRestricted : Filter::Span::Own,
                .user_id = subject.user_id,
                .red = true};
    }
    return {.span = subject.has(rule.see) ? Filter::Span::NotRestricted : Filter::Span::None,
            .user_id = subject.user_id,
            .red = !subject.by_key};
}

bool passes(const Filter& filter, const Object& object)
{
    if (filter.span == Filter::Span::None) {
        return false;
    }
    if (rule_of(object.kind).owned == Owned::Yes) {
        return filter.span != Filter::Span::Own || object.owner_id == filter.user_id;
    }
    const bool named = std::ranges::find(object.named, filter.user_id) != object.named.end();
    return !is_restricted(object.tlp, object.named) ||
           (named && (object.tlp != Tlp::Red || filter.red));
}

base::Status authorise(const Subject& subject, Scope scope)
{
    if (scope == Scope::Public) {
        return {};
    }
    if (subject.anonymous()) {
        return sign_in_first();
    }
    return scope == Scope::SignedIn || subject.has(scope) ? base::Status{} : missing_scope(scope);
}

} // namespace tanggap::policy
