#include "normalize/detail/timestamp.h"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/limits.h"
#include "base/text.h"

namespace tanggap::normalize::detail {
namespace {

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// Takes up to `most` digits, at least one.
bool take_number(std::string_view& text, std::size_t most, int& value)
{
    std::size_t count = 0;
    int result = 0;
    while (count < most && count < text.size() && is_digit(text[count])) {
        result = result * 10 + (text[count] - '0');
        ++count;
    }
    text.remove_prefix(count);
    value = result;
    return count > 0;
}

bool take_char(std::string_view& text, char wanted)
{
    if (text.empty() || text.front() != wanted) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

void take_fraction(std::string_view& text, int& nanosecond)
{
    if (text.size() < 2 || (text[0] != '.' && text[0] != ',') || !is_digit(text[1])) {
        return;
    }
    text.remove_prefix(1);
    int value = 0;
    int digits = 0;
    for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1)) {
        if (digits < 9) {
            value = value * 10 + (text.front() - '0');
            ++digits;
        }
    }
    for (; digits < 9; ++digits) {
        value *= 10;
    }
    nanosecond = value;
}

/// "Z", "+07", "+0700" or "+07:00".
bool take_offset(std::string_view& text, std::optional<int>& offset_s)
{
    if (take_char(text, 'Z') || take_char(text, 'z')) {
        offset_s = 0;
        return true;
    }
    const bool negative = text.starts_with('-');
    int hours = 0;
    int minutes = 0;
    if ((!take_char(text, '-') && !take_char(text, '+')) || !take_number(text, 2, hours)) {
        return false;
    }
    if (text.size() >= 3 && text[0] == ':' && is_digit(text[1])) {
        text.remove_prefix(1);
    }
    if (!text.empty() && is_digit(text.front()) && !take_number(text, 2, minutes)) {
        return false;
    }
    offset_s = (hours * 3600 + minutes * 60) * (negative ? -1 : 1);
    return hours <= 23 && minutes <= 59;
}

constexpr std::uint32_t letters(const char* three)
{
    std::uint32_t out = 0;
    for (int i = 0; i < 3; ++i) {
        // Only letters become lower-case letters this way.
        out = out << 8 | (static_cast<unsigned char>(three[i]) | 0x20U);
    }
    return out;
}

/// English month names, and the Indonesian ones where they differ; 0 for others.
int month_of(const char* three)
{
    switch (letters(three)) {
    case letters("jan"):
        return 1;
    case letters("feb"):
        return 2;
    case letters("mar"):
        return 3;
    case letters("apr"):
        return 4;
    case letters("may"):
    case letters("mei"):
        return 5;
    case letters("jun"):
        return 6;
    case letters("jul"):
        return 7;
    case letters("aug"):
    case letters("agu"):
        return 8;
    case letters("sep"):
        return 9;
    case letters("oct"):
    case letters("okt"):
        return 10;
    case letters("nov"):
        return 11;
    case letters("dec"):
    case letters("des"):
        return 12;
    default:
        return 0;
    }
}

bool take_month(std::string_view& text, int& month)
{
    const int found = text.size() >= 3 ? month_of(text.data()) : 0;
    if (found == 0) {
        return false;
    }
    text.remove_prefix(3);
    month = found;
    return true;
}

/// The number that two digits write; negative where they are none.
int two_digits(const char* at)
{
    return is_digit(at[0]) && is_digit(at[1]) ? (at[0] - '0') * 10 + (at[1] - '0') : -1;
}

/// "07:05:09"
bool read_clock(const char* at, base::CivilTime& out)
{
    out.hour = two_digits(at);
    out.minute = two_digits(at + 3);
    out.second = two_digits(at + 6);
    return at[2] == ':' && at[5] == ':' && (out.hour | out.minute | out.second) >= 0;
}

bool take_letters(std::string_view& text)
{
    std::size_t count = 0;
    while (count < text.size() && std::isalpha(static_cast<unsigned char>(text[count])) != 0) {
        ++count;
    }
    text.remove_prefix(count);
    return count > 0;
}

void skip_spaces(std::string_view& text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
}

bool take_half_of_day(std::string_view& text, int& hour)
{
    if (text.size() < 2 || (text[1] != 'M' && text[1] != 'm')) {
        return false;
    }
    const bool afternoon = text[0] == 'P' || text[0] == 'p';
    hour = hour % 12 + (afternoon ? 12 : 0);
    text.remove_prefix(2);
    return true;
}

/// Reads one %-directive.
bool take_directive(char directive, std::string_view& text, WrittenTime& out)
{
    base::CivilTime& c = out.civil;
    switch (directive) {
    case 'Y':
        out.has_year = take_number(text, 4, c.year);
        return out.has_year;
    case 'y':
        out.has_year = take_number(text, 2, c.year);
        c.year += c.year < 70 ? 2000 : 1900;
        return out.has_year;
    case 'm':
        return take_number(text, 2, c.month);
    case 'b':
        return take_month(text, c.month);
    case 'a':
    case 'Z':
        return take_letters(text);
    case 'd':
    case 'e':
        skip_spaces(text);
        return take_number(text, 2, c.day);
    case 'H':
    case 'I':
        return take_number(text, 2, c.hour);
    case 'M':
        return take_number(text, 2, c.minute);
    case 'S': {
        const bool read = take_number(text, 2, c.second);
        take_fraction(text, c.nanosecond);
        return read;
    }
    case 'p':
        return take_half_of_day(text, c.hour);
    case 'z':
        return take_offset(text, out.offset_s);
    case '%':
        return take_char(text, '%');
    default:
        return false;
    }
}

std::size_t read_pattern(std::string_view pattern, std::string_view text, WrittenTime& out)
{
    std::string_view rest = text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '%' && i + 1 < pattern.size()) {
            if (!take_directive(pattern[++i], rest, out)) {
                return 0;
            }
        } else if (pattern[i] == ' ') {
            if (!rest.starts_with(' ')) {
                return 0;
            }
            skip_spaces(rest);
        } else if (!take_char(rest, pattern[i])) {
            return 0;
        }
    }
    return text.size() - rest.size();
}

