#include "codec/evtx/leaf_names.h"

namespace tanggap::codec::evtx {
namespace {

constexpr std::size_t kIndexSize = 1024;

} // namespace

LeafNames::LeafNames()
{
    clear();
}

void LeafNames::clear()
{
    ++generation_;
    names_.clear();
    names_.emplace_back();
    index_.assign(kIndexSize, 0);
    bytes_ = 0;
}

void LeafNames::begin_record()
{
    if (names_.size() >= kNamesMax || bytes_ >= kBytesMax) {
        clear();
    }
}

std::size_t LeafNames::place_of(std::uint32_t parent, std::uint32_t hash,
                                std::uint32_t suffix) const
{
    const std::uint64_t key = (std::uint64_t{parent} << 32 | hash) + suffix * 0x632BE59BD9B4E019U;
    return ((key * 0x9E3779B97F4A7C15U) >> 32) & (index_.size() - 1);
}

std::uint32_t LeafNames::child(std::uint32_t parent, std::string_view segment, std::uint32_t hash,
                               std::uint32_t suffix)
{
    if (parent == kOverflow) {
        return kOverflow;
    }
    std::size_t at = place_of(parent, hash, suffix);
    for (; index_[at] != 0; at = (at + 1) & (index_.size() - 1)) {
        const Name& name = names_[index_[at] - 1];
        if (name.parent == parent && name.hash == hash && name.suffix == suffix &&
            std::string_view(name.path).substr(name.segment_at, name.segment_size) == segment) {
            return index_[at] - 1;
        }
    }
    if (names_.size() >= kNamesMax || bytes_ >= kBytesMax) {
        return kOverflow;
    }
    Name added{.path = names_[parent].path,
               .parent = parent,
               .hash = hash,
               .suffix = suffix,
               .segment_size = static_cast<std::uint32_t>(segment.size())};
    if (parent != kRoot) {
        added.path += '.';
    }
    added.segment_at = static_cast<std::uint32_t>(added.path.size());
    added.path += segment;
    if (suffix != 0) {
        added.path += '_' + std::to_string(suffix);
    }
    bytes_ += added.path.size();
    names_.push_back(std::move(added));
    index_[at] = static_cast<std::uint32_t>(names_.size());
    if (names_.size() * 2 > index_.size()) {
        grow();
    }
    return static_cast<std::uint32_t>(names_.size() - 1);
}

std::uint32_t LeafNames::child(std::uint32_t parent, const Piece& piece, std::uint32_t suffix)
{
    const auto generation = static_cast<std::uint32_t>(generation_);
    if (suffix == 0 && piece.memo.generation == generation && piece.memo.parent == parent) {
        return piece.memo.name;
    }
    const std::uint32_t name = child(parent, piece.text, piece.hash, suffix);
    if (suffix == 0 && name != kOverflow) {
        piece.memo = {.generation = generation, .parent = parent, .name = name};
    }
    return name;
}

std::uint32_t LeafNames::text_below(std::uint32_t parent, std::uint32_t suffix)
{
    constexpr std::string_view kText = "#text";
    return suffix == 0 ? well_known(parent, &Name::text, kText)
                       : child(parent, kText, hash_of(kText), suffix);
}

std::uint32_t LeafNames::attributes_below(std::uint32_t parent)
{
    return well_known(parent, &Name::attributes, "#attributes");
}

std::uint32_t LeafNames::well_known(std::uint32_t parent, std::uint32_t Name::* known,
                                    std::string_view segment)
{
    if (parent == kOverflow) {
        return kOverflow;
    }
    if (names_[parent].*known == 0) { // the root is nobody's child
        const std::uint32_t name = child(parent, segment, hash_of(segment), 0);
        if (name == kOverflow) {
            return kOverflow;
        }
        names_[parent].*known = name;
    }
    return names_[parent].*known;
}

void LeafNames::grow()
{
    index_.assign(index_.size() * 2, 0);
    for (std::uint32_t i = 1; i < names_.size(); ++i) {
        std::size_t at = place_of(names_[i].parent, names_[i].hash, names_[i].suffix);
        while (index_[at] != 0) {
            at = (at + 1) & (index_.size() - 1);
        }
        index_[at] = i + 1;
    }
}

} // namespace tanggap::codec::evtx
