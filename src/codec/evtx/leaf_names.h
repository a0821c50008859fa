// Paths of values as JSON has them, each told by a small number: looked up, not put together, for
// every value of a file.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "codec/evtx.h"
#include "codec/evtx/template.h"

namespace tanggap::codec::evtx {

/// Bounds: kNamesMax names and kBytesMax bytes; beyond them child() gives kOverflow for the rest of
/// the record, and the next record starts anew.
class LeafNames final : public EvtxNames {
public:
    static constexpr std::uint32_t kRoot = 0;
    static constexpr std::uint32_t kOverflow = 0xFFFFFFFF;

    LeafNames();
    /// Call before each record.
    void begin_record();

    /// The name of `segment` below `parent`; `hash` is hash_of(segment). A `suffix` above 0 is the
    /// "_1" of a name that came before in its object.
    std::uint32_t child(std::uint32_t parent, std::string_view segment, std::uint32_t hash,
                        std::uint32_t suffix);

    /// The same of a piece's text, which remembers the answer.
    std::uint32_t child(std::uint32_t parent, const Piece& piece, std::uint32_t suffix);
    /// "#text" and "#attributes" below `parent`.
    std::uint32_t text_below(std::uint32_t parent, std::uint32_t suffix);
    std::uint32_t attributes_below(std::uint32_t parent);

    std::string_view text(std::uint32_t name) const override { return names_[name].path; }
    std::size_t size() const override { return names_.size(); }
    std::uint64_t generation() const override { return generation_; }

private:
    static constexpr std::size_t kNamesMax = 50'000;
    static constexpr std::size_t kBytesMax = std::size_t{16} * 1024 * 1024;

    struct Name {
        std::string path;
        std::uint32_t parent = 0;
        std::uint32_t hash = 0;
        std::uint32_t suffix = 0;
        std::uint32_t segment_at = 0;
        std::uint32_t segment_size = 0;
        std::uint32_t text = 0;       ///< its "#text", once somebody asked
        std::uint32_t attributes = 0; ///< its "#attributes"
    };
    std::uint32_t well_known(std::uint32_t parent, std::uint32_t Name::* known,
                             std::string_view segment);
    void clear();
    void grow();
    std::size_t place_of(std::uint32_t parent, std::uint32_t hash, std::uint32_t suffix) const;

    std::deque<Name> names_;
    std::vector<std::uint32_t> index_; ///< 1 + name; 0: free
    std::size_t bytes_ = 0;
    std::uint64_t generation_ = 0;
};

} // namespace tanggap::codec::evtx
