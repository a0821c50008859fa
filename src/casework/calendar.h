// Working time: the office's hours by its own clock, without its holidays.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "casework/content.h"

namespace tanggap::casework {

/// A day on the wall, without a zone.
struct Date {
    int year = 1970;
    int month = 1;
    int day = 1;

    friend auto operator<=>(const Date&, const Date&) = default;
};

struct Holiday {
    Date date{}; ///< year 0: every year
    Text name{};
    bool joint_leave = false; ///< cuti bersama
    bool own = false;         ///< set by people, beside the file
};

/// "2026-08-17". Nothing: it is no day of the calendar.
std::optional<Date> parse_date(std::string_view text);
/// "2026-08-17", and "08-17" of every year.
std::string format_date(const Date& date);

/// Immutable once loaded. Thread: any.
class WorkCalendar {
public:
    virtual ~WorkCalendar() = default;

    virtual const std::string& id() const = 0;
    virtual const Text& title() const = 0;         ///< empty where the file has none
    virtual const std::string& source() const = 0; ///< where hours and days are written; the same
    virtual const std::string& zone() const = 0;
    virtual std::span<const Holiday> holidays() const = 0;
    /// "07:30-12:00, 13:00-16:00"; empty: no work. Range: 0 is Monday.
    virtual std::string hours_of(std::size_t weekday) const = 0;
    /// The last year whose movable holidays are in the file: later sums are a guess, and said so.
    virtual int covers_until() const = 0;

    virtual bool is_working(base::Time at) const = 0;
    /// Working time of one day, what "1wd" means. Units: seconds.
    virtual std::int64_t working_day() const = 0;
    /// Working time in [from, to). Nothing where `to` lies before `from`.
    virtual base::Duration between(base::Time from, base::Time to) const = 0;
    /// The earliest time with `working` of working time since `from`.
    virtual base::Time add(base::Time from, base::Duration working) const = 0;
    /// The year on the wall of the zone: for numbers of cases and `covers_until`.
    virtual int year_of(base::Time at) const = 0;

    /// The same calendar with these days off beside those of its file, in place of own ones.
    virtual std::shared_ptr<const WorkCalendar> with_own(std::span<const Holiday> days) const = 0;
};

/// Loads content/holidays. Of several calendars that of `zone` is taken, else the first; within one
/// its `zones` say which it knows, and the first of them is taken where `zone` is none of them.
/// Null, with an error in `diagnostics`, where no file is usable: working time is then unknown.
std::shared_ptr<const WorkCalendar> load_calendar(std::span<const ContentFile> files,
                                                  std::string_view zone,
                                                  std::vector<Diagnostic>& diagnostics);

} // namespace tanggap::casework
