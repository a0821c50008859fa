// The remembered events of one group, in as few bytes as they allow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace tanggap::detect {

/// One remembered event, or several that were joined.
struct WindowEntry {
    std::int64_t ns = 0;
    std::uint64_t value = 0;  ///< hash of the counted value, or the bits of a number
    std::uint32_t weight = 1; ///< events in one: sums and averages of large groups
    std::uint16_t member = 0;
    friend auto operator<=>(const WindowEntry&, const WindowEntry&) = default;
};

/// What besides its time is kept of an entry: eight bytes for the value, four for the other.
struct EntryParts {
    enum class Other : std::uint8_t { None, Weight, Member };
    bool value = false;
    Other other = Other::None;
};

/// Entries in the order of their times. A time takes four bytes where all lie within 2^32 of the
/// largest unit that divides them (seconds: 136 years; 100 ns: 7 minutes), eight otherwise.
/// The parts are those of the correlation, the same for every call.
class PackedEntries {
public:
    /// Entries of one group at most: more than twice as many as any condition needs.
    static constexpr std::size_t kEntriesMax = 50'000;

    std::size_t size() const { return size_; }
    std::int64_t time(std::size_t index) const;

    /// Replaces all; `entries` are sorted, at most kEntriesMax.
    void pack(EntryParts parts, std::span<const WindowEntry> entries);
    /// Replaces `out`.
    void unpack(EntryParts parts, std::vector<WindowEntry>& out) const;

    // Of entries that are times and nothing else:
    /// Puts `ns` behind its equals; false, and nothing done, where that takes packing anew.
    bool insert_time(std::int64_t ns);
    void erase_first_time();
    void erase_last_time() { --size_; }

private:
    static constexpr std::size_t kHead = sizeof(std::int64_t); ///< the first time of `bytes_`

    std::size_t width() const { return wide_ ? 8 : 4; }
    std::int64_t base() const;
    std::byte* times() const { return bytes_ ? bytes_.get() + kHead : nullptr; }

    std::unique_ptr<std::byte[]> bytes_; ///< base, times, values, others
    std::uint16_t size_ = 0;
    std::uint16_t capacity_ = 0;
    std::uint8_t unit_ = 0; ///< into kUnits
    bool wide_ = false;
};

} // namespace tanggap::detect
