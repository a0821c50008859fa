// Dates as people here write them: "3 Oktober 2026 pukul 14.05 WIB".
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "model/words.h"

namespace tanggap::model {

/// `zone`: WIB, WITA or WIT (UTC+7, +8, +9; no summer time). Anything else is written as UTC.
std::string format_date(base::Time time, std::string_view zone, Language language);
/// With the time of day and the zone. Source: EYD (dots in times); English "3 October 2026, 14.05
/// WIB".
std::string format_moment(base::Time time, std::string_view zone, Language language);

/// Of WIB, WITA and WIT; zero for anything else.
std::chrono::hours zone_offset(std::string_view zone);

/// "1,4 MB", "820 kB"; decimal units, as phones show them.
std::string format_bytes(std::uint64_t bytes, Language language);

} // namespace tanggap::model
