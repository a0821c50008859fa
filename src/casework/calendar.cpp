#include "casework/calendar.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

#include "base/text.h"
#include "casework/detail/reader.h"

namespace tanggap::casework {
namespace {

using detail::Reader;
using Node = codec::YamlNode;

/// Minutes since midnight on the wall, half open.
struct Shift {
    int opens = 0;
    int closes = 0;
};
using Week = std::array<std::vector<Shift>, 7>; ///< Monday first

constexpr std::array<std::string_view, 7> kDays{"monday", "tuesday",  "wednesday", "thursday",
                                                "friday", "saturday", "sunday"};
/// Days add() looks at: twenty years, then the calendar has no work in it.
constexpr int kDaysMax = 7320;

struct Spec {
    std::string id;
    Text title;
    std::string source;
    std::vector<std::string> zones;
    Week week;
    std::vector<Holiday> holidays;
    int covers_until = 0;
};

const date::time_zone* find_zone(const std::string& name)
{
    try { // the library has no look-up that does not throw
        return date::locate_zone(name);
    } catch (const std::exception&) {
        return nullptr;
    }
}

std::optional<int> read_number(std::string_view text)
{
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && !text.empty() && text.front() != '-' ? std::optional(value) : std::nullopt;
}

/// "07:30" to minutes; 24:00 is the end of the day.
std::optional<int> read_minutes(std::string_view text)
{
    if (text.size() != 5 || text[2] != ':') {
        return std::nullopt;
    }
    const auto hours = read_number(text.substr(0, 2));
    const auto minutes = read_number(text.substr(3));
    if (!hours || !minutes || *minutes > 59 || *hours * 60 + *minutes > 24 * 60) {
        return std::nullopt;
    }
    return *hours * 60 + *minutes;
}

class CalendarReader {
public:
    CalendarReader(const ContentFile& file, std::vector<Diagnostic>& diagnostics)
        : read_(file, diagnostics)
    {
    }

    std::optional<Spec> read()
    {
        const auto top = read_.document();
        if (!top) {
            return std::nullopt;
        }
        read_.only(*top,
                   {"id", "title", "source", "zones", "hours", "covers", "every_year", "days"});
        if (const Node* id = read_.require(*top, "id")) {
            spec_.id = read_.id(*id);
        }
        if (const Node* title = top->find("title")) {
            spec_.title = read_.both(*title);
        }
        spec_.source = read_.optional_text(*top, "source");
        read_zones(*top);
        read_hours(*top);
        read_covers(*top);
        read_days(*top, "every_year");
        read_days(*top, "days");
        check_covered(*top);
        return read_.failed() ? std::nullopt : std::optional(std::move(spec_));
    }

private:
    void read_zones(const Node& top)
    {
        for (const Node& item : read_.items(top, "zones")) {
            spec_.zones.push_back(read_.text(item));
            if (find_zone(spec_.zones.back()) == nullptr) {
                read_.problem(item,
                              "time zone " + base::quoted(spec_.zones.back()) +
                                  " is not known to this machine",
                              "write a name of the IANA list, e.g. Asia/Jakarta");
            }
        }
        if (spec_.zones.empty()) {
            read_.problem(top, "a calendar needs at least one zone");
        }
    }

    void read_hours(const Node& top)
    {
        const Node* hours = read_.require(top, "hours");
        if (hours == nullptr) {
            return;
        }
        read_.only(*hours, {kDays[0], kDays[1], kDays[2], kDays[3], kDays[4], kDays[5], kDays[6]});
        std::size_t shifts = 0;
        for (std::size_t day = 0; day < kDays.size(); ++day) {
            if (hours->find(kDays[day]) != nullptr) {
                read_shifts(*hours, day);
            }
            shifts += spec_.week[day].size();
        }
        if (shifts == 0) {
            read_.problem(*hours, "no day has working hours");
        }
    }

    void read_shifts(const Node& hours, std::size_t day)
    {
        for (const Node& item : read_.items(hours, kDays[day])) {
            const std::string text = read_.text(item);
            const auto dash = text.find('-');
            const auto opens = read_minutes(base::trim(text.substr(0, dash)));
            const auto closes = dash == std::string::npos
                                    ? std::nullopt
                                    : read_minutes(base::trim(text.substr(dash + 1)));
            auto& shifts = spec_.week[day];
            if (!opens || !closes || *closes <= *opens) {
                read_.problem(item, base::quoted(text) + " are no hours", "write 07:30-12:00");
            } else if (!shifts.empty() && *opens < shifts.back().closes) {
                read_.problem(item, base::quoted(text) + " begins before the hours above end");
            } else {
                shifts.push_back({*opens, *closes});
            }
        }
    }