/// "2026-10-03T07:05:09.123456" with every digit, as nearly all are; 0 where it is not.
std::size_t read_iso_in_full(std::string_view text, WrittenTime& out)
{
    constexpr std::size_t kLength = 19;
    if (text.size() < kLength || text[4] != '-' || text[7] != '-' ||
        (text[10] != 'T' && text[10] != ' ')) {
        return 0;
    }
    const char* const at = text.data();
    base::CivilTime& c = out.civil;
    const int century = two_digits(at);
    const int year = two_digits(at + 2);
    c.month = two_digits(at + 5);
    c.day = two_digits(at + 8);
    if (!read_clock(at + 11, c) || (century | year | c.month | c.day) < 0) {
        return 0;
    }
    c.year = century * 100 + year;
    out.has_year = true;
    std::string_view rest = text.substr(kLength);
    take_fraction(rest, c.nanosecond);
    return text.size() - rest.size();
}

std::size_t read_iso(std::string_view text, WrittenTime& out)
{
    std::size_t length = read_iso_in_full(text, out);
    if (length == 0) {
        out = {};
        length = read_pattern("%Y-%m-%dT%H:%M:%S", text, out);
    }
    if (length == 0) {
        length = read_pattern("%Y-%m-%d %H:%M:%S", text, out);
    }
    if (length == 0) {
        return 0;
    }
    std::string_view rest = text.substr(length);
    if (rest.starts_with(' ') && rest.size() > 1 && (rest[1] == '+' || rest[1] == '-')) {
        rest.remove_prefix(1);
    }
    if (rest.starts_with(" UTC") || rest.starts_with(" GMT")) {
        rest.remove_prefix(4);
        out.offset_s = 0;
    } else if (std::string_view offset = rest; take_offset(offset, out.offset_s)) {
        rest = offset;
    }
    return text.size() - rest.size();
}

/// "03/Oct/2026:07:05:09 +0700" with every digit; false where it is not.
bool read_clf_in_full(const char* at, WrittenTime& out)
{
    base::CivilTime& c = out.civil;
    const int century = two_digits(at + 7);
    const int year = two_digits(at + 9);
    const int hours = two_digits(at + 22);
    const int minutes = two_digits(at + 24);
    c.day = two_digits(at);
    c.month = month_of(at + 3);
    const bool read = read_clock(at + 12, c) && (century | year | hours | minutes | c.day) >= 0 &&
                      c.month != 0 && at[20] == ' ' && (at[21] == '+' || at[21] == '-') &&
                      hours <= 23 && minutes <= 59;
    c.year = century * 100 + year;
    out.has_year = true;
    out.offset_s = (hours * 3600 + minutes * 60) * (at[21] == '-' ? -1 : 1);
    return read;
}

