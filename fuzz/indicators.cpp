// Any bytes as indicators: each taken is in its one form.
#include <cstdint>
#include <cstdlib>

#include "exchange/indicators.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap;
    (void)exchange::read_indicators(
        codec::memory_bytes({reinterpret_cast<const char*>(data), size}, 1000),
        {.source = "fuzz", .tlp = {}, .expires = {}}, [](const model::Indicator& indicator) {
            const auto again = model::canonical_indicator(indicator.kind, indicator.value);
            if (!again || *again != indicator.value || indicator.confidence > 100) {
                std::abort();
            }
            return base::Status{};
        });
    return 0;
}
