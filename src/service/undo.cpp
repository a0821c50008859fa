#include "service/undo.h"

#include <algorithm>
#include <array>

#include "base/command_limits.h"
#include "service/detail/restore.h"
#include "service/detail/restore_case.h"
#include "service/protection.h"

namespace tanggap::service {
namespace {

/// How the fields of a record's `before` are set back, by kind of object and, where a verb has
/// fields of its own, by that; and what one must be allowed to do so.
struct Restorer {
    std::string_view kind;
    std::string_view verb; ///< empty: any
    base::Status (*restore)(store::Change& change, const store::ObjectRef& object,
                            std::string_view fields_json);
};
constexpr std::array kRestorers{
    Restorer{"alert", "protect", restore_protection},
    Restorer{"alert", "", restore_alert},
    Restorer{"report", "protect", restore_protection},
    Restorer{"report", "", restore_report},
    Restorer{"user", "", restore_user},
    Restorer{"case", "open", restore_opened_case},
    Restorer{"case", "", restore_case},
    Restorer{"task", "", restore_task},
    Restorer{"entry", "", restore_entry},
    Restorer{"note", "", restore_note},
    Restorer{"observable", "", restore_observable},
};

/// "protect" of "alert.protect" and of "alert.protect.undo".
std::string_view verb_of(std::string_view action)
{
    const std::string_view rest = action.substr(std::min(action.find('.') + 1, action.size()));
    return rest.substr(0, rest.find('.'));
}

base::Result<const Restorer*> restorer_of(const store::Activity& activity)
{
    const store::Effect& done = activity.effect;
    const std::string_view verb = verb_of(done.action);
    const auto* const found = std::ranges::find_if(kRestorers, [&](const Restorer& known) {
        return known.kind == done.object.kind && (known.verb.empty() || known.verb == verb);
    });
    if (done.reversible == store::Reversible::No || found == kRestorers.end()) {
        return base::fail(base::Code::Conflict, done.action + " cannot be taken back");
    }
    return found;
}

/// One's own command, or anybody's for a lead; and the right to change the object as it is now.
base::Status check_right(store::Snapshot& snapshot, const Principal& principal,
                         const store::Activity& activity)
{
    const bool own = activity.actor.id == principal.user_id;
    const bool lead = std::ranges::find(principal.roles, "lead") != principal.roles.end();
    if (!own && !lead) {
        return base::not_found("no such command");
    }
    TRY([[maybe_unused]] const Restorer* restorer, restorer_of(activity));
    return check(snapshot, principal, policy::Action::Change, activity.effect.object);
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
    const std::string verb(verb_of(done.action));
    return change.record({.action = done.object.kind + "." + verb + ".undo",
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
            TRY_STATUS(check_right(change, principal, activity));
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
