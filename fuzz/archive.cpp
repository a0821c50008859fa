// Any bytes as an archive: every member is read, within the limits.
#include <array>
#include <cstdint>

#include "codec/archive.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap;
    const std::string_view packed(reinterpret_cast<const char*>(data), size);
    const auto reader = codec::ArchiveReader::open(
        codec::memory_bytes(packed, 1000),
        {.members_max = 1000, .ratio_max = 100, .ratio_from_bytes = 1 << 20, .bytes_max = 1 << 24});
    if (!reader) {
        return 0;
    }
    codec::ArchiveMember member;
    while (!(*reader)->ended()) {
        const auto found = (*reader)->next(member);
        if (!found || !*found) {
            continue;
        }
        const auto bytes = (*reader)->bytes();
        std::array<char, 4096> piece{};
        for (auto got = bytes->read(piece); got && *got > 0; got = bytes->read(piece)) {
        }
    }
    return 0;
}
