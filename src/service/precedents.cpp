#include "service/precedents.h"

#include <algorithm>
#include <map>

#include "base/triage_limits.h"

namespace tanggap::service {
namespace {

/// Who settled it and why: the latest record of a kind that settles.
base::Status find_decider(store::Snapshot& snapshot, Precedent& precedent)
{
    constexpr std::size_t kRecordsRead = 20;
    TRY(const auto page,
        store::list_activities(
            snapshot,
            {.object = store::ObjectRef{.kind = "alert", .id = precedent.row.alert.id.text()}},
            kRecordsRead));
    const auto decision =
        std::ranges::find_if(page.activities, [](const store::Activity& activity) {
            const std::string& action = activity.effect.action;
            return action == "alert.close" || action == "alert.archive" ||
                   action == "alert.merge" || action == "alert.case";
        });
    if (decision != page.activities.end()) {
        precedent.decided_by = decision->actor.name;
        precedent.note = decision->reason;
    }
    return {};
}

std::optional<SameDecision> same_of(const std::vector<Precedent>& items)
{
    std::map<std::string, std::uint64_t> reasons;
    for (const Precedent& each : items) {
        if (!each.row.standing.state.close_reason.empty()) {
            ++reasons[each.row.standing.state.close_reason];
        }
    }
    const auto most =
        std::ranges::max_element(reasons, {}, [](const auto& reason) { return reason.second; });
    if (most == reasons.end() || 2 * most->second <= items.size()) {
        return std::nullopt;
    }
    return SameDecision{.reason = most->first, .count = most->second};
}

} // namespace

base::Result<SeenBefore> precedents_of(store::CaseStore& cases, const Principal& principal,
                                       const model::Alert& alert)
{
    SeenBefore seen;
    TRY_STATUS(cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(auto found,
            store::find_precedents(snapshot, alert, base::limits::kPrecedentsShown,
                                   policy::filter_of(subject_of(principal), policy::Kind::Alert)));
        seen.total = found.total;
        for (store::TriageRow& row : found.rows) {
            Precedent precedent{.row = std::move(row), .decided_by = {}, .note = {}};
            TRY_STATUS(find_decider(snapshot, precedent));
            seen.items.push_back(std::move(precedent));
        }
        return {};
    }));
    seen.same = same_of(seen.items);
    return seen;
}

} // namespace tanggap::service
