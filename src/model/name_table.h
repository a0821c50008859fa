// Field names known in advance, found in a few nanoseconds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tanggap::model {

/// A number for `name`: of its length and its first, middle and last eight bytes. Field names
/// differ there; what shares them all is told apart by comparing.
std::uint64_t name_hash(std::string_view name);

/// Names to numbers. Built once, then read by any thread. Every field of every event asks here what
/// it is, which is why it is not a general map.
/// Cost: a look-up reads at most 24 bytes of the name, compares it at most a few times, and does
/// not allocate. Which names are known is not in a sender's hands.
class NameTable {
public:
    static constexpr std::uint32_t kAbsent = 0xFFFFFFFF;

    /// The first number of a name stays.
    void add(std::string_view name, std::uint32_t number);
    /// kAbsent for a name that was not added.
    std::uint32_t find(std::string_view name) const
    {
        for (auto i = name_hash(name) & mask(); slots_[i].number != kAbsent; i = (i + 1) & mask()) {
            if (slots_[i].name == name) {
                return slots_[i].number;
            }
        }
        return kAbsent;
    }

private:
    struct Slot {
        std::string name;
        std::uint32_t number = kAbsent;
    };
    std::size_t mask() const { return slots_.size() - 1; }
    void grow();

    std::vector<Slot> slots_ = std::vector<Slot>(64); ///< a power of two, at most a quarter taken
    std::size_t taken_ = 0;
};

} // namespace tanggap::model
