#include "disk/detail/crc32c.h"

#include <array>
#include <cstring>
#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace tanggap::disk::detail {
namespace {

constexpr std::array<std::uint32_t, 256> make_table()
{
    constexpr std::uint32_t kReversedPolynomial = 0x82F63B78U;
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value >> 1) ^ ((value & 1U) != 0 ? kReversedPolynomial : 0U);
        }
        table[i] = value;
    }
    return table;
}

std::uint32_t crc_by_table(std::uint32_t crc, std::string_view bytes)
{
    static constexpr auto kTable = make_table();
    for (const char byte : bytes) {
        crc = kTable[(crc ^ static_cast<unsigned char>(byte)) & 0xFFU] ^ (crc >> 8);
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc_by_instruction(std::uint32_t crc,
                                                                   std::string_view bytes)
{
    std::uint64_t wide = crc;
    while (bytes.size() >= sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        wide = _mm_crc32_u64(wide, word);
        bytes.remove_prefix(sizeof word);
    }
    return crc_by_table(static_cast<std::uint32_t>(wide), bytes);
}
#endif

} // namespace

std::uint32_t crc32c(std::uint32_t crc, std::string_view bytes)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) {
        return ~crc_by_instruction(~crc, bytes);
    }
#endif
    return ~crc_by_table(~crc, bytes);
}

} // namespace tanggap::disk::detail
