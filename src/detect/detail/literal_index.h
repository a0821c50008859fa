// Which of many texts a value begins with, ends with or holds: one pass over the value.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tanggap::detect {

/// Lower-cased copy of a value, with room behind it for reads of a whole word.
/// Thread: one owner; memory is used again.
class LoweredText {
public:
    static constexpr std::size_t kPadding = 8;
    void assign(std::string_view text);
    std::string_view text() const { return {bytes_.data(), size_}; }

private:
    std::vector<char> bytes_;
    std::size_t size_ = 0;
};

/// Texts that stand at the start or at the end of a value, told apart by length and hash.
/// Cost: one step for each byte up to the longest text; a look-up for each length there is.
/// Thread: immutable after build().
class AffixIndex {
public:
    enum class End : std::uint8_t { Front, Back };
    explicit AffixIndex(End end) : end_(end) {}

    /// `literal` is lower case and not empty. The index gives back `id`.
    void add(std::string_view literal, std::uint32_t id) { entries_.push_back({literal, id}); }
    /// Lifetime: the literals must outlive the index.
    void build();

    /// Calls `found(id)` for each text at this end of `value` (lower case).
    template <class Found>
    void scan(std::string_view value, Found&& found) const
    {
        const auto longest = std::min(longest_, value.size());
        std::uint64_t hash = kSeed;
        for (std::size_t length = 1; length <= longest; ++length) {
            const char c = end_ == End::Front ? value[length - 1] : value[value.size() - length];
            hash = step(hash, c);
            if (!lengths_[length]) {
                continue;
            }
            const auto text =
                end_ == End::Front ? value.substr(0, length) : value.substr(value.size() - length);
            for (auto at = hash & mask_; slots_[at] != kFree; at = (at + 1) & mask_) {
                if (entries_[slots_[at]].literal == text) {
                    found(entries_[slots_[at]].id);
                }
            }
        }
    }

private:
    static constexpr std::uint64_t kSeed = 0xCBF29CE484222325ULL;
    static constexpr std::uint32_t kFree = 0xFFFFFFFF;
    struct Entry {
        std::string_view literal;
        std::uint32_t id = 0;
    };
    static std::uint64_t step(std::uint64_t hash, char c)
    {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
        return hash ^ (hash >> 29);
    }
    std::uint64_t hash_of(std::string_view literal) const;

    End end_;
    std::vector<Entry> entries_;
    std::vector<bool> lengths_; ///< by length, up to the longest
    std::size_t longest_ = 0;
    std::vector<std::uint32_t> slots_; ///< open addressing, into entries_
    std::uint64_t mask_ = 0;
};

/// Texts anywhere in a value. Each is looked for by a few bytes of it (grams), the rarest, then
/// compared. Where all texts are long, several grams in a row of each are known, so that only every
/// second to fourth place of the value has to be looked at: one of them stands there.
/// Cost: a multiplication and a bit for each place; more only where a gram is found.
/// Thread: immutable after build().
class GramIndex {
public:
    void add(std::string_view literal, std::uint32_t id) { literals_.push_back({literal, id}); }
    /// Lifetime: the literals must outlive the index.
    void build();

    /// Calls `found(id, start)` for each place in `value` (a LoweredText) where a text stands.
    template <class Found>
    void scan(std::string_view value, Found&& found) const
    {
        for (const auto& size : sizes_) {
            scan_size(size, value, found);
        }
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
        std::uint32_t stride = 1; ///< places from one look to the next
        std::uint32_t mask = 0xFFFFFFFF;
        std::uint32_t shift = 0; ///< of the product, to the bits that address the filter
        std::vector<std::uint64_t> filter;
        std::vector<std::uint32_t> begins; ///< by filter place, into entries
        std::vector<Entry> entries;
    };

    static std::uint32_t place(const Size& size, std::uint32_t gram)
    {
        return static_cast<std::uint32_t>(gram * 0x9E3779B1U) >> size.shift;
    }

    template <class Found>
    void scan_size(const Size& size, std::string_view value, Found& found) const
    {
        if (value.size() < size.bytes) {
            return;
        }
        const char* const begin = value.data();
        const auto last = value.size() - size.bytes;
        for (std::size_t i = 0; i <= last; i += size.stride) {
            std::uint32_t gram = 0;
            std::memcpy(&gram, begin + i, sizeof gram);
            gram &= size.mask;
            const auto at = place(size, gram);
            if ((size.filter[at >> 6] >> (at & 63) & 1) == 0) {
                continue;
            }
            for (auto e = size.begins[at]; e < size.begins[at + 1]; ++e) {
                const auto& entry = size.entries[e];
                const auto& literal = literals_[entry.literal];
                if (entry.gram == gram && i >= entry.offset &&
                    value.substr(i - entry.offset).starts_with(literal.text)) {
                    found(literal.id, i - entry.offset);
                }
            }
        }
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

} // namespace tanggap::detect
