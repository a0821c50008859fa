// A period of figures: whole days of the organisation's zone.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "model/words.h"

namespace tanggap::count {

struct Period {
    std::string name{}; ///< canonical: "2026", "2026-10", "2026-10-05" or "2026-10-05..2026-10-18"
    std::string zone{}; ///< WIB, WITA or WIT
    base::Time from{};  ///< inclusive
    base::Time to{};    ///< exclusive

    std::size_t days() const;
    base::Time day_begin(std::size_t day) const; ///< of days(): one past the last day's begin
    std::string date_of(std::size_t day) const;  ///< "2026-10-05"
};

/// Shape:  a year, a month, a day, or two days with ".." between them, both included.
/// Range:  1970 to 2200, at most kPeriodDaysMax days.
/// Errors: Invalid, with what was found and the four shapes.
base::Result<Period> parse_period(std::string_view text, std::string_view zone);

/// The month that holds `now`.
Period month_of(base::Time now, std::string_view zone);

/// "Oktober 2026"; "5 Oktober 2026 – 18 Oktober 2026".
std::string title_of(const Period& period, model::Language language);

inline constexpr std::size_t kPeriodDaysMax = 366;

} // namespace tanggap::count
