// What one event changes in an alert.
#pragma once

#include <span>

#include "triage/triage.h"

namespace tanggap::triage::detail {

model::Alert new_alert(const model::AlertKey& key, const model::Event& event, std::uint64_t number,
                       base::Time now);

/// Adds one event with its detections, of which there is at least one. Cost: rules × detections.
void add_event(model::Alert& alert, const model::Event& event,
               std::span<const model::Detection* const> detections, base::Time now);

} // namespace tanggap::triage::detail