/// Every line of an access log has one.
std::size_t read_clf(std::string_view t, WrittenTime& out)
{
    constexpr std::size_t kLength = 26;
    if (t.size() < kLength || t[2] != '/' || t[6] != '/' || t[11] != ':') {
        return read_pattern("%d/%b/%Y:%H:%M:%S %z", t, out);
    }
    if (read_clf_in_full(t.data(), out)) {
        return kLength;
    }
    out = {};
    return read_pattern("%d/%b/%Y:%H:%M:%S %z", t.substr(0, kLength), out);
}

/// "/Date(1791011109123)/" as PowerShell 5 and .NET write a time into JSON; always milliseconds.
std::size_t read_dotnet(std::string_view text, WrittenTime& out)
{
    constexpr std::string_view kOpen = "/Date(";
    constexpr std::string_view kClose = ")/";
    const auto close = text.find(kClose);
    if (!text.starts_with(kOpen) || close == std::string_view::npos) {
        return 0;
    }
    const std::string_view digits = text.substr(kOpen.size(), close - kOpen.size());
    std::int64_t milliseconds = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), milliseconds);
    constexpr std::int64_t kMax = INT64_MAX / 1'000'000;
    if (error != std::errc{} || milliseconds < 0 || milliseconds > kMax) {
        return 0;
    }
    out.absolute = base::Time{milliseconds * 1'000'000};
    return close + kClose.size();
}

/// Seconds since 1970 with or without a fraction; larger numbers are finer units.
std::size_t read_epoch(std::string_view text, WrittenTime& out)
{
    if (text.starts_with('/')) {
        return read_dotnet(text, out);
    }
    std::string_view rest = text;
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), whole);
    if (error != std::errc{} || whole < 0) {
        return 0;
    }
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    std::int64_t unit_ns = 1'000'000'000;
    // Milliseconds from 1e11, microseconds from 1e14, nanoseconds from 1e17.
    for (std::int64_t limit = 100'000'000'000; whole >= limit && unit_ns > 1;) {
        unit_ns /= 1000;
        limit = unit_ns > 1 ? limit * 1000 : limit;
    }
    int nanosecond = 0;
    take_fraction(rest, nanosecond);
    if (whole > INT64_MAX / unit_ns - 1) {
        return 0;
    }
    out.absolute = base::Time{whole * unit_ns + (unit_ns == 1'000'000'000 ? nanosecond : 0)};
    return text.size() - rest.size();
}

} // namespace

base::Result<TimeFormat> TimeFormat::compile(std::string_view text)
{
    constexpr std::string_view kDirectives = "YymdebaHIMSpzZ%";
    TimeFormat format;
    if (text == "iso" || text == "epoch" || text == "clf") {
        format.kind_ = text == "iso" ? Kind::Iso : text == "epoch" ? Kind::Epoch : Kind::Clf;
        return format;
    }
    format.pattern_ = text == "bsd" ? "%b %e %H:%M:%S" : text;
    if (format.pattern_.find('%') == std::string::npos) {
        return base::invalid(base::quoted(text) + " is not a time format; use iso, epoch, bsd, clf "
                                                  "or directives such as %Y-%m-%d %H:%M:%S");
    }
    for (std::size_t i = 0; i < format.pattern_.size(); ++i) {
        if (format.pattern_[i] != '%') {
            continue;
        }
        ++i;
        if (i == format.pattern_.size() ||
            kDirectives.find(format.pattern_[i]) == std::string_view::npos) {
            return base::invalid("time format " + base::quoted(text) +
                                 " has an unknown directive " +
                                 base::quoted(format.pattern_.substr(i - 1, 2)) + "; known are " +
                                 std::string(kDirectives));
        }
    }
    return format;
}

std::size_t TimeFormat::read(std::string_view text, WrittenTime& out) const
{
    out = {};
    switch (kind_) {
    case Kind::Iso:
        return read_iso(text, out);
    case Kind::Epoch:
        return read_epoch(text, out);
    case Kind::Clf:
        return read_clf(text, out);
    case Kind::Pattern:
        return read_pattern(pattern_, text, out);
    }
    return 0;
}

