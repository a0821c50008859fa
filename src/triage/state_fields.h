// The state of an alert as fields of JSON: what an activity record says of before and after, and
// how the one is set back from it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "model/alert_state.h"

namespace tanggap::triage {

/// JSON objects with the fields that differ, in both.
struct StateDifference {
    std::string before;
    std::string after;
};
StateDifference difference(const model::AlertState& before, const model::AlertState& after);

/// `state` with the fields of `fields_json` set. Errors: Corrupt.
base::Result<model::AlertState> with_fields(model::AlertState state, std::string_view fields_json);

} // namespace tanggap::triage
