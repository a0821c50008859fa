// Which of many texts a value begins with, ends with or holds: one pass over the value.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "detect/detail/pattern.h"
#include "detect/detail/short_word.h"

namespace tanggap::detect {

/// Lower-cased copies of texts, each with room behind it for reads of sixteen bytes.
/// Thread: one owner; memory is used again.
class LoweredTexts {
public:
    /// Forgets all texts and takes up to `texts` new ones of `bytes` together.
    void start(std::size_t bytes, std::size_t texts);
    /// Lifetime of the copy: until start().
    std::string_view add(std::string_view text);

private:
    static constexpr std::size_t kRoom = 16;
    std::vector<char> bytes_;
    std::size_t used_ = 0;
};

/// Whether `literal`, which is not empty, stands in `lowered`, one of LoweredTexts.
bool holds_literal(std::string_view lowered, std::string_view literal);

/// Texts that stand at the start or at the end of a value, whatever its case, found by their
/// outermost eight bytes.
/// Cost: a look-up for each of up to eight lengths, a comparison of eight bytes more for each text
/// with the same outermost ones.
/// Thread: immutable after build().
class AffixIndex {
public:
    enum class End : std::uint8_t { Front, Back };
    explicit AffixIndex(End end) : end_(end) {}

    /// `literal` is lower case and not empty. The index gives back `id`. With `whole` it has to be
    /// all of the value.
    void add(std::string_view literal, std::uint32_t id, bool whole)
    {
        entries_.push_back({.literal = literal, .inner = 0, .id = id, .whole = whole});
    }
    /// Lifetime: the literals must outlive the index.
    void build();

    /// Calls `found(id)` for each text at this end of `value`.
    template <class Found>
    void scan(std::string_view value, Found&& found) const
    {
        if (lengths_ == 0 || value.empty()) {
            return;
        }
        const auto outer = lower_word(outer_word(value));
        const auto longest = std::min(value.size(), sizeof(std::uint64_t));
        auto lengths = lengths_ & ((2U << longest) - 1);
        while (lengths != 0) {
            const auto length = static_cast<std::uint32_t>(std::countr_zero(lengths));
            lengths &= lengths - 1;
            const auto word = outermost(outer, length);
            for (auto at = place(word, length); groups_[at].begin != groups_[at].end;
                 at = (at + 1) & mask_) {
                if (groups_[at].word == word && groups_[at].length == length) {
                    scan_group(groups_[at], value, found);
                    break;
                }
            }
        }
    }

private:
    struct Entry {
        std::string_view literal;
        std::uint64_t inner = 0; ///< its eight bytes at the other end, where it has more than eight
        std::uint32_t id = 0;
        bool whole = false;
    };
    /// The entries that have the same outermost bytes, up to eight, shorter texts first.
    struct Group {
        std::uint64_t word = 0;
        std::uint32_t length = 0;
        std::uint32_t begin = 0; ///< into entries_; none: the place is free
        std::uint32_t end = 0;
    };
    static std::uint64_t word_at(const char* at)
    {
        std::uint64_t out = 0;
        std::memcpy(&out, at, sizeof out);
        return out;
    }
    /// The eight bytes at this end; zeros take the place of those that are not there, beyond.
    std::uint64_t outer_word(std::string_view value) const
    {
        constexpr std::size_t kWord = sizeof(std::uint64_t);
        if (value.size() < kWord) {
            const auto word = short_word(value);
            return end_ == End::Front ? word : word << 8 * (kWord - value.size());
        }
        return word_at(end_ == End::Front ? value.data() : value.data() + value.size() - kWord);
    }
    /// The `length` bytes of `word` at this end of it.
    std::uint64_t outermost(std::uint64_t word, std::uint32_t length) const
    {
        const auto others = 64 - 8 * length;
        return end_ == End::Front ? word << others >> others : word >> others;
    }
    std::size_t place(std::uint64_t word, std::uint32_t length) const
    {
        return static_cast<std::size_t>((word ^ length) * 0x9E3779B97F4A7C15ULL >> 32) & mask_;
    }
    template <class Found>
    void scan_group(const Group& group, std::string_view value, Found& found) const
    {
        for (auto i = group.begin; i < group.end; ++i) {
            const auto& entry = entries_[i];
            const auto size = entry.literal.size();
            if (size > value.size()) {
                break;
            }
            if (entry.whole && size != value.size()) {
                continue;
            }
            const auto text =
                end_ == End::Front ? value.substr(0, size) : value.substr(value.size() - size);
            constexpr std::size_t kWord = sizeof entry.inner;
            const bool fits =
                size <= kWord ||
                (lower_word(word_at(end_ == End::Front ? text.data() + size - kWord
                                                       : text.data())) == entry.inner &&
                 equals_lowered(text, entry.literal));
            if (fits) {
                found(entry.id);
            }
        }
    }

