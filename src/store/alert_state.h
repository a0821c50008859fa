// What people decided about an alert (model/alert_state.h). The pipeline never writes it: commit()
// leaves these columns alone, except that an alert that grows may come back (triage/life.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/alert_state.h"
#include "store/activity.h"
#include "triage/life.h"

namespace tanggap::store {

/// An alert as far as deciding on it needs.
struct AlertInHand {
    std::uint64_t number = 0;
    std::string id; ///< UUID
    triage::AlertFacts facts;
    model::AlertState state;

    ObjectRef object() const { return {.kind = "alert", .id = id}; }
};

/// The UUID of the alert "ALR-12" or of the UUID given. Errors: NotFound.
base::Result<std::string> find_alert_id(Snapshot& snapshot, std::string_view id);
/// Of the alert with this UUID. Errors: NotFound.
base::Result<std::uint64_t> find_alert_number(Snapshot& snapshot, std::string_view id);
/// Errors: NotFound.
base::Result<AlertInHand> find_alert_in_hand(Snapshot& snapshot, std::uint64_t number);
base::Result<model::AlertState> find_alert_state(Snapshot& snapshot, std::uint64_t number);
/// Replaces the whole state. Errors: NotFound.
base::Status put_alert_state(Change& change, std::uint64_t number, const model::AlertState& state);

/// How many alerts are merged into this one.
base::Result<std::uint64_t> count_duplicates(Snapshot& snapshot, std::uint64_t number);
/// Snoozed alerts whose time has come, at most `count_max`.
base::Result<std::vector<std::uint64_t>> find_due_alerts(Snapshot& snapshot, base::Time now,
                                                         std::size_t count_max);

} // namespace tanggap::store