base::Result<Zone> Zone::find(std::string_view name)
{
    Zone zone;
    if (name.empty() || name == "UTC" || name == "Z") {
        return zone;
    }
    if (name.starts_with('+') || name.starts_with('-')) {
        std::optional<int> offset_s;
        if (!take_offset(name, offset_s) || !name.empty()) {
            return base::invalid("time zone offset is not of the form +07:00");
        }
        zone.offset_s_ = *offset_s;
        return zone;
    }
    // The library has no function that looks a zone up without throwing.
    try {
        zone.rules_ = date::locate_zone(std::string(name));
    } catch (const std::exception&) {
        return base::invalid("time zone " + base::quoted(name) +
                             " is not known; use a name such as Asia/Jakarta or an offset such as "
                             "+07:00");
    }
    return zone;
}

base::Time Zone::to_utc(base::Time local) const
{
    if (rules_ == nullptr) {
        return local - std::chrono::seconds(offset_s_);
    }
    const std::int64_t local_s = local.seconds();
    if (local_s < cached_begin_s_ || local_s >= cached_end_s_) {
        const auto* rules = static_cast<const date::time_zone*>(rules_);
        const date::local_info info =
            rules->get_info(date::local_seconds(std::chrono::seconds(local_s)));
        cached_offset_s_ = static_cast<int>(info.first.offset.count());
        if (info.result != date::local_info::unique) {
            return local - std::chrono::seconds(cached_offset_s_);
        }
        // A day away from a change of the clock nothing is ambiguous.
        constexpr std::int64_t kMarginS = 86'400;
        cached_begin_s_ = info.first.begin.time_since_epoch().count() + kMarginS;
        cached_end_s_ = info.first.end.time_since_epoch().count() - kMarginS;
    }
    return local - std::chrono::seconds(cached_offset_s_);
}

std::optional<base::Time> TimeReader::with_nearest_year(const WrittenTime& written) const
{
    const int around = base::civil_from_time(reference_).year;
    std::optional<base::Time> best;
    // Back to the last leap year, for 29 February.
    for (const int year : {around, around - 1, around + 1, around - 2, around - 3, around - 4}) {
        WrittenTime candidate = written;
        candidate.civil.year = year;
        candidate.has_year = true;
        const auto time = resolve(candidate);
        const auto distance = [&](base::Time t) { return std::abs(t.ns - reference_.ns); };
        const bool later = time && *time > reference_ + base::limits::kEventFutureMax;
        if (time && !later && (!best || distance(*time) < distance(*best))) {
            best = time;
        }
    }
    return best;
}

std::optional<base::Time> TimeReader::resolve(const WrittenTime& written) const
{
    if (written.absolute) {
        return written.absolute;
    }
    if (!written.has_year) {
        return with_nearest_year(written);
    }
    const auto local = base::time_from_civil(written.civil);
    if (!local) {
        return std::nullopt;
    }
    return written.offset_s ? *local - std::chrono::seconds(*written.offset_s)
                            : zone_.to_utc(*local);
}

std::optional<base::Time> TimeReader::read(std::string_view text,
                                           const std::vector<TimeFormat>& formats)
{
    if (text == last_text_ && &formats == last_formats_) {
        return last_time_;
    }
    std::optional<base::Time> found;
    for (auto format = formats.begin(); !found && !text.empty() && format != formats.end();
         ++format) {
        WrittenTime written;
        if (format->read(text, written) == text.size()) {
            found = resolve(written);
        }
    }
    last_text_.assign(text);
    last_formats_ = &formats;
    last_time_ = found;
    return found;
}

std::optional<base::Time> TimeReader::read_front(std::string_view text,
                                                 const std::vector<TimeFormat>& formats)
{
    for (const TimeFormat& format : formats) {
        WrittenTime written;
        const std::size_t length = format.read(text, written);
        const bool ends = length == text.size() ||
                          (length > 0 && !std::isalnum(static_cast<unsigned char>(text[length])));
        if (length > 0 && ends) {
            return resolve(written);
        }
    }
    return std::nullopt;
}

} // namespace tanggap::normalize::detail
