// The live groups of one correlation: by key, and in the order of their last use.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "detect/detail/window.h"

namespace tanggap::detect {

struct Group {
    std::string key;
    Window window;
    std::uint32_t told_in = 0; ///< the last time it was among the changes
    std::uint32_t hash = 0;    ///< of the key
    std::uint32_t before = 0;  ///< used before this one
    std::uint32_t behind = 0;  ///< used after this one; of a free place: the next free one
};

/// Groups are named by a number that is theirs until they are removed. About 100 bytes a group
/// besides its key and what its window remembers.
class GroupTable {
public:
    static constexpr std::uint32_t kNone = 0xFFFFFFFF;

    std::size_t size() const { return size_; }
    Group& operator[](std::uint32_t group) { return (*blocks_[group / kBlock])[group % kBlock]; }
    const Group& operator[](std::uint32_t group) const
    {
        return (*blocks_[group / kBlock])[group % kBlock];
    }

    std::uint32_t find(std::string_view key) const;
    /// A group that is not there yet, as the last used.
    std::uint32_t add(std::string_view key);
    void use(std::uint32_t group);
    void remove(std::uint32_t group);
    /// The least lately used; kNone where there is none.
    std::uint32_t oldest() const { return oldest_; }

private:
    static constexpr std::uint32_t kBlock = 64;

    static std::uint32_t hash_of(std::string_view key);
    void link(std::uint32_t group);
    void unlink(std::uint32_t group);
    void grow();
    void put(std::uint32_t group);
    void clear_place(std::size_t at);

    std::vector<std::unique_ptr<std::array<Group, kBlock>>> blocks_;
    std::vector<std::uint32_t> places_; ///< 1 + group by hash, the next free place; 0: free
    std::uint32_t made_ = 0;            ///< groups there ever were at once
    std::uint32_t size_ = 0;
    std::uint32_t free_ = kNone;
    std::uint32_t oldest_ = kNone;
    std::uint32_t latest_ = kNone;
};

} // namespace tanggap::detect