    End end_;
    std::vector<Entry> entries_;
    std::uint32_t lengths_ = 0; ///< bit n: some text has n outermost bytes
    std::vector<Group> groups_; ///< open addressing
    std::size_t mask_ = 0;
};

/// Texts anywhere in a value. Each is looked for by a few bytes of it (grams), the rarest, then
/// compared. Where all texts are long, several grams in a row of each are known, so that only every
/// second to eighth place of the value has to be looked at: one of them stands there.
/// Cost: a multiplication and a bit for each place; more only where a gram is found.
/// Thread: immutable after build().
class GramIndex {
public:
    void add(std::string_view literal, std::uint32_t id) { literals_.push_back({literal, id}); }
    /// Lifetime: the literals must outlive the index.
    void build();

    /// Calls `found(id)` for each place in `value` where a text stands, whatever its case, until it
    /// returns true; says whether it did.
    template <class Found>
    bool scan(std::string_view value, Found&& found) const
    {
        return std::ranges::any_of(sizes_,
                                   [&](const Size& size) { return scan_size(size, value, found); });
    }

private:
    struct Literal {
        std::string_view text;
        std::uint32_t id = 0;
    };
    struct Entry {
        std::uint32_t gram = 0;
        std::uint32_t offset = 0; ///< of the gram in its literal
        std::uint32_t literal = 0;
    };
    /// Grams of one size, 1 to 4 bytes.
    struct Size {
        std::uint32_t bytes = 4;
        std::size_t shortest = 0; ///< bytes of the shortest text
        std::uint32_t stride = 1; ///< places from one look to the next
        std::uint32_t mask = 0xFFFFFFFF;
        std::uint32_t shift = 0; ///< of the product, to the bits that address the filter
        std::vector<std::uint64_t> filter;
        std::vector<std::uint32_t> begins; ///< by filter place, into entries
        std::vector<Entry> entries;
    };

    /// The same for letters of both cases; few other bytes become alike.
    static std::uint32_t folded(const Size& size, std::uint32_t gram)
    {
        return (gram | 0x20202020) & size.mask;
    }
    static std::uint32_t place(const Size& size, std::uint32_t gram)
    {
        return static_cast<std::uint32_t>(gram * 0x9E3779B1U) >> size.shift;
    }

    template <class Found>
    bool scan_size(const Size& size, std::string_view value, Found& found) const
    {
        if (value.size() < size.shortest) {
            return false;
        }
        std::size_t i = 0;
        for (; i + sizeof(std::uint32_t) <= value.size(); i += size.stride) {
            std::uint32_t gram = 0;
            std::memcpy(&gram, value.data() + i, sizeof gram);
            if (look(size, gram, value, i, found)) {
                return true;
            }
        }
        for (; i + size.bytes <= value.size(); i += size.stride) { // grams of less than four bytes
            const auto gram = static_cast<std::uint32_t>(short_word(value.substr(i)));
            if (look(size, gram, value, i, found)) {
                return true;
            }
        }
        return false;
    }
    template <class Found>
    bool look(const Size& size, std::uint32_t gram, std::string_view value, std::size_t i,
              Found& found) const
    {
        gram = folded(size, gram);
        const auto at = place(size, gram);
        if ((size.filter[at >> 6] >> (at & 63) & 1) == 0) {
            return false;
        }
        for (auto e = size.begins[at]; e < size.begins[at + 1]; ++e) {
            const auto& entry = size.entries[e];
            const auto& literal = literals_[entry.literal];
            if (entry.gram != gram || i < entry.offset) {
                continue;
            }
            const auto there = value.substr(i - entry.offset, literal.text.size());
            if (equals_lowered(there, literal.text) && found(literal.id)) {
                return true;
            }
        }
        return false;
    }

    using Scores = std::unordered_map<std::uint32_t, double>; ///< by gram
    static double& score_of(std::string_view gram, Scores& scores);
    static std::uint32_t rarest_row(std::string_view text, const Size& size, Scores& scores);
    void build_size(std::uint32_t bytes, const std::vector<std::uint32_t>& literals);

    std::vector<Literal> literals_;
    std::vector<Size> sizes_;
};

/// How common a text of four bytes or less is taken to be in logs; more is commoner.
/// Deterministic: a guess from letters and from words that logs are full of.
double commonness(std::string_view gram);
/// Whether one of the words that logs are full of holds `literal`, whatever its case.
bool stands_in_common_word(std::string_view literal);

} // namespace tanggap::detect
