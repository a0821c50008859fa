#include "codec/canonical_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/limits.h"
#include "base/text.h"

namespace tanggap::codec {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kExactIntegerMax = (std::int64_t{1} << 53) - 1;

/// Digits and decimal exponent of the shortest text that reads back as `value` (positive, finite).
struct Shortest {
    std::string digits;
    int point = 0; ///< the decimal point stands behind this many digits
};

Shortest shortest_of(double value)
{
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::scientific)
                         .ptr;
    const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    const std::size_t e = text.find('e');
    Shortest shortest;
    std::ranges::copy_if(text.substr(0, e), std::back_inserter(shortest.digits),
                         [](char c) { return c != '.'; });
    const std::string_view exponent = text.substr(e + (text[e + 1] == '+' ? 2 : 1));
    std::from_chars(exponent.data(), exponent.data() + exponent.size(), shortest.point);
    ++shortest.point;
    return shortest;
}

/// Source: ECMA-262 §6.1.6.1.20, Number::toString, which RFC 8785 §3.2.2.3 takes over.
std::string number_text(double value)
{
    if (value == 0) {
        return "0";
    }
    const auto [digits, point] = shortest_of(std::abs(value));
    const int count = static_cast<int>(digits.size());
    std::string text = value < 0 ? "-" : "";
    if (count <= point && point <= 21) {
        return text + digits + std::string(static_cast<std::size_t>(point - count), '0');
    }
    if (0 < point && point <= 21) {
        const auto at = static_cast<std::size_t>(point);
        return text + digits.substr(0, at) + "." + digits.substr(at);
    }
    if (-6 < point && point <= 0) {
        return text + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
    }
    text += digits.substr(0, 1);
    if (count > 1) {
        text += "." + digits.substr(1);
    }
    return text + (point > 0 ? "e+" : "e-") + std::to_string(std::abs(point - 1));
}

/// UTF-16 order differs from byte order only where one side is beyond the basic plane.
bool before_in_utf16(std::string_view a, std::string_view b)
{
    const auto [left, right] = std::ranges::mismatch(a, b);
    if (left == a.end() || right == b.end()) {
        return left == a.end() && right != b.end();
    }
    const auto l = static_cast<unsigned char>(*left);
    const auto r = static_cast<unsigned char>(*right);
    constexpr unsigned char kFourBytes = 0xF0;       // a surrogate pair, D800…DFFF
    constexpr unsigned char kAfterSurrogates = 0xEE; // U+E000…U+FFFF
    if (l >= kFourBytes && r >= kAfterSurrogates && r < kFourBytes) {
        return true;
    }
    if (r >= kFourBytes && l >= kAfterSurrogates && l < kFourBytes) {
        return false;
    }
    return l < r;
}

class Writer {
public:
    base::Status write(const Json& value)
    {
        switch (value.type()) {
        case Json::value_t::object:
            return write_object(value);
        case Json::value_t::array:
            return write_array(value);
        case Json::value_t::number_float:
            out += number_text(value.get<double>());
            return {};
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned:
            return write_integer(value);
        default:
            out += value.dump();
            return {};
        }
    }

    std::string out;

private:
    base::Status write_integer(const Json& value)
    {
        const bool large =
            value.is_number_unsigned()
                ? value.get<std::uint64_t>() > static_cast<std::uint64_t>(kExactIntegerMax)
                : value.get<std::int64_t>() < -kExactIntegerMax;
        if (large) {
            return base::invalid("the number " + value.dump() +
                                 " is beyond 2^53 - 1; write it as text");
        }
        out += value.dump();
        return {};
    }

    base::Status write_array(const Json& array)
    {
        out += '[';
        for (std::size_t i = 0; i < array.size(); ++i) {
            out += i == 0 ? "" : ",";
            TRY_STATUS(write(array[i]));
        }
        out += ']';
        return {};
    }

    base::Status write_object(const Json& object)
    {
        std::vector<Json::const_iterator> members;
        for (auto member = object.begin(); member != object.end(); ++member) {
            members.push_back(member);
        }
        std::ranges::sort(members, before_in_utf16, [](const auto& m) { return m.key(); });
        out += '{';
        for (std::size_t i = 0; i < members.size(); ++i) {
            out += i == 0 ? "" : ",";
            out += Json(members[i].key()).dump() + ":";
            TRY_STATUS(write(members[i].value()));
        }
        out += '}';
        return {};
    }
};

/// Notes a member named twice.
class TwiceWatch {
public:
    bool operator()(int /*depth*/, Json::parse_event_t event, Json& parsed)
    {
        if (event == Json::parse_event_t::object_start) {
            names_.emplace_back();
        } else if (event == Json::parse_event_t::object_end) {
            names_.pop_back();
        } else if (event == Json::parse_event_t::key) {
            const auto& name = parsed.get_ref<const std::string&>();
            if (!names_.back().insert(name).second) {
                twice = name;
            }
        }
        return true;
    }

    std::optional<std::string> twice;

private:
    std::vector<std::set<std::string>> names_;
};

/// Looked at before parsing: values are destroyed level by level.
bool too_deep(std::string_view json)
{
    std::size_t depth = 0;
    bool in_text = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (in_text) {
            i += c == '\\' ? 1 : 0;
            in_text = c != '"';
        } else if (c == '"') {
            in_text = true;
        } else if (c == '{' || c == '[') {
            if (++depth > base::limits::kNestingMax) {
                return true;
            }
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return false;
}

} // namespace

base::Result<std::string> canonical_json(std::string_view json)
{
    if (too_deep(json)) {
        return base::invalid("the JSON is nested deeper than " +
                             std::to_string(base::limits::kNestingMax) + " levels");
    }
    TwiceWatch watch;
    const Json value = Json::parse(
        json,
        [&](int depth, Json::parse_event_t event, Json& parsed) {
            return watch(depth, event, parsed);
        },
        false);
    if (value.is_discarded()) {
        return base::invalid("this is no JSON: " + base::quoted(json));
    }
    if (watch.twice) {
        return base::invalid("the member " + base::quoted(*watch.twice) + " is there twice");
    }
    Writer writer;
    TRY_STATUS(writer.write(value));
    return std::move(writer.out);
}

} // namespace tanggap::codec
