// Any bytes as a file: unpacked, framed, bounded; the same records whatever the pieces read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "codec/records.h"

namespace {

std::string all_records(std::string_view bytes, std::size_t piece_bytes)
{
    using namespace tanggap;
    const codec::UnpackLimits limits{.ratio_max = 100, .bytes_max = 16 * 1024 * 1024};
    auto reader = codec::RecordReader::open(codec::memory_bytes(bytes, piece_bytes), limits);
    std::string all;
    model::Record record;
    while (reader) {
        const auto found = (*reader)->next(record);
        if (!found || !*found) {
            break;
        }
        all += record.bytes;
        all += '\n';
    }
    return all;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const bool packed = bytes.starts_with("\x1f\x8b") || bytes.starts_with("\x28\xb5");
    const std::string whole = all_records(bytes, 0);
    if (!packed && all_records(bytes, 7) != whole) {
        std::abort();
    }
    return 0;
}
