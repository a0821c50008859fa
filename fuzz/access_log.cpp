// Any line as an access log line: parts or a reason.
#include <cstddef>
#include <cstdint>
#include <string>

#include "codec/access_log.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap::codec;
    AccessLine line;
    if (cut_access_line({reinterpret_cast<const char*>(data), size}, line).empty()) {
        RequestLine request;
        cut_request_line(line.request, request);
        std::string text;
        undo_log_escapes(line.agent, text);
    }
    return 0;
}
