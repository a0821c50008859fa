#include "detect/detail/value_match.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace tanggap::detect {
namespace {

/// ISO 8601 week of the day.
int iso_week(base::Time day)
{
    constexpr std::int64_t kWeek = 7;
    // 1970-01-01 was a Thursday; the week belongs to the year of its Thursday.
    const auto weekday = ((day.day() + 3) % kWeek + kWeek) % kWeek;
    const auto thursday = day.day() - weekday + 3;
    const auto civil = base::civil_from_time(base::Time::from_seconds(thursday * 86'400));
    const auto first = base::time_from_civil({.year = civil.year, .month = 1, .day = 1});
    return first ? static_cast<int>((thursday - first->day()) / kWeek) + 1 : 0;
}

/// A time as it is written: its zone is not looked at, its seconds may be missing.
/// Source: Sigma 2.1.0 time modifiers, "not designed to handle timezone or format conversions".
std::optional<base::Time> written_time(std::string_view text)
{
    // Date and time of day stand in fixed places; what follows them decides nothing.
    constexpr std::size_t kDate = 10;
    constexpr std::size_t kMinute = 16;
    std::string whole(text.substr(0, kMinute));
    if (text.size() == kDate) {
        whole += "T00:00";
    }
    if (text.size() > kMinute && text[kMinute] >= '0' && text[kMinute] <= '9') {
        return std::nullopt;
    }
    const auto time = base::parse_rfc3339(whole + ":00Z");
    return time ? std::optional(*time) : std::nullopt;
}

std::optional<Number> part_of(std::string_view text, TimePart part)
{
    const auto time = written_time(text);
    if (!time) {
        return std::nullopt;
    }
    const auto civil = base::civil_from_time(*time);
    const auto whole = [](int n) {
        return Number{.integral = true, .integer = n, .real = static_cast<double>(n)};
    };
    switch (part) {
    case TimePart::Minute:
        return whole(civil.minute);
    case TimePart::Hour:
        return whole(civil.hour);
    case TimePart::Day:
        return whole(civil.day);
    case TimePart::Week:
        return whole(iso_week(*time));
    case TimePart::Month:
        return whole(civil.month);
    case TimePart::Year:
        return whole(civil.year);
    case TimePart::None:
        break;
    }
    return std::nullopt;
}

bool holds(Comparison comparison, std::strong_ordering order)
{
    switch (comparison) {
    case Comparison::Less:
        return order < 0;
    case Comparison::LessEqual:
        return order <= 0;
    case Comparison::Greater:
        return order > 0;
    case Comparison::GreaterEqual:
        return order >= 0;
    case Comparison::Equal:
        return order == 0;
    }
    return false;
}

bool text_matches(const Test& test, const model::Value& value)
{
    if (test.pattern.matches(value.text)) {
        return true;
    }
    return test.number && value.kind == model::Value::Kind::Float &&
           test.pattern.matches(canonical_number(value.real));
}

} // namespace

std::string canonical_number(double value)
{
    std::array<char, 64> buffer{};
    const auto [end, fault] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return fault == std::errc{} ? std::string(buffer.data(), end) : std::string{};
}

std::optional<Number> number_of(const model::Value& value)
{
    using Kind = model::Value::Kind;
    if (value.kind == Kind::Integer) {
        return Number{
            .integral = true, .integer = value.integer, .real = static_cast<double>(value.integer)};
    }
    if (value.kind == Kind::Float) {
        return Number{.integral = false, .integer = 0, .real = value.real};
    }
    if (value.kind != Kind::String) {
        return std::nullopt;
    }
    const auto* begin = value.text.data();
    const auto* end = begin + value.text.size();
    Number number;
    if (const auto read = std::from_chars(begin, end, number.integer);
        read.ec == std::errc{} && read.ptr == end) {
        number.real = static_cast<double>(number.integer);
        return number;
    }
    number.integral = false;
    const auto read = std::from_chars(begin, end, number.real);
    const bool whole = read.ec == std::errc{} && read.ptr == end && std::isfinite(number.real);
    return whole ? std::optional(number) : std::nullopt;
}

std::strong_ordering compare(const Number& a, const Number& b)
{
    if (a.integral && b.integral) {
        return a.integer <=> b.integer;
    }
    return a.real < b.real   ? std::strong_ordering::less
           : a.real > b.real ? std::strong_ordering::greater
                             : std::strong_ordering::equal;
}

bool value_matches(const Test& test, const model::Value& value)
{
    using Op = Test::Op;
    if (value.kind == model::Value::Kind::Null) {
        return false;
    }
    switch (test.op) {
    case Op::Text:
        return text_matches(test, value);
    case Op::Regex:
        return test.regex->matches(value.text);
    case Op::Network: {
        const auto address = parse_address(value.text);
        return address && test.network.contains(*address);
    }
    case Op::Compare: {
        const auto number =
            test.part == TimePart::None ? number_of(value) : part_of(value.text, test.part);
        return number && holds(test.comparison, compare(*number, test.bound));
    }
    case Op::Exists:
    case Op::Null:
    case Op::Reference:
        break;
    }
    return false;
}

bool reference_matches(const Test& test, const model::Value& value, const model::Value& other)
{
    if (value.kind == model::Value::Kind::Null || other.kind == model::Value::Kind::Null) {
        return false;
    }
    const auto lowered = [&](std::string_view text) {
        return test.casing == Casing::Kept ? std::string(text) : base::to_lower_ascii(text);
    };
    const auto left = lowered(value.text);
    const auto right = lowered(other.text);
    switch (test.reference_shape) {
    case Pattern::Shape::Prefix:
        return left.starts_with(right);
    case Pattern::Shape::Suffix:
        return left.ends_with(right);
    case Pattern::Shape::Contains:
        return left.contains(right);
    case Pattern::Shape::Equals:
    case Pattern::Shape::Glob:
    case Pattern::Shape::Everything:
        break;
    }
    return left == right;
}

bool original_is_text(std::string_view original)
{
    const auto first = original.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
        return !original.empty();
    }
    return original[first] != '{' && original[first] != '[' && original[first] != '<';
}

} // namespace tanggap::detect
