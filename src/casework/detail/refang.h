// Undoing what writers do to make addresses harmless. For this room only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tanggap::casework::detail {

/// `text` with [.] (dot) [at] [:] hxxp written out. `from[i]` is where text[i] came from, and
/// `from.back()` the length of the original: a byte that stands for several was defanged.
struct Refanged {
    std::string text;
    std::vector<std::uint32_t> from;

    bool was_defanged(std::size_t at) const { return from[at + 1] - from[at] > 1; }
};

/// Cost: linear. Range: texts up to 4 GiB.
Refanged refang(std::string_view text);

} // namespace tanggap::casework::detail
