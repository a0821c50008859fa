#include "codec/evtx/checksum.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

namespace tanggap::codec::evtx {
namespace {

TEST(EvtxChecksum, is_that_of_zlib_for_every_length_start_and_place)
{
    std::mt19937 random(20261129);
    std::vector<std::uint8_t> bytes(2'000);
    for (auto& byte : bytes) {
        byte = static_cast<std::uint8_t>(random());
    }
    for (std::size_t length = 0; length < 600; ++length) {
        const std::size_t at = random() % 64;
        const std::uint32_t start = length % 3 == 0 ? 0 : static_cast<std::uint32_t>(random());
        const Bytes some = Bytes(bytes).subspan(at, length);
        EXPECT_EQ(sum_of(start, some),
                  crc32(start, some.data(), static_cast<unsigned>(some.size())))
            << length << " bytes";
        EXPECT_EQ(sum_of(sum_of(start, some.first(length / 3)), some.subspan(length / 3)),
                  sum_of(start, some));
    }
}

} // namespace
} // namespace tanggap::codec::evtx
