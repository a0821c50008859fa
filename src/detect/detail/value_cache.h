// What was found in a value, remembered: programs, users and keys come again and again.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "detect/detail/matcher.h"

namespace tanggap::detect {

/// Bounds: kEntriesMax values and kTextsMax bytes of them; full, it starts anew. Longer values than
/// kTextMax are not kept. Whoever chooses the values can make it useless, not large or slow.
/// Thread: one owner.
class ValueCache {
public:
    static constexpr std::size_t kTextMax = 1024;
    /// `scope` says what was asked of the value.
    struct Key {
        std::uint64_t scope = 0;
        std::string_view text;
        std::uint64_t hash = 0;
    };
    static Key key_of(std::uint64_t scope, std::string_view text);

    ValueCache();
    /// What keep() was given; nothing where the value is not known. Lifetime: until keep().
    std::optional<std::span<const PredicateId>> find(const Key& key) const;
    void keep(const Key& key, std::span<const PredicateId> hits);

private:
    static constexpr std::size_t kPlaces = 65'536;
    static constexpr std::size_t kEntriesMax = kPlaces / 2;
    static constexpr std::size_t kTextsMax = std::size_t{4} * 1024 * 1024;
    static constexpr std::size_t kHitsMax = 1'000'000;

    struct Entry {
        std::uint64_t hash = 0; ///< 0: free
        std::uint64_t scope = 0;
        std::uint32_t text_at = 0;
        std::uint32_t text_size = 0;
        std::uint32_t hits_at = 0;
        std::uint32_t hits_count = 0;
    };
    bool is(const Entry& entry, const Key& key) const;
    void clear();

    std::vector<Entry> places_;
    std::size_t count_ = 0;
    std::vector<char> texts_;
    std::vector<PredicateId> hits_;
};

} // namespace tanggap::detect
