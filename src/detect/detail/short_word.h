// Short texts as one number, and what can be done with eight bytes at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tanggap::detect {

/// The first eight bytes of `text`, or all where it has fewer; the rest is 0. Reads nothing else.
inline std::uint64_t short_word(std::string_view text)
{
    const char* const at = text.data();
    const auto size = text.size();
    std::uint64_t out = 0;
    if (size >= 8) {
        std::memcpy(&out, at, 8);
    } else if (size >= 4) { // two halves that may lie over one another
        std::uint32_t low = 0;
        std::uint32_t high = 0;
        std::memcpy(&low, at, 4);
        std::memcpy(&high, at + size - 4, 4);
        out = low | std::uint64_t{high} << (8 * (size - 4));
    } else {
        for (std::size_t i = 0; i < size; ++i) {
            out |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
        }
    }
    return out;
}

/// Lower case, eight bytes at once; those beyond ASCII stay.
constexpr std::uint64_t lower_word(std::uint64_t word)
{
    constexpr std::uint64_t kEach = 0x0101010101010101;
    const auto low_bits = word & (0x7F * kEach);
    const auto from_a = low_bits + (0x80 - 'A') * kEach; // the high bit says so
    const auto beyond_z = low_bits + (0x7F - 'Z') * kEach;
    const auto upper = ~word & (from_a ^ beyond_z) & (0x80 * kEach);
    return word | upper >> 2;
}

} // namespace tanggap::detect
