#include "service/protection.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "service/cases.h"
#include "service/detail/restore.h"
#include "store/alert_state.h"
#include "store/people.h"
#include "store/reports.h"

namespace tanggap::service {
namespace {

using Json = nlohmann::json;
using policy::Action;

/// Kinds that carry a label, and how the id people read becomes the UUID.
struct Labelled {
    std::string_view kind;
    base::Result<std::string> (*find_id)(store::Snapshot& snapshot, std::string_view id);
};
constexpr std::array kLabelled{
    Labelled{"alert", store::find_alert_id},
    Labelled{"report", store::find_report_id},
};

base::Result<store::ObjectRef> find_object(store::Snapshot& snapshot, std::string_view kind,
                                           std::string_view id)
{
    const auto* const known = std::ranges::find(kLabelled, kind, &Labelled::kind);
    if (known == kLabelled.end()) {
        return base::not_found("no kind of object " + base::quoted(kind));
    }
    TRY(auto found, known->find_id(snapshot, id));
    return store::ObjectRef{.kind = std::string(kind), .id = std::move(found)};
}

std::string json_of(const store::Protection& protection)
{
    return Json{{"tlp", policy::name_of(protection.tlp)}, {"named", protection.named}}.dump();
}

base::Status check_named(store::Snapshot& snapshot, const std::vector<std::string>& named)
{
    for (const std::string& id : named) {
        const auto user = store::find_user_by_id(snapshot, id);
        if (!user) {
            return user.error().code == base::Code::NotFound
                       ? base::invalid("no account " + base::quoted(id) + " to name")
                       : std::unexpected(user.error());
        }
    }
    return {};
}

/// Sorted, once each, with the one who labels.
void settle_named(store::Protection& protection, const Principal& principal)
{
    std::vector<std::string>& named = protection.named;
    if (policy::is_restricted(protection.tlp, named)) {
        named.push_back(principal.user_id);
    }
    std::ranges::sort(named);
    const auto twice = std::ranges::unique(named);
    named.erase(twice.begin(), twice.end());
}

} // namespace

base::Status check(store::Snapshot& snapshot, const Principal& principal, Action action,
                   const store::ObjectRef& object)
{
    TRY(const auto of_case, store::find_case_of(snapshot, object)); // it carries its own label
    if (of_case) {
        return may(principal, action, *of_case);
    }
    TRY(const policy::Kind kind, policy::parse_kind(object.kind));
    TRY(const store::Protection protection, store::find_protection(snapshot, object));
    return policy::check(subject_of(principal), action,
                         {.kind = kind, .tlp = protection.tlp, .named = protection.named});
}

base::Status see(store::Snapshot& snapshot, const Principal& principal,
                 const store::ObjectRef& object)
{
    return check(snapshot, principal, Action::See, object);
}

base::Result<bool> sees(store::Snapshot& snapshot, const Principal& principal,
                        const store::ObjectRef& object)
{
    const base::Status seen = see(snapshot, principal, object);
    if (seen) {
        return true;
    }
    const base::Code code = seen.error().code;
    return code == base::Code::NotFound || code == base::Code::Denied
               ? base::Result<bool>(false)
               : std::unexpected(seen.error());
}

base::Result<bool> is_restricted(store::Snapshot& snapshot, const store::ObjectRef& object)
{
    TRY(const store::Protection label, store::find_protection(snapshot, object));
    return policy::is_restricted(label.tlp, label.named);
}

base::Result<ProtectionSeen> find_protection(store::Changes& changes, const Principal& principal,
                                             std::string_view kind, std::string_view id)
{
    ProtectionSeen seen;
    TRY_STATUS(changes.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(seen.object, find_object(snapshot, kind, id));
        TRY_STATUS(see(snapshot, principal, seen.object));
        TRY(seen.protection, store::find_protection(snapshot, seen.object));
        TRY(const auto version, store::version_of(snapshot, seen.object));
        seen.version = version.version;
        return {};
    }));
    return seen;
}

base::Status put_protection(store::Changes& changes, const Principal& principal,
                            const store::Command& command, std::string_view kind,
                            std::string_view id, Labelling wish)
{
    settle_named(wish.protection, principal);
    const auto done = changes.change(command, [&](store::Change& change) -> base::Status {
        TRY(const store::ObjectRef object, find_object(change, kind, id));
        TRY_STATUS(check(change, principal, Action::Change, object));
        TRY_STATUS(change.expect(object, wish.expected_version));
        TRY_STATUS(check_named(change, wish.protection.named));
        TRY(const store::Protection before, store::find_protection(change, object));
        if (before == wish.protection) {
            return {};
        }
        if (wish.protection.tlp < before.tlp && base::trim(command.reason).empty()) {
            return base::invalid("lowering a TLP label needs a reason");
        }
        TRY_STATUS(store::put_protection(change, object, wish.protection));
        return change.record({.action = object.kind + ".protect",
                              .object = object,
                              .before = json_of(before),
                              .after = json_of(wish.protection),
                              .reversible = store::Reversible::Yes});
    });
    return done ? base::Status{} : std::unexpected(done.error());
}

base::Status restore_protection(store::Change& change, const store::ObjectRef& object,
                                std::string_view fields_json)
{
    try {
        const Json fields = Json::parse(fields_json);
        store::Protection protection;
        TRY(protection.tlp, policy::parse_tlp(fields.at("tlp").get<std::string>()));
        protection.named = fields.at("named").get<std::vector<std::string>>();
        return store::put_protection(change, object, protection);
    } catch (const Json::exception& broken) {
        return base::corrupt(std::string("an activity record of a label: ") + broken.what());
    }
}

} // namespace tanggap::service
