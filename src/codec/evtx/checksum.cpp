#include "codec/evtx/checksum.h"

#include <zlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tanggap::codec::evtx {
namespace {

constexpr std::size_t kLane = 16;
constexpr std::size_t kFoldedMin = 4 * kLane;

#if defined(__x86_64__)

bool multiplies_without_carries()
{
    static const bool kDoes =
        __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("sse4.1") != 0;
    return kDoes;
}

__attribute__((target("sse4.1,pclmul"))) __m128i lane(const std::uint8_t* at)
{
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

/// `sum` moved ahead by the distance that `keys` stand for, and `next` added.
__attribute__((target("sse4.1,pclmul"))) __m128i fold(__m128i sum, __m128i keys, __m128i next)
{
    const __m128i low = _mm_clmulepi64_si128(sum, keys, 0x00);
    const __m128i high = _mm_clmulepi64_si128(sum, keys, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/// `sum` is inverted, before and after; the bytes are whole lanes, at least kFoldedMin.
/// Source: Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
/// Instruction" (Intel, 2009), with its constants for the bit-reflected polynomial of zlib.
__attribute__((target("sse4.1,pclmul"))) std::uint32_t folded(std::uint32_t sum, Bytes bytes)
{
    const __m128i four_lanes = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
    const __m128i one_lane = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
    const __m128i half_lane = _mm_set_epi64x(0, 0x0163cd6124);
    const __m128i barrett = _mm_set_epi64x(0x01f7011641, 0x01db710641);
    const __m128i words = _mm_setr_epi32(-1, 0, -1, 0);

    const std::uint8_t* at = bytes.data();
    const std::uint8_t* const end = at + bytes.size();
    __m128i a = _mm_xor_si128(lane(at), _mm_cvtsi32_si128(static_cast<int>(sum)));
    __m128i b = lane(at + kLane);
    __m128i c = lane(at + 2 * kLane);
    __m128i d = lane(at + 3 * kLane);
    for (at += kFoldedMin; static_cast<std::size_t>(end - at) >= kFoldedMin; at += kFoldedMin) {
        a = fold(a, four_lanes, lane(at));
        b = fold(b, four_lanes, lane(at + kLane));
        c = fold(c, four_lanes, lane(at + 2 * kLane));
        d = fold(d, four_lanes, lane(at + 3 * kLane));
    }
    a = fold(fold(fold(a, one_lane, b), one_lane, c), one_lane, d);
    for (; at < end; at += kLane) {
        a = fold(a, one_lane, lane(at));
    }
    // 128 bits to 64, to 32, and the remainder (Barrett).
    a = _mm_xor_si128(_mm_srli_si128(a, 8), _mm_clmulepi64_si128(a, one_lane, 0x10));
    const __m128i upper = _mm_srli_si128(a, 4);
    a = _mm_xor_si128(_mm_clmulepi64_si128(_mm_and_si128(a, words), half_lane, 0x00), upper);
    __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(a, words), barrett, 0x10);
    quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, words), barrett, 0x00);
    return static_cast<std::uint32_t>(_mm_extract_epi32(_mm_xor_si128(a, quotient), 1));
}

#else

bool multiplies_without_carries()
{
    return false;
}

std::uint32_t folded(std::uint32_t sum, Bytes)
{
    return sum;
}

#endif

} // namespace

std::uint32_t sum_of(std::uint32_t start, Bytes bytes)
{
    if (bytes.size() >= kFoldedMin && multiplies_without_carries()) {
        const std::size_t lanes = bytes.size() / kLane * kLane;
        start = ~folded(~start, bytes.first(lanes));
        bytes = bytes.subspan(lanes);
    }
    return static_cast<std::uint32_t>(
        crc32(start, bytes.data(), static_cast<unsigned>(bytes.size())));
}

} // namespace tanggap::codec::evtx
