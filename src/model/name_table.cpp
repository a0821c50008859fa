#include "model/name_table.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tanggap::model {
namespace {

std::uint64_t eight_bytes(const char* at)
{
    std::uint64_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
}

} // namespace

std::uint64_t name_hash(std::string_view name)
{
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    constexpr std::uint64_t kMixer = 0x9E3779B97F4A7C15;
    std::uint64_t hash = name.size() * kMixer;
    if (name.size() >= kWord) {
        hash ^= eight_bytes(name.data());
        hash = (hash ^ hash >> 29) * kMixer;
        hash ^= eight_bytes(name.data() + (name.size() - kWord) / 2);
        hash = (hash ^ hash >> 29) * kMixer;
        hash ^= eight_bytes(name.data() + name.size() - kWord);
    } else {
        for (const char c : name) {
            hash = (hash ^ static_cast<unsigned char>(c)) * kMixer;
        }
    }
    hash = (hash ^ hash >> 32) * kMixer;
    return hash ^ hash >> 32;
}

void NameTable::add(std::string_view name, std::uint32_t number)
{
    if (find(name) != kAbsent) {
        return;
    }
    if (++taken_ * 4 > slots_.size()) {
        grow();
    }
    auto i = name_hash(name) & mask();
    while (slots_[i].number != kAbsent) {
        i = (i + 1) & mask();
    }
    slots_[i] = {std::string(name), number};
}

void NameTable::grow()
{
    std::vector<Slot> smaller(slots_.size() * 2);
    std::swap(smaller, slots_);
    for (Slot& slot : smaller) {
        if (slot.number == kAbsent) {
            continue;
        }
        auto i = name_hash(slot.name) & mask();
        while (slots_[i].number != kAbsent) {
            i = (i + 1) & mask();
        }
        slots_[i] = std::move(slot);
    }
}

} // namespace tanggap::model
