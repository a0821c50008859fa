// Any text: every value found is in its one form, and what is shown on screens reads back as it.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "casework/observable.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap::casework;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const Observable& found : extract_observables(text)) {
        if (found.begin >= found.end || found.end > size) {
            std::abort();
        }
        const auto again = canonical_value(found.type, found.value);
        if (!again || *again != found.value) {
            std::abort();
        }
        const auto read_back = extract_observables(defang(found.type, found.value));
        const bool same = std::ranges::any_of(read_back, [&](const Observable& each) {
            return each.type == found.type && each.value == found.value;
        });
        if (!same) {
            std::abort();
        }
    }
    return 0;
}
