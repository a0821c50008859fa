// A syslog stream: however it is cut into pieces, the same records come out and memory stays
// bounded.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "connect/inputs/syslog/framing.h"

namespace {

tanggap::connect::syslog::Frames cut(std::string_view bytes, std::size_t piece_bytes)
{
    tanggap::connect::syslog::Frames out;
    tanggap::connect::syslog::Framer framer;
    bool good = true;
    while (!bytes.empty() && good) {
        good = framer.feed(bytes.substr(0, piece_bytes), out);
        bytes.remove_prefix(bytes.size() < piece_bytes ? bytes.size() : piece_bytes);
    }
    if (good) {
        framer.finish(out);
    }
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto whole = cut(bytes, SIZE_MAX);
    const auto pieces = cut(bytes, 1);
    if (whole.records.size() != pieces.records.size() || whole.empty != pieces.empty ||
        whole.bad_frame != pieces.bad_frame || whole.too_large != pieces.too_large) {
        std::abort();
    }
    for (std::size_t i = 0; i < whole.records.size(); ++i) {
        if (whole.records[i].bytes != pieces.records[i].bytes) {
            std::abort();
        }
    }
    return 0;
}
