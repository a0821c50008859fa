// May this event join that alert, and which of two (rulings 26).
#pragma once

#include <algorithm>

#include "base/limits.h"
#include "base/time.h"
#include "model/alert.h"

namespace tanggap::triage::detail {

/// Within the gap of [first, last], and the span it would then have stays within the day.
inline bool can_join(const model::Alert& alert, base::Time time)
{
    namespace limits = base::limits;
    const bool near =
        time >= alert.first_seen - limits::kAlertGap && time <= alert.last_seen + limits::kAlertGap;
    const auto span = std::max(alert.last_seen, time) - std::min(alert.first_seen, time);
    return near && span <= limits::kAlertSpanMax;
}

/// The order of alerts of one key: first seen, then the one that was made first.
inline bool is_before(const model::Alert& a, const model::Alert& b)
{
    return a.first_seen != b.first_seen ? a.first_seen < b.first_seen : a.number < b.number;
}

} // namespace tanggap::triage::detail