    void read_covers(const Node& top)
    {
        for (const Node& item : read_.items(top, "covers")) {
            const auto year = item.is_scalar() ? item.as_integer() : std::nullopt;
            if (!year || *year < 2000 || *year > 2200) {
                read_.problem(item, "covers lists years", "e.g. [2026, 2027]");
            } else {
                spec_.covers_until = std::max(spec_.covers_until, static_cast<int>(*year));
                covered_.push_back(static_cast<int>(*year));
            }
        }
    }

    void read_days(const Node& top, std::string_view key)
    {
        if (top.find(key) == nullptr) {
            return;
        }
        const bool every_year = key == "every_year";
        for (const Node& item : read_.items(top, key)) {
            read_.only(item, {"date", "name", "joint_leave"});
            Holiday holiday;
            if (const Node* date = item.is_mapping() ? read_.require(item, "date") : nullptr) {
                holiday.date = read_date(*date, every_year);
            }
            if (const Node* name = item.is_mapping() ? read_.require(item, "name") : nullptr) {
                holiday.name = read_.both(*name);
            }
            holiday.joint_leave = read_.flag(item, "joint_leave", false);
            spec_.holidays.push_back(std::move(holiday));
        }
    }

    /// "2026-03-21", or "08-17" for every year.
    Date read_date(const Node& node, bool every_year)
    {
        const std::string text = read_.text(node);
        const std::string whole =
            every_year ? "2024-" + text : text; // a leap year knows 29 February
        const auto date = parse_date(whole);
        if (!date) {
            read_.problem(node, base::quoted(text) + " is no date",
                          every_year ? "write 08-17" : "write 2026-08-17");
            return Date{.year = 0};
        }
        return {every_year ? 0 : date->year, date->month, date->day};
    }

    /// A holiday of a year that is not covered means that the list was not kept up.
    void check_covered(const Node& top)
    {
        for (const Holiday& holiday : spec_.holidays) {
            if (holiday.date.year != 0 &&
                std::ranges::find(covered_, holiday.date.year) == covered_.end()) {
                read_.problem(top,
                              "a day of " + std::to_string(holiday.date.year) +
                                  " is listed, but `covers` does not name that year",
                              "add the year to covers once all of its days are listed");
                return;
            }
        }
    }

    Reader read_;
    Spec spec_;
    std::vector<int> covered_;
};

class Calendar final : public WorkCalendar {
public:
    Calendar(Spec spec, std::string zone)
        : spec_(std::move(spec)), zone_name_(std::move(zone)), zone_(find_zone(zone_name_))
    {
        for (const auto& shifts : spec_.week) {
            std::int64_t day = 0;
            for (const Shift& shift : shifts) {
                day += (shift.closes - shift.opens) * 60;
            }
            working_day_ = std::max(working_day_, day);
        }
    }

    const std::string& id() const override { return spec_.id; }
    const Text& title() const override { return spec_.title; }
    const std::string& source() const override { return spec_.source; }
    const std::string& zone() const override { return zone_name_; }
    std::span<const Holiday> holidays() const override { return spec_.holidays; }
    std::string hours_of(std::size_t weekday) const override
    {
        std::string text;
        for (const Shift& shift : spec_.week.at(weekday)) {
            text +=
                fmt::format("{}{:02}:{:02}-{:02}:{:02}", text.empty() ? "" : ", ", shift.opens / 60,
                            shift.opens % 60, shift.closes / 60, shift.closes % 60);
        }
        return text;
    }
    int covers_until() const override { return spec_.covers_until; }
    std::int64_t working_day() const override { return working_day_; }

    bool is_working(base::Time at) const override { return between(at, {at.ns + 1}).count() > 0; }

    base::Duration between(base::Time from, base::Time to) const override
    {
        base::Duration sum{0};
        if (to <= from) {
            return sum;
        }
        const date::local_days last = day_of(to);
        for (date::local_days day = day_of(from); day <= last; day += date::days(1)) {
            for (const Shift& shift : shifts_of(day)) {
                const base::Time opens = std::max(from, at(day, shift.opens));
                const base::Time closes = std::min(to, at(day, shift.closes));
                sum += closes > opens ? closes - opens : base::Duration{0};
            }
        }
        return sum;
    }

