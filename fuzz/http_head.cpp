// The head of an HTTP request: whatever arrives, it is refused or read to values that keep the
// promises of net/detail/request_head.h.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/detail/request_head.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    namespace detail = tanggap::net::detail;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto head = detail::parse_request_head(bytes);
    if (head && (head->chunked && head->content_length)) {
        std::abort();
    }
    const auto target = detail::parse_target(head ? std::string_view(head->target) : bytes);
    if (target && target->path.find('\0') != std::string::npos) {
        std::abort();
    }
    return 0;
}
