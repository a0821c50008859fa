// Canonical JSON: any bytes are refused or give a text that gives itself again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "codec/canonical_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto once = tanggap::codec::canonical_json({reinterpret_cast<const char*>(data), size});
    if (once) {
        const auto twice = tanggap::codec::canonical_json(*once);
        TANGGAP_ASSERT(twice && *twice == *once);
    }
    return 0;
}
