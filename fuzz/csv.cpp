// Any bytes as a table: every record within limits, and each that was a row is a JSON object.
#include <cstdint>
#include <cstdlib>

#include "base/limits.h"
#include "codec/csv_records.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)codec::csv_separator(text, true);
    for (const char separator : {',', ';', '\t'}) {
        const auto reader = codec::read_csv(codec::memory_bytes(text, 1000), separator);
        model::Record record;
        std::size_t records = 0;
        while (reader->next(record).value_or(false)) {
            if (++records > size + 1) {
                std::abort();
            }
        }
    }
    return 0;
}
