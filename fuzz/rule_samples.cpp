// Files of samples: any text gives samples within the limits or diagnostics with a place.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/sample_limits.h"
#include "detect/samples.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap;
    std::vector<detect::Diagnostic> diagnostics;
    const auto read = detect::read_samples(
        {.name = "x.samples.yaml", .yaml = std::string(reinterpret_cast<const char*>(data), size)},
        diagnostics);
    if (!read) {
        if (diagnostics.empty()) {
            __builtin_trap();
        }
        return 0;
    }
    std::size_t lines = 0;
    for (const auto* list : {&read->match, &read->near_miss}) {
        for (const auto& sample : *list) {
            lines += sample.lines.size();
            if (sample.lines.empty()) {
                __builtin_trap();
            }
        }
    }
    if (lines > base::limits::kSampleLinesMax) {
        __builtin_trap();
    }
    return 0;
}
