#include "service/audit.h"

#include <mutex>

#include "service/protection.h"

namespace tanggap::service {
namespace {

base::Status blank_hidden(store::Snapshot& snapshot, const Principal& principal,
                          store::ActivityPage& page)
{
    for (store::Activity& activity : page.activities) {
        const store::ObjectRef& object = activity.effect.object;
        if (!policy::parse_kind(object.kind)) {
            continue; // what has no rules of its own is the log's own matter
        }
        TRY(const bool seen, sees(snapshot, principal, object));
        if (!seen) {
            activity.effect.before = activity.effect.after = "null";
            activity.reason.clear();
        }
    }
    return {};
}

} // namespace

base::Result<store::ActivityPage> list_audit(store::Changes& changes, const Principal& principal,
                                             const store::ActivityFilter& filter, std::size_t limit,
                                             std::uint64_t before)
{
    TRY_STATUS(authorise(principal, Scope::AuditRead));
    store::ActivityPage page;
    TRY_STATUS(changes.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(page, store::list_activities(snapshot, filter, limit, before));
        return blank_hidden(snapshot, principal, page);
    }));
    return page;
}

base::Result<store::AuditReport> verify_audit(store::Changes& changes, const Principal& principal)
{
    TRY_STATUS(authorise(principal, Scope::AuditRead));
    static std::mutex running;
    const std::unique_lock one(running, std::try_to_lock);
    if (!one.owns_lock()) {
        return base::exhausted("the log is being verified already; try again in a moment");
    }
    store::AuditReport report;
    TRY_STATUS(changes.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(report, store::verify_audit(snapshot));
        return {};
    }));
    return report;
}

} // namespace tanggap::service
