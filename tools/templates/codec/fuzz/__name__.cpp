// Any bytes as __title__: views stay inside them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "codec/__name__.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto parsed = tanggap::codec::parse___name__(bytes);
    if (parsed && !parsed->whole.empty() &&
        (parsed->whole.data() < bytes.data() ||
         parsed->whole.data() + parsed->whole.size() > bytes.data() + bytes.size())) {
        std::abort();
    }
    return 0;
}
