#include "count/period.h"

#include <charconv>
#include <fmt/format.h>
#include <optional>

#include "base/text.h"
#include "model/dates.h"

namespace tanggap::count {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr int kYearMin = 1970;
constexpr int kYearMax = 2200;

struct Date {
    int year = 0;
    int month = 1;
    int day = 1;
};

std::optional<int> number(std::string_view text, std::size_t digits)
{
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && text.size() == digits && text.front() != '-' ? std::optional(value)
                                                                 : std::nullopt;
}

/// "2026", "2026-10" or "2026-10-05"; `parts` says how many were there.
std::optional<Date> read_date(std::string_view text, int& parts)
{
    constexpr std::size_t kYear = 4;
    constexpr std::size_t kMonth = 7;
    constexpr std::size_t kDay = 10;
    if (text.size() != kYear && text.size() != kMonth && text.size() != kDay) {
        return std::nullopt;
    }
    const auto year = number(text.substr(0, 4), 4);
    const auto month = text.size() >= kMonth ? number(text.substr(5, 2), 2) : std::optional(1);
    const auto day = text.size() == kDay ? number(text.substr(8, 2), 2) : std::optional(1);
    const bool joined =
        (text.size() < kMonth || text[4] == '-') && (text.size() < kDay || text[7] == '-');
    if (!year || !month || !day || !joined || *year < kYearMin || *year > kYearMax) {
        return std::nullopt;
    }
    parts = text.size() == kYear ? 1 : text.size() == kMonth ? 2 : 3;
    return Date{*year, *month, *day};
}

base::Result<base::Time> local_midnight(const Date& date, std::string_view zone)
{
    TRY(const base::Time utc, base::time_from_civil({date.year, date.month, date.day}));
    return utc - base::Duration(model::zone_offset(zone));
}

base::Result<base::Time> after(const Date& date, int parts, std::string_view zone)
{
    if (parts == 1) {
        return local_midnight({date.year + 1, 1, 1}, zone);
    }
    if (parts == 2) {
        return local_midnight(date.month == 12 ? Date{date.year + 1, 1, 1}
                                               : Date{date.year, date.month + 1, 1},
                              zone);
    }
    TRY(const base::Time begin, local_midnight(date, zone));
    return begin + base::Duration(std::chrono::hours(24));
}

std::unexpected<base::Error> no_period(std::string_view text)
{
    return base::invalid(base::quoted(text) + " is no period; write 2026, 2026-10, 2026-10-05 or "
                                              "2026-10-05..2026-10-18");
}

} // namespace

std::size_t Period::days() const
{
    return static_cast<std::size_t>((to.seconds() - from.seconds()) / kDaySeconds);
}

base::Time Period::day_begin(std::size_t day) const
{
    return from + base::Duration(std::chrono::hours(24 * static_cast<std::int64_t>(day)));
}

std::string Period::date_of(std::size_t day) const
{
    const auto civil =
        base::civil_from_time(day_begin(day) + base::Duration(model::zone_offset(zone)));
    return fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
}

base::Result<Period> parse_period(std::string_view text, std::string_view zone)
{
    const std::size_t dots = text.find("..");
    const std::string_view first = text.substr(0, dots);
    const std::string_view last = dots == text.npos ? first : text.substr(dots + 2);
    int first_parts = 0;
    int last_parts = 0;
    const auto from = read_date(first, first_parts);
    const auto to = read_date(last, last_parts);
    if (!from || !to || (dots != text.npos && (first_parts != 3 || last_parts != 3))) {
        return no_period(text);
    }
    Period period{.name = std::string(text), .zone = std::string(zone)};
    TRY(period.from, local_midnight(*from, zone));
    TRY(period.to, after(*to, last_parts, zone));
    if (period.to <= period.from) {
        return base::invalid(base::quoted(text) + " ends before it begins");
    }
    if (period.days() > kPeriodDaysMax) {
        return base::invalid(fmt::format("{} has {} days, a period has at most {}",
                                         base::quoted(text), period.days(), kPeriodDaysMax));
    }
    return period;
}

Period month_of(base::Time now, std::string_view zone)
{
    const auto civil = base::civil_from_time(now + base::Duration(model::zone_offset(zone)));
    return *parse_period(fmt::format("{:04}-{:02}", civil.year, civil.month), zone);
}

std::string title_of(const Period& period, model::Language language)
{
    const std::string first = model::format_date(period.from, period.zone, language);
    if (period.name.size() == 4) {
        return period.name;
    }
    if (period.name.size() == 7) {
        return first.substr(first.find(' ') + 1); // without the 1 of its first day
    }
    const std::string last =
        model::format_date(period.day_begin(period.days() - 1), period.zone, language);
    return first == last ? first : first + " – " + last;
}

} // namespace tanggap::count
