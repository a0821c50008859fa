// Any bytes as events in XML: it ends, and what is given is within limits.
#include <cstdint>
#include <cstdlib>

#include "base/limits.h"
#include "codec/xml_events.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)codec::is_xml_events(text);
    const auto reader = codec::read_xml_events(codec::memory_bytes(text, 1000));
    model::Record record;
    std::size_t records = 0;
    while (reader->next(record).value_or(false)) {
        if (++records > size + 1 || record.bytes.size() > 2 * base::limits::kLineBytesMax) {
            std::abort();
        }
    }
    return 0;
}
