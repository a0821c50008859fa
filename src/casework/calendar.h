// Working time: the office's hours by its own clock, without its holidays.
#pragma once

#include <cstdint>
#include <memory>
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
};

/// Immutable once loaded. Thread: any.
class WorkCalendar {
public:
    virtual ~WorkCalendar() = default;

    virtual const std::string& id() const = 0;
    virtual const std::string& zone() const = 0;
    virtual std::span<const Holiday> holidays() const = 0;
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
};

/// Loads content/holidays. Of several calendars that of `zone` is taken, else the first; within one
/// its `zones` say which it knows, and the first of them is taken where `zone` is none of them.
/// Null, with an error in `diagnostics`, where no file is usable: working time is then unknown.
std::shared_ptr<const WorkCalendar> load_calendar(std::span<const ContentFile> files,
                                                  std::string_view zone,
                                                  std::vector<Diagnostic>& diagnostics);

} // namespace tanggap::casework
