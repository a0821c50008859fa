// Two people changed one note: what both wrote, side by side, and one text where they do not clash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tanggap::casework {

enum class ChangeBy : std::uint8_t {
    Nobody, ///< all three are the same
    Ours,
    Theirs,
    Both,  ///< the same change on both sides
    Clash, ///< different changes at one place: a person decides
};
std::string_view name_of(ChangeBy by);

/// Lines that belong together, each version with its line ends.
struct MergeChunk {
    ChangeBy by = ChangeBy::Nobody;
    std::string base{};
    std::string ours{};
    std::string theirs{};

    /// What the merged text holds here; of a clash: ours, then theirs where that is no part of it.
    std::string merged() const;
};

struct Merge {
    std::vector<MergeChunk> chunks{}; ///< joined, each side gives its whole text
    bool clashes = false;
    std::string merged{}; ///< nothing that either side wrote is missing
};

/// Line by line, as diff3 does. Cost: lines × changed lines; above limits::kMergeEditsMax changed
/// lines the changed stretch is one chunk.
Merge merge_notes(std::string_view base, std::string_view ours, std::string_view theirs);

} // namespace tanggap::casework