    base::Time add(base::Time from, base::Duration working) const override
    {
        date::local_days day = day_of(from);
        for (int days = 0; days < kDaysMax; ++days, day += date::days(1)) {
            for (const Shift& shift : shifts_of(day)) {
                const base::Time opens = std::max(from, at(day, shift.opens));
                const base::Time closes = at(day, shift.closes);
                const base::Duration open = closes > opens ? closes - opens : base::Duration{0};
                if (open > base::Duration{0} && open >= working) {
                    return opens + working;
                }
                working -= open;
            }
        }
        return at(day, 0);
    }

    int year_of(base::Time at) const override
    {
        return static_cast<int>(date::year_month_day(day_of(at)).year());
    }

    std::shared_ptr<const WorkCalendar> with_own(std::span<const Holiday> days) const override
    {
        Spec spec = spec_;
        std::erase_if(spec.holidays, [](const Holiday& day) { return day.own; });
        for (Holiday day : days) {
            day.own = true;
            spec.holidays.push_back(std::move(day));
        }
        return std::make_shared<Calendar>(std::move(spec), zone_name_);
    }

private:
    using SysNs = date::sys_time<std::chrono::nanoseconds>;

    date::local_days day_of(base::Time at) const
    {
        return date::floor<date::days>(zone_->to_local(SysNs(std::chrono::nanoseconds(at.ns))));
    }

    /// A wall time that a change of clocks skips or repeats is its earliest instant.
    base::Time at(date::local_days day, int minutes) const
    {
        const auto local =
            date::local_time<std::chrono::minutes>(day) + std::chrono::minutes(minutes);
        const auto sys = zone_->to_sys(local, date::choose::earliest);
        return base::Time::from_seconds(
            std::chrono::duration_cast<std::chrono::seconds>(sys.time_since_epoch()).count());
    }

    std::span<const Shift> shifts_of(date::local_days day) const
    {
        const date::year_month_day date(day);
        const int month = static_cast<int>(static_cast<unsigned>(date.month()));
        const int of_month = static_cast<int>(static_cast<unsigned>(date.day()));
        const int year = static_cast<int>(date.year());
        const bool off = std::ranges::any_of(spec_.holidays, [&](const Holiday& holiday) {
            return holiday.date.month == month && holiday.date.day == of_month &&
                   (holiday.date.year == 0 || holiday.date.year == year);
        });
        const unsigned weekday = date::weekday(day).iso_encoding() - 1;
        return off ? std::span<const Shift>() : std::span<const Shift>(spec_.week[weekday]);
    }

    Spec spec_;
    std::string zone_name_;
    const date::time_zone* zone_;
    std::int64_t working_day_ = 0;
};

} // namespace

std::optional<Date> parse_date(std::string_view text)
{
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const auto year = read_number(text.substr(0, 4));
    const auto month = read_number(text.substr(5, 2));
    const auto day = read_number(text.substr(8, 2));
    if (!year || !month || !day) {
        return std::nullopt;
    }
    const auto date = date::year(*year) / date::month(static_cast<unsigned>(*month)) /
                      date::day(static_cast<unsigned>(*day));
    return date.ok() ? std::optional(Date{*year, *month, *day}) : std::nullopt;
}

std::string format_date(const Date& date)
{
    return date.year == 0 ? fmt::format("{:02}-{:02}", date.month, date.day)
                          : fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::shared_ptr<const WorkCalendar> load_calendar(std::span<const ContentFile> files,
                                                  std::string_view zone,
                                                  std::vector<Diagnostic>& diagnostics)
{
    std::vector<Spec> specs;
    for (const ContentFile& file : files) {
        if (auto spec = CalendarReader(file, diagnostics).read()) {
            detail::keep_last_of_each_id(specs, *spec);
        }
    }
    if (specs.empty()) {
        diagnostics.push_back({.file = "holidays",
                               .line = 1,
                               .column = 1,
                               .message = "there is no calendar: working time is not known",
                               .hint = "put a file into content/holidays"});
        return nullptr;
    }
    for (const Spec& spec : specs) {
        if (std::ranges::find(spec.zones, zone) != spec.zones.end()) {
            return std::make_shared<Calendar>(spec, std::string(zone));
        }
    }
    std::string first_zone = specs.front().zones.front();
    return std::make_shared<Calendar>(std::move(specs.front()), std::move(first_zone));
}

} // namespace tanggap::casework
