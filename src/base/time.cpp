#include "base/time.h"

#include <array>
#include <ctime>

namespace tanggap::base {
namespace {

// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
constexpr std::int64_t days_from_civil(std::int64_t year, int month, int day)
{
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const auto year_of_era = year - era * 400;
    const auto day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const auto day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

constexpr bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

constexpr int days_in_month(int year, int month)
{
    constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

class SystemClock final : public Clock {
public:
    Time now() const override
    {
        timespec spec{};
        clock_gettime(CLOCK_REALTIME, &spec);
        return {spec.tv_sec * 1'000'000'000 + spec.tv_nsec};
    }
};

/// Takes exactly `digits` decimal digits; false (text unchanged) when they are not there.
bool take_digits(std::string_view& text, std::size_t digits, int& value)
{
    if (text.size() < digits) {
        return false;
    }
    int result = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const char c = text[i];
        if (c < '0' || c > '9') {
            return false;
        }
        result = result * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    value = result;
    return true;
}

bool take_char(std::string_view& text, char wanted)
{
    if (text.empty() || text.front() != wanted) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

bool take_fraction(std::string_view& text, int& nanosecond)
{
    int digits = 0;
    int value = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        if (digits < 9) {
            value = value * 10 + (text.front() - '0');
            ++digits;
        }
        text.remove_prefix(1);
    }
    for (int i = digits; i < 9; ++i) {
        value *= 10;
    }
    nanosecond = value;
    return digits > 0;
}

/// Takes "", "Z", "+07", "+0700" or "+07:00". Units: seconds east of UTC.
bool take_offset(std::string_view& text, int& offset_s)
{
    offset_s = 0;
    if (text.empty() || take_char(text, 'Z') || take_char(text, 'z')) {
        return true;
    }
    const bool negative = text.front() == '-';
    if (!take_char(text, '+') && !take_char(text, '-')) {
        return false;
    }
    int hours = 0;
    int minutes = 0;
    if (!take_digits(text, 2, hours)) {
        return false;
    }
    const bool colon = take_char(text, ':');
    if (!take_digits(text, 2, minutes) && colon) {
        return false;
    }
    if (hours > 23 || minutes > 59) {
        return false;
    }
    offset_s = (hours * 3600 + minutes * 60) * (negative ? -1 : 1);
    return true;
}

void append_padded(std::string& out, int value, int width)
{
    std::array<char, 10> digits{};
    for (int i = width - 1; i >= 0; --i) {
        digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
    out.append(digits.data(), static_cast<std::size_t>(width));
}

} // namespace

Result<Time> time_from_civil(const CivilTime& c)
{
    const bool month_ok = c.month >= 1 && c.month <= 12;
    if (c.year < 1678 || c.year > 2261 || !month_ok || c.day < 1 ||
        c.day > days_in_month(c.year, c.month) || c.hour < 0 || c.hour > 23 || c.minute < 0 ||
        c.minute > 59 || c.second < 0 || c.second > 60 || c.nanosecond < 0 ||
        c.nanosecond > 999'999'999) {
        return invalid("a date or time field is outside its range");
    }
    const std::int64_t seconds =
        days_from_civil(c.year, c.month, c.day) * 86400 + c.hour * 3600 + c.minute * 60 + c.second;
    return Time{seconds * 1'000'000'000 + c.nanosecond};
}

CivilTime civil_from_time(Time time)
{
    const std::int64_t days = time.day();
    const std::int64_t z = days + 719468;
    const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const std::int64_t day_of_era = z - era * 146097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t mp = (5 * day_of_year + 2) / 153;
    const int month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
    const std::int64_t second_of_day = time.seconds() - days * 86400;
    return {
        .year = static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
        .month = month,
        .day = static_cast<int>(day_of_year - (153 * mp + 2) / 5 + 1),
        .hour = static_cast<int>(second_of_day / 3600),
        .minute = static_cast<int>(second_of_day / 60 % 60),
        .second = static_cast<int>(second_of_day % 60),
        .nanosecond = static_cast<int>(time.ns - time.seconds() * 1'000'000'000),
    };
}

void append_rfc3339(std::string& out, Time time)
{
    const CivilTime c = civil_from_time(time);
    append_padded(out, c.year, 4);
    out += '-';
    append_padded(out, c.month, 2);
    out += '-';
    append_padded(out, c.day, 2);
    out += 'T';
    append_padded(out, c.hour, 2);
    out += ':';
    append_padded(out, c.minute, 2);
    out += ':';
    append_padded(out, c.second, 2);
    if (c.nanosecond != 0) {
        out += '.';
        if (c.nanosecond % 1'000'000 == 0) {
            append_padded(out, c.nanosecond / 1'000'000, 3);
        } else if (c.nanosecond % 1000 == 0) {
            append_padded(out, c.nanosecond / 1000, 6);
        } else {
            append_padded(out, c.nanosecond, 9);
        }
    }
    out += 'Z';
}

std::string format_rfc3339(Time time)
{
    std::string out;
    out.reserve(30);
    append_rfc3339(out, time);
    return out;
}

Result<Time> parse_rfc3339(std::string_view text)
{
    std::string_view rest = text;
    CivilTime c;
    int offset_s = 0;
    const bool date = take_digits(rest, 4, c.year) && take_char(rest, '-') &&
                      take_digits(rest, 2, c.month) && take_char(rest, '-') &&
                      take_digits(rest, 2, c.day);
    const bool separator =
        date && (take_char(rest, 'T') || take_char(rest, 't') || take_char(rest, ' '));
    const bool clock = separator && take_digits(rest, 2, c.hour) && take_char(rest, ':') &&
                       take_digits(rest, 2, c.minute) && take_char(rest, ':') &&
                       take_digits(rest, 2, c.second);
    const bool fraction = clock && (!(take_char(rest, '.') || take_char(rest, ',')) ||
                                    take_fraction(rest, c.nanosecond));
    if (fraction && !rest.empty() && rest.front() == ' ') {
        rest.remove_prefix(1);
    }
    if (!fraction || !take_offset(rest, offset_s) || !rest.empty()) {
        return invalid("'" + std::string(text.substr(0, 40)) +
                       "' is not a time such as 2026-10-03T07:05:09.123+07:00");
    }
    TRY(const Time utc, time_from_civil(c));
    return utc - std::chrono::seconds(offset_s);
}

const Clock& system_clock()
{
    static const SystemClock clock;
    return clock;
}

} // namespace tanggap::base
