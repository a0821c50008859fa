// Three texts, apart by NUL: the chunks of each side join to its text, and nothing written is lost.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "casework/merge.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap::casework;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    const auto take = [&rest] {
        const std::size_t end = std::min(rest.find('\0'), rest.size());
        const std::string_view part = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        return part;
    };
    const std::string_view base = take();
    const std::string_view ours = take();
    const std::string_view theirs = take();
    const Merge merge = merge_notes(base, ours, theirs);
    std::string all_base;
    std::string all_ours;
    std::string all_theirs;
    for (const MergeChunk& chunk : merge.chunks) {
        all_base += chunk.base;
        all_ours += chunk.ours;
        all_theirs += chunk.theirs;
    }
    if (all_base != base || all_ours != ours || all_theirs != theirs) {
        std::abort();
    }
    if ((ours == base && merge.merged != theirs) || (theirs == base && merge.merged != ours) ||
        (ours == theirs && merge.merged != ours)) {
        std::abort();
    }
    return 0;
}
