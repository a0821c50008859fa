// Any bytes as a STIX pattern: values in their one form, or a reason.
#include <cstdint>
#include <cstdlib>

#include "exchange/stix_pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap;
    const auto values = exchange::values_of_pattern({reinterpret_cast<const char*>(data), size});
    if (!values) {
        return values.error().message.empty() ? (std::abort(), 0) : 0;
    }
    for (const auto& value : *values) {
        const auto again = model::canonical_indicator(value.kind, value.value);
        if (!again || *again != value.value) {
            std::abort();
        }
    }
    return 0;
}
