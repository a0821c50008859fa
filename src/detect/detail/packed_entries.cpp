#include "detect/detail/packed_entries.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <ranges>

#include "base/error.h"

namespace tanggap::detect {
namespace {

/// Units: ns. Each divides the one before it.
constexpr std::array<std::int64_t, 5> kUnits{1'000'000'000, 1'000'000, 1'000, 100, 1};
constexpr std::uint64_t kStepMax = std::numeric_limits<std::uint32_t>::max();

template <class Number>
Number load(const std::byte* at)
{
    Number out;
    std::memcpy(&out, at, sizeof out);
    return out;
}

template <class Number>
void store(std::byte* at, Number number)
{
    std::memcpy(at, &number, sizeof number);
}

std::uint64_t difference(std::int64_t later, std::int64_t earlier)
{
    return static_cast<std::uint64_t>(later) - static_cast<std::uint64_t>(earlier);
}

std::size_t bytes_of(EntryParts parts)
{
    return (parts.value ? 8U : 0U) + (parts.other != EntryParts::Other::None ? 4U : 0U);
}

/// As many entries as `wanted` and what else fits into the memory that they take anyway.
std::size_t roomy(std::size_t wanted, std::size_t head, std::size_t entry_bytes)
{
    constexpr std::size_t kStep = 16; // of the allocator, which needs 8 bytes for itself
    const auto taken = (head + wanted * entry_bytes + 8 + kStep - 1) / kStep * kStep - 8;
    return (taken - head) / entry_bytes;
}

} // namespace

std::int64_t PackedEntries::base() const
{
    return load<std::int64_t>(bytes_.get());
}

std::int64_t PackedEntries::time(std::size_t index) const
{
    if (wide_) {
        return load<std::int64_t>(times() + index * 8);
    }
    const auto step = load<std::uint32_t>(times() + index * 4);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(base()) +
                                     step * static_cast<std::uint64_t>(kUnits[unit_]));
}

void PackedEntries::pack(EntryParts parts, std::span<const WindowEntry> entries)
{
    TANGGAP_ASSERT(entries.size() <= kEntriesMax);
    if (entries.empty()) {
        *this = {};
        return;
    }
    std::size_t unit = 0;
    for (const auto& entry : entries) {
        while (entry.ns % kUnits[unit] != 0) {
            ++unit;
        }
    }
    const auto one = static_cast<std::uint64_t>(kUnits[unit]);
    const auto steps = difference(entries.back().ns, entries.front().ns) / one;
    const bool wide = steps > kStepMax;
    const std::size_t entry_bytes = (wide ? 8 : 4) + bytes_of(parts);
    if (bytes_ == nullptr || wide != wide_ || entries.size() > capacity_) {
        const auto wanted = entries.size() + entries.size() / 4;
        capacity_ = static_cast<std::uint16_t>(roomy(wanted, kHead, entry_bytes));
        bytes_ = std::make_unique_for_overwrite<std::byte[]>(kHead + capacity_ * entry_bytes);
    }
    wide_ = wide;
    unit_ = static_cast<std::uint8_t>(unit);
    size_ = static_cast<std::uint16_t>(entries.size());
    if (!wide_) { // in the middle of what fits: later and earlier events will come
        const auto below = difference(entries.front().ns, std::numeric_limits<std::int64_t>::min());
        const auto ahead = std::min((kStepMax - steps) / 2, below / one);
        store(bytes_.get(), static_cast<std::int64_t>(
                                static_cast<std::uint64_t>(entries.front().ns) - ahead * one));
    }
    std::byte* value = times() + capacity_ * width();
    std::byte* other = value + (parts.value ? capacity_ * std::size_t{8} : 0);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& entry = entries[i];
        if (wide_) {
            store(times() + i * 8, entry.ns);
        } else {
            store(times() + i * 4, static_cast<std::uint32_t>(difference(entry.ns, base()) / one));
        }
        if (parts.value) {
            store(value + i * 8, entry.value);
        }
        if (parts.other != EntryParts::Other::None) {
            store(other + i * 4, parts.other == EntryParts::Other::Weight
                                     ? entry.weight
                                     : std::uint32_t{entry.member});
        }
    }
}

void PackedEntries::unpack(EntryParts parts, std::vector<WindowEntry>& out) const
{
    out.resize(size_);
    const std::byte* value = times() + capacity_ * width();
    const std::byte* other = value + (parts.value ? capacity_ * std::size_t{8} : 0);
    for (std::size_t i = 0; i < size_; ++i) {
        auto& entry = out[i] = {.ns = time(i)};
        if (parts.value) {
            entry.value = load<std::uint64_t>(value + i * 8);
        }
        if (parts.other == EntryParts::Other::Weight) {
            entry.weight = load<std::uint32_t>(other + i * 4);
        } else if (parts.other == EntryParts::Other::Member) {
            entry.member = static_cast<std::uint16_t>(load<std::uint32_t>(other + i * 4));
        }
    }
}

bool PackedEntries::insert_time(std::int64_t ns)
{
    if (size_ == capacity_) {
        return false;
    }
    const auto one = static_cast<std::uint64_t>(kUnits[unit_]);
    std::uint64_t step = 0;
    if (!wide_) {
        const auto ahead = ns < base() ? kStepMax * one + 1 : difference(ns, base());
        step = ahead / one;
        if (step > kStepMax || step * one != ahead) {
            return false;
        }
    }
    std::size_t at = size_;
    if (at > 0 && ns < time(at - 1)) {
        const auto places = std::views::iota(std::size_t{0}, at);
        at = *std::ranges::upper_bound(places, ns, {}, [this](std::size_t i) { return time(i); });
    }
    std::byte* const place = times() + at * width();
    std::memmove(place + width(), place, (size_ - at) * width());
    if (wide_) {
        store(place, ns);
    } else {
        store(place, static_cast<std::uint32_t>(step));
    }
    ++size_;
    return true;
}

void PackedEntries::erase_first_time()
{
    --size_;
    std::memmove(times(), times() + width(), size_ * width());
}

} // namespace tanggap::detect
