#include "detect/detail/encode.h"

#include <cstdint>

namespace tanggap::detect {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The code point at the start of `text`, which moves past it.
std::uint32_t take_code_point(std::string_view& text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::uint32_t lead = byte(0);
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    std::uint32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length && i < text.size(); ++i) {
        point = (point << 6) | (byte(i) & 0x3FU);
    }
    text.remove_prefix(std::min(length, text.size()));
    return point;
}

void append_unit(std::string& out, std::uint32_t unit, Utf16 form)
{
    const auto low = static_cast<char>(unit & 0xFF);
    const auto high = static_cast<char>((unit >> 8) & 0xFF);
    out += form == Utf16::BigEndian ? high : low;
    out += form == Utf16::BigEndian ? low : high;
}

} // namespace

std::string encode_base64(std::string_view bytes)
{
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t word = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            word = (word << 8) | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            out += k <= count ? kAlphabet[(word >> (18 - 6 * k)) & 63] : '=';
        }
    }
    return out;
}

std::array<std::string, 3> encode_base64_offsets(std::string_view bytes)
{
    // With i foreign bytes before, the first 0, 2 or 3 characters mix with them; what is cut at
    // the end mixes with the bytes after.
    constexpr std::array<std::size_t, 3> kCutBefore{0, 2, 3};
    constexpr std::array<std::size_t, 3> kCutAfter{0, 3, 2};
    std::array<std::string, 3> out;
    for (std::size_t i = 0; i < 3; ++i) {
        const auto full = encode_base64(std::string(i, ' ') + std::string(bytes));
        const auto cut = kCutBefore[i] + kCutAfter[(bytes.size() + i) % 3];
        out[i] = full.size() > cut ? full.substr(kCutBefore[i], full.size() - cut) : std::string{};
    }
    return out;
}

std::string encode_utf16(std::string_view text, Utf16 form)
{
    std::string out = form == Utf16::WithMark ? "\xFF\xFE" : "";
    while (!text.empty()) {
        const auto point = take_code_point(text);
        if (point < 0x10000) {
            append_unit(out, point, form);
        } else {
            append_unit(out, 0xD800 + ((point - 0x10000) >> 10), form);
            append_unit(out, 0xDC00 + ((point - 0x10000) & 0x3FF), form);
        }
    }
    return out;
}

} // namespace tanggap::detect
