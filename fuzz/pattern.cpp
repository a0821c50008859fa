// Any pattern and any line: compiled or refused, matched or not, within the step limit. The first
// line of the input is the pattern, the rest the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "normalize/detail/pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap::normalize::detail;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto newline = input.find('\n');
    const auto pattern = Pattern::compile(input.substr(0, newline));
    if (!pattern || newline == std::string_view::npos) {
        return 0;
    }
    const std::string_view text = input.substr(newline + 1);
    std::vector<std::string_view> values(pattern->captures().size());
    if (!pattern->match(text, values)) {
        return 0;
    }
    for (const std::string_view value : values) {
        if (!value.empty() && (value.data() < text.data() ||
                               value.data() + value.size() > text.data() + text.size())) {
            std::abort();
        }
    }
    return 0;
}
