#include "service/undo.h"

#include <algorithm>
#include <array>

#include "base/command_limits.h"
#include "service/detail/restore.h"
#include "service/policy.h"

namespace tanggap::service {
namespace {

/// How the fields of a record's `before` are set back, and what one must be allowed to do so.
struct Restorer {
    std::string_view kind;
    Scope scope;
    base::Status (*restore)(store::Change& change, const store::ObjectRef& object,
                            std::string_view fields_json);
};
constexpr std::array kRestorers{
    Restorer{"alert", Scope::AlertsWrite, restore_alert},
};

base::Result<const Restorer*> restorer_of(const store::Activity& activity)
{
    const auto found = std::ranges::find(kRestorers, activity.effect.object.kind, &Restorer::kind);
    if (activity.effect.reversible == store::Reversible::No || found == kRestorers.end()) {
        return base::fail(base::Code::Conflict, activity.effect.action + " cannot be taken back");
    }
    return found;
}

base::Status check_right(const Principal& principal, const store::Activity& activity)
{
    const bool own = activity.actor.id == principal.user_id;
    const bool lead = std::ranges::find(principal.roles, "lead") != principal.roles.end();
    if (!own && !lead) {
        return base::not_found("no such command");
    }
    TRY(const Restorer* restorer, restorer_of(activity));
    return authorise(principal, restorer->scope);
}

base::Status check_age(const store::Activity& activity, base::Time now)
{
    if (now - activity.time <= base::Duration(base::limits::kUndoWindow)) {
        return {};
    }
    return base::fail(base::Code::Conflict, "this was done more than 10 minutes ago; change it"
                                            " by hand, its history shows what it was");
}

/// Empty: nothing stands against it.
base::Result<std::string> obstacle(store::Change& change, const store::Activity& activity)
{
    if (!activity.undone_by.empty()) {
        return std::string("it was taken back already");
    }
    TRY(const auto now, store::version_of(change, activity.effect.object));
    return now.version == activity.version ? std::string{}
                                           : "it was changed since by " + now.updated_by;
}

base::Status undo_one(store::Change& change, const store::Activity& activity)
{
    TRY(const Restorer* restorer, restorer_of(activity));
    const store::Effect& done = activity.effect;
    TRY_STATUS(restorer->restore(change, done.object, done.before));
    return change.record({.action = "undo",
                          .object = done.object,
                          .touched = done.touched,
                          .before = done.after,
                          .after = done.before,
                          .reversible = store::Reversible::Yes,
                          .undoes = activity.id});
}

} // namespace

base::Result<Undone> undo_command(store::Changes& changes, const Principal& principal,
                                  const store::Command& by, std::string_view command)
{
    Undone undone;
    const auto body = [&](store::Change& change) -> base::Status {
        TRY(const auto activities, store::activities_of_command(change, command));
        for (const store::Activity& activity : activities) {
            TRY_STATUS(check_right(principal, activity));
            TRY_STATUS(check_age(activity, by.now));
        }
        for (auto at = activities.rbegin(); at != activities.rend(); ++at) {
            TRY(std::string detail, obstacle(change, *at));
            if (!detail.empty()) {
                undone.conflicts.push_back(
                    {.object = at->effect.object, .detail = std::move(detail)});
                continue;
            }
            TRY_STATUS(undo_one(change, *at));
            undone.objects.push_back(at->effect.object);
        }
        return {};
    };
    TRY(undone.command, changes.change(by, body));
    return undone;
}

} // namespace tanggap::service
