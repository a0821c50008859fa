// A code point written as UTF-8.
#pragma once

#include <cstdint>

namespace tanggap::base {

constexpr unsigned kUtf8Max = 4; // bytes of one code point

/// Writes `code` (at most U+10FFFF) in one to kUtf8Max bytes (Unicode 15, table 3-6) and returns
/// the end.
inline char* put_utf8(char* to, std::uint32_t code)
{
    const auto byte = [&to](std::uint32_t value) { *to++ = static_cast<char>(value); };
    const auto rest = [&](unsigned shift) { byte(0x80 | (code >> shift & 0x3F)); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xC0 | code >> 6);
        rest(0);
    } else if (code < 0x10000) {
        byte(0xE0 | code >> 12);
        rest(6);
        rest(0);
    } else {
        byte(0xF0 | code >> 18);
        rest(12);
        rest(6);
        rest(0);
    }
    return to;
}

} // namespace tanggap::base
