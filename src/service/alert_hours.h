// When the events of alerts came: for a small picture beside each row of a list.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/triage_limits.h"
#include "service/principal.h"
#include "service/world.h"
#include "store/event_store.h"

namespace tanggap::service {

struct HoursOfAlert {
    std::uint64_t alert = 0; ///< its number
    /// Events by hour, the earliest first; the last hour is still running.
    std::array<std::uint64_t, base::limits::kAlertHoursTold> events{};
};

struct AlertHours {
    base::Time from; ///< begin of the first hour; whole hours of UTC
    std::vector<HoursOfAlert> alerts;
};

/// The last hours of these alerts, in one question to the archive and in none where no event of
/// theirs can be in them. What the asker does not see is left out, as what is not there.
/// Range:  at most limits::kAlertHoursAlertsMax numbers.
/// Errors: Invalid (more); Unavailable (no archive).
base::Result<AlertHours> hours_of_alerts(const World& world, const Principal& principal,
                                         std::span<const std::uint64_t> numbers,
                                         const store::Abandoned& abandoned = {});

} // namespace tanggap::service
