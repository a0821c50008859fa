// Some of the things an act is about, done in one transaction. Closed to other rooms.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "service/acts.h"
#include "store/alert_state.h"
#include "store/triage_list.h"
#include "triage/life.h"

namespace tanggap::service {

/// The act with its words looked up.
struct ResolvedAct {
    Act act;
    Principal principal;
    std::string account = {};    ///< Assign: id
    std::uint64_t into = 0;      ///< Merge: number
    store::ObjectRef stays = {}; ///< Merge
    std::string case_id = {};    ///< Attach: UUID; empty: the first piece opens it
};

void skip(ActionOutcome& outcome, std::string_view reason, const std::string& id);

/// Lifetime: one transaction.
class ActPiece {
public:
    /// `outcome` is added to; all three outlive it.
    ActPiece(const World& world, const ResolvedAct& resolved, ActionOutcome& outcome)
        : world_(world), resolved_(resolved), outcome_(outcome), case_id_(resolved.case_id)
    {
    }

    base::Status perform(store::Change& change, std::span<const store::TriageKey> keys);
    /// What perform() would do.
    base::Status rehearse(store::Snapshot& snapshot, std::span<const store::TriageKey> keys,
                          base::Time now);
    /// Attach: of the case, opened by now.
    const std::string& case_id() const { return case_id_; }

private:
    /// `change` null: only tells.
    base::Status one(store::Snapshot& snapshot, store::Change* change, const store::TriageKey& key,
                     base::Time now);
    base::Status one_alert(store::Snapshot& snapshot, store::Change* change, std::uint64_t number,
                           base::Time now);
    base::Status one_report(store::Snapshot& snapshot, store::Change* change,
                            std::uint64_t sequence);
    /// Whether the principal may change it; where not, it is passed over as if it were not there.
    base::Result<bool> may_change(store::Snapshot& snapshot, const store::ObjectRef& object,
                                  const std::string& told);
    base::Result<triage::Next> next_of(store::Snapshot& snapshot, const store::AlertInHand& alert,
                                       base::Time now) const;
    base::Result<triage::Next> merged(store::Snapshot& snapshot, const store::AlertInHand& alert,
                                      base::Time now) const;
    /// Why the alert's case does not let it go; empty: it does.
    base::Result<std::string_view> held_by_case(store::Snapshot& snapshot,
                                                std::string_view case_id) const;
    base::Status put_report(store::Change& change, const store::ReportHead& before,
                            const store::ReportHead& after);
    base::Status put(store::Change& change, const store::AlertInHand& alert,
                     const model::AlertState& next);
    base::Status attach(store::Change& change);

    const World& world_;
    const ResolvedAct& resolved_;
    ActionOutcome& outcome_;
    std::string case_id_;
    /// Attached together, at the end.
    std::vector<std::string> to_attach_; ///< UUIDs of alerts
    std::vector<store::ReportHead> reports_to_attach_;
};

} // namespace tanggap::service
