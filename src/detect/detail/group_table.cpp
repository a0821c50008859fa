#include "detect/detail/group_table.h"

#include <algorithm>

#include "detect/detail/keyed_hash.h"

namespace tanggap::detect {

std::uint32_t GroupTable::hash_of(std::string_view key)
{
    return static_cast<std::uint32_t>(secret().hash(0, key) >> 32);
}

std::uint32_t GroupTable::find(std::string_view key) const
{
    if (places_.empty()) {
        return kNone;
    }
    const auto hash = hash_of(key);
    const auto mask = places_.size() - 1;
    for (std::size_t at = hash & mask; places_[at] != 0; at = (at + 1) & mask) {
        const auto group = places_[at] - 1;
        const auto& one = (*this)[group];
        if (one.hash == hash && one.key == key) {
            return group;
        }
    }
    return kNone;
}

std::uint32_t GroupTable::add(std::string_view key)
{
    auto group = free_;
    if (group != kNone) {
        free_ = (*this)[group].behind;
    } else {
        group = made_++;
        if (group / kBlock == blocks_.size()) {
            blocks_.push_back(std::make_unique<std::array<Group, kBlock>>());
        }
    }
    ++size_;
    auto& added = (*this)[group];
    added.key = key;
    added.hash = hash_of(key);
    link(group);
    constexpr std::size_t kFull = 4; // three of four places
    if (size_ * kFull > places_.size() * (kFull - 1)) {
        grow();
    } else {
        put(group);
    }
    return group;
}

void GroupTable::use(std::uint32_t group)
{
    if (group != latest_) {
        unlink(group);
        link(group);
    }
}

void GroupTable::remove(std::uint32_t group)
{
    const auto mask = places_.size() - 1;
    auto& removed = (*this)[group];
    std::size_t at = removed.hash & mask;
    while (places_[at] != group + 1) {
        at = (at + 1) & mask;
    }
    clear_place(at);
    unlink(group);
    removed = {};
    removed.behind = free_;
    free_ = group;
    --size_;
}

void GroupTable::link(std::uint32_t group)
{
    (*this)[group].before = latest_;
    (*this)[group].behind = kNone;
    (latest_ == kNone ? oldest_ : (*this)[latest_].behind) = group;
    latest_ = group;
}

void GroupTable::unlink(std::uint32_t group)
{
    const auto [before, behind] = std::pair((*this)[group].before, (*this)[group].behind);
    (before == kNone ? oldest_ : (*this)[before].behind) = behind;
    (behind == kNone ? latest_ : (*this)[behind].before) = before;
}

/// Twice as many places, filled anew with all that are in use.
void GroupTable::grow()
{
    constexpr std::size_t kSmallest = 8;
    places_.assign(std::max(kSmallest, places_.size() * 2), 0);
    for (auto group = oldest_; group != kNone; group = (*this)[group].behind) {
        put(group);
    }
}

void GroupTable::put(std::uint32_t group)
{
    const auto mask = places_.size() - 1;
    std::size_t at = (*this)[group].hash & mask;
    while (places_[at] != 0) {
        at = (at + 1) & mask;
    }
    places_[at] = group + 1;
}

/// Moves up what a free place would cut off from where its search begins.
void GroupTable::clear_place(std::size_t at)
{
    const auto mask = places_.size() - 1;
    for (auto next = (at + 1) & mask; places_[next] != 0; next = (next + 1) & mask) {
        const auto wanted = (*this)[places_[next] - 1].hash & mask;
        const bool reaches = ((next - wanted) & mask) >= ((next - at) & mask);
        if (reaches) {
            places_[at] = places_[next];
            at = next;
        }
    }
    places_[at] = 0;
}

} // namespace tanggap::detect
