// Times as people write them in queries and time pickers.
#include "query/query.h"

#include <array>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace tanggap::query {
namespace {

using base::Duration;
using base::Result;
using base::Time;

constexpr std::int64_t kSecond = 1'000'000'000;
/// Relative times beyond a century are typing errors, and would leave Time's range.
constexpr std::int64_t kRelativeMax = 100LL * 366 * 86400;

struct Unit {
    char letter;
    std::int64_t seconds;
};
constexpr std::array<Unit, 5> kUnits{
    {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 7 * 86400}}};

std::optional<std::int64_t> unit_seconds(std::string_view letter)
{
    for (const Unit& unit : kUnits) {
        if (letter.size() == 1 && letter.front() == unit.letter) {
            return unit.seconds;
        }
    }
    return std::nullopt;
}

std::unexpected<base::Error> not_a_time(std::string_view text)
{
    return base::invalid(base::quoted(text, 40) +
                         " is not a time; write now-24h, -7d@d, 2026-10-03 or "
                         "2026-10-03T07:05:09+07:00");
}

/// Takes "-24h" or "+5m" from the front. Units: seconds.
Result<std::int64_t> take_offset(std::string_view& rest, std::string_view whole)
{
    const bool back = rest.front() == '-';
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), count);
    const auto used = static_cast<std::size_t>(end - rest.data());
    if (error != std::errc{} || count < 0 || used >= rest.size()) {
        return not_a_time(whole);
    }
    const auto unit = unit_seconds(rest.substr(used, 1));
    if (!unit || count > kRelativeMax / *unit) {
        return not_a_time(whole);
    }
    rest.remove_prefix(used + 1);
    return (back ? -count : count) * *unit;
}

/// Start of the unit that holds `time` in the zone; weeks start on Monday (1970-01-05 was one).
Time snap(Time time, std::int64_t unit, int zone_minutes)
{
    const std::int64_t shift = zone_minutes * 60LL - (unit == 7 * 86400 ? 4 * 86400 : 0);
    const std::int64_t local = time.seconds() + shift;
    const std::int64_t into = ((local % unit) + unit) % unit;
    return Time::from_seconds(local - into - shift);
}

/// [now](-|+)N(s|m|h|d|w)[@unit]
Result<TimeSpan> relative_span(std::string_view text, Time now, int zone_minutes)
{
    std::string_view rest = text;
    if (rest.starts_with("now")) {
        rest.remove_prefix(3);
    }
    Time at = now;
    if (!rest.empty() && rest.front() != '@') {
        TRY(const std::int64_t offset, take_offset(rest, text));
        at = at + std::chrono::seconds(offset);
    }
    if (rest.empty()) {
        return TimeSpan{at, at + Duration{1}};
    }
    const auto unit = unit_seconds(rest.substr(1));
    if (rest.front() != '@' || !unit) {
        return not_a_time(text);
    }
    const Time start = snap(at, *unit, zone_minutes);
    return TimeSpan{start, start + std::chrono::seconds(*unit)};
}

struct Date {
    int year = 0;
    int month = 0;
    int day = 0;
};

/// Reads numbers divided by `mark`: {2026, 10, 3}. Empty: not of that shape.
std::optional<std::array<int, 3>> three_numbers(std::string_view text, char mark)
{
    std::array<int, 3> numbers{};
    for (std::size_t i = 0; i < 3; ++i) {
        const std::size_t end = i < 2 ? text.find(mark) : text.size();
        if (end == std::string_view::npos || end == 0 || end > 4) {
            return std::nullopt;
        }
        const auto [stop, error] = std::from_chars(text.data(), text.data() + end, numbers[i]);
        if (error != std::errc{} || stop != text.data() + end || numbers[i] < 0) {
            return std::nullopt;
        }
        text.remove_prefix(i < 2 ? end + 1 : end);
    }
    return numbers;
}

/// "2026-10-03", or "3/10/2026" with the day first as Indonesia writes it.
std::optional<Date> date_of(std::string_view text)
{
    if (const auto iso = three_numbers(text, '-'); iso && text.find('-') == 4) {
        return Date{(*iso)[0], (*iso)[1], (*iso)[2]};
    }
    if (const auto local = three_numbers(text, '/'); local && text.size() - text.rfind('/') == 5) {
        return Date{(*local)[2], (*local)[1], (*local)[0]};
    }
    return std::nullopt;
}

bool has_zone(std::string_view clock)
{
    return clock.find_first_of("Zz+-") != std::string_view::npos;
}

/// A date and a clock; the zone applies where the text has none of its own.
Result<TimeSpan> clock_span(std::string_view text, int zone_minutes)
{
    std::string whole(text);
    const std::size_t mark = text.find_first_of("Tt ");
    if (mark == std::string_view::npos) {
        return not_a_time(text);
    }
    std::string_view clock = text.substr(mark + 1);
    std::int64_t length = kSecond;
    if (clock.size() == 5) { // 07:05
        whole += ":00";
        length *= 60;
    } else if (clock.find_first_of(".,") != std::string_view::npos) {
        length = 1000;
    }
    auto time = base::parse_rfc3339(whole);
    if (!time) {
        return not_a_time(text);
    }
    const Time begin = has_zone(clock) ? *time : *time - std::chrono::minutes(zone_minutes);
    return TimeSpan{begin, begin + Duration{length}};
}

} // namespace

Result<TimeSpan> parse_time_span(std::string_view text, Time now, int zone_minutes)
{
    text = base::trim(text);
    if (text.empty()) {
        return not_a_time(text);
    }
    if (text.starts_with("now") || text.front() == '-' || text.front() == '+' ||
        text.front() == '@') {
        return relative_span(text, now, zone_minutes);
    }
    if (const auto date = date_of(text)) {
        const auto midnight =
            base::time_from_civil({.year = date->year, .month = date->month, .day = date->day});
        if (!midnight) {
            return not_a_time(text);
        }
        const Time begin = *midnight - std::chrono::minutes(zone_minutes);
        return TimeSpan{begin, begin + std::chrono::hours(24)};
    }
    return clock_span(text, zone_minutes);
}

Result<Time> parse_time(std::string_view text, Time now, int zone_minutes)
{
    TRY(const TimeSpan span, parse_time_span(text, now, zone_minutes));
    return span.begin;
}

} // namespace tanggap::query
