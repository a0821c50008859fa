// Any request target: its parts and its decoded form, which is UTF-8.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "normalize/detail/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap::normalize::detail;
    const std::string_view target(reinterpret_cast<const char*>(data), size);
    (void)split_url(target, size % 2 == 0);
    std::string decoded;
    if (decode_url(target, decoded) && !tanggap::base::is_utf8(decoded)) {
        std::abort();
    }
    return 0;
}
