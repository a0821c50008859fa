// What people decided about an alert. The pipeline never writes it: commit() leaves these columns
// alone, except that an alert that was closed and grows is open again (rulings 26).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "store/activity.h"

namespace tanggap::store {

struct AlertState {
    std::string status = "open";
    std::string close_reason = {};        ///< where closed
    std::string assignee = {};            ///< id of an account; empty: nobody
    std::string case_id = {};             ///< empty: in no case
    base::Time snoozed_until = {};        ///< zero: not
    std::vector<std::string> labels = {}; ///< sorted
};

/// The UUID of the alert "ALR-12" or of the UUID given. Errors: NotFound.
base::Result<std::string> find_alert_id(Snapshot& snapshot, std::string_view id);
/// Of the alert with this UUID. Errors: NotFound.
base::Result<std::uint64_t> find_alert_number(Snapshot& snapshot, std::string_view id);
/// Errors: NotFound.
base::Result<AlertState> find_alert_state(Snapshot& snapshot, std::uint64_t number);
/// Replaces the whole state. Errors: NotFound.
base::Status put_alert_state(Change& change, std::uint64_t number, const AlertState& state);

} // namespace tanggap::store
