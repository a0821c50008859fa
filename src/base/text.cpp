#include "base/text.h"

#include <algorithm>
#include <cstdint>

#include "base/id.h"

namespace tanggap::base {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

/// Length of the well-formed UTF-8 sequence at the start of `s`, 0 where there is none.
/// Source: Unicode 15, table 3-7.
std::size_t sequence_length(std::string_view s)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
    const auto within = [&](std::size_t i, unsigned low, unsigned high) {
        return i < s.size() && byte(i) >= low && byte(i) <= high;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return within(1, 0x80, 0xBF) ? 2 : 0;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = lead == 0xED ? 0x9F : 0xBF;
        return within(1, low, high) && within(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
        const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
        return within(1, low, high) && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

} // namespace

std::string quoted(std::string_view text, std::size_t bytes_max)
{
    std::string out = "'";
    for (const char c : text.substr(0, bytes_max)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7F && c != '\\' && c != '\'') {
            out += c;
        } else {
            out += "\\x";
            out += kHexDigits[byte >> 4];
            out += kHexDigits[byte & 15];
        }
    }
    out += text.size() > bytes_max ? "…'" : "'";
    return out;
}

bool is_utf8(std::string_view bytes)
{
    std::size_t i = 0;
    while (i < bytes.size()) {
        // Eight ASCII bytes at a time: nearly all log text is.
        if (i + 8 <= bytes.size()) {
            std::uint64_t word = 0;
            std::copy_n(bytes.data() + i, 8, reinterpret_cast<char*>(&word));
            if ((word & 0x8080808080808080ULL) == 0) {
                i += 8;
                continue;
            }
        }
        const std::size_t length = sequence_length(bytes.substr(i));
        if (length == 0) {
            return false;
        }
        i += length;
    }
    return true;
}

bool make_utf8(std::string_view bytes, std::string& out)
{
    bool replaced = false;
    out.clear();
    out.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size();) {
        const std::size_t length = sequence_length(bytes.substr(i));
        if (length == 0) {
            out += "\xEF\xBF\xBD";
            replaced = true;
            ++i;
        } else {
            out.append(bytes.substr(i, length));
            i += length;
        }
    }
    return replaced;
}

std::string cut_with_hash(std::string_view text, std::size_t bytes_max)
{
    constexpr std::size_t kHashDigits = 16;
    constexpr std::size_t kMark = 1;
    constexpr std::size_t kCutCharacter = 7; // its bytes become U+FFFD, three bytes each
    if (text.size() <= bytes_max) {
        return std::string(text);
    }
    std::string cut;
    make_utf8(text.substr(0, bytes_max - kHashDigits - kMark - kCutCharacter), cut);
    return cut + "~" + sha256_hex(text).substr(0, kHashDigits);
}

std::string to_lower_ascii(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    return out;
}

bool equals_ignore_case_ascii(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trim(std::string_view text)
{
    constexpr std::string_view kSpace = " \t\r\n";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string to_hex(std::string_view bytes)
{
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        out += kHexDigits[static_cast<unsigned char>(c) >> 4];
        out += kHexDigits[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

} // namespace tanggap::base
