// Names of JSON fields, known again by number.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace tanggap::codec {

/// Dotted paths of keys ("EventData.Image"), each with a number: the same path below the same keys
/// has the same number as long as `generation` stays.
/// Cost: a look-up reads the key once and compares it at most a few dozen times, whatever the keys.
class JsonNames {
public:
    static constexpr std::uint32_t kRoot = 0;
    static constexpr std::uint32_t kNone = 0xFFFFFFFF;

    JsonNames();

    /// The number of `key` below `parent`. kNone where no more are taken: too many
    /// (limits::kJsonNamesMax), too long (limits::kJsonNameBytesMax), or keys made to collide.
    std::uint32_t child(std::uint32_t parent, std::string_view key);
    /// Lifetime: until the generation changes.
    std::string_view text(std::uint32_t name) const { return nodes_[name].text; }
    std::size_t size() const { return nodes_.size(); }
    std::uint64_t generation() const { return generation_; }
    /// Forgets every name; only between two objects.
    void forget();
    /// Notes that the object number `object` has the name; true where it had it before.
    bool note(std::uint32_t name, std::uint64_t object)
    {
        const bool before = nodes_[name].seen_in == object;
        nodes_[name].seen_in = object;
        return before;
    }

private:
    struct Node {
        std::string_view text;
        std::uint32_t parent = kRoot;
        std::uint32_t key_size = 0; ///< the end of `text`
        std::uint64_t seen_in = 0;
    };
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t name = kRoot; ///< kRoot: free
    };
    std::uint32_t add(std::uint32_t parent, std::string_view key);
    void grow();

    std::vector<Node> nodes_;
    std::vector<Slot> slots_; ///< a power of two, at most a quarter taken
    std::unique_ptr<std::pmr::monotonic_buffer_resource> texts_;
    std::uint64_t generation_ = 0;
};

} // namespace tanggap::codec
