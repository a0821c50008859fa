#include "codec/json_names.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/json_limits.h"

namespace tanggap::codec {
namespace {

using base::limits::kJsonNameBytesMax;
using base::limits::kJsonNamesMax;

/// Places of the table looked at for one key.
constexpr std::uint32_t kProbesMax = 32;
constexpr std::size_t kFirstSlots = 512;

std::uint64_t mix(std::uint64_t a, std::uint64_t b)
{
    const auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

template <class Word>
std::uint64_t word_at(const char* at)
{
    Word out = 0;
    std::memcpy(&out, at, sizeof out);
    return out;
}

/// Of every byte of the key. Who finds keys that share it gains nothing: see kProbesMax.
std::uint32_t hash_of(std::uint32_t parent, std::string_view key)
{
    constexpr std::uint64_t kFirst = 0x9E3779B97F4A7C15;
    constexpr std::uint64_t kSecond = 0xC2B2AE3D27D4EB4F;
    constexpr std::size_t kWord = 8;
    const char* const at = key.data();
    const std::size_t size = key.size();
    std::uint64_t state = (parent + 1) * kFirst ^ size;
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    if (size >= kWord) {
        for (std::size_t i = kWord; i + kWord < size; i += kWord) {
            state = mix(state ^ word_at<std::uint64_t>(at + i), kSecond);
        }
        head = word_at<std::uint64_t>(at);
        tail = word_at<std::uint64_t>(at + size - kWord);
    } else if (size >= 4) {
        head = word_at<std::uint32_t>(at);
        tail = word_at<std::uint32_t>(at + size - 4);
    } else if (size > 0) {
        head = static_cast<unsigned char>(at[0]) | static_cast<std::uint64_t>(at[size / 2]) << 8;
        tail = static_cast<unsigned char>(at[size - 1]);
    }
    return static_cast<std::uint32_t>(mix(head ^ kFirst, mix(tail ^ kSecond, state | 1)));
}

} // namespace

JsonNames::JsonNames()
{
    forget();
}

void JsonNames::forget()
{
    ++generation_;
    nodes_.clear();
    nodes_.emplace_back();
    slots_.assign(kFirstSlots, {});
    texts_ = std::make_unique<std::pmr::monotonic_buffer_resource>(4 * 1024);
}

std::uint32_t JsonNames::child(std::uint32_t parent, std::string_view key)
{
    const std::uint32_t hash = hash_of(parent, key);
    for (std::uint32_t probe = 0; probe < kProbesMax; ++probe) {
        Slot& slot = slots_[(hash + probe) & (slots_.size() - 1)];
        if (slot.name == kRoot) {
            const std::uint32_t name = add(parent, key);
            if (name != kNone) {
                slot = {.hash = hash, .name = name};
                if (nodes_.size() * 4 > slots_.size()) {
                    grow();
                }
            }
            return name;
        }
        if (slot.hash == hash) {
            const Node& node = nodes_[slot.name];
            if (node.parent == parent && node.key_size == key.size() && node.text.ends_with(key)) {
                return slot.name;
            }
        }
    }
    return kNone;
}

std::uint32_t JsonNames::add(std::uint32_t parent, std::string_view key)
{
    const std::string_view before = nodes_[parent].text;
    const std::size_t front = before.empty() ? 0 : before.size() + 1;
    if (nodes_.size() > kJsonNamesMax || front + key.size() > kJsonNameBytesMax) {
        return kNone;
    }
    const std::size_t size = front + key.size();
    auto* const text = static_cast<char*>(texts_->allocate(std::max<std::size_t>(size, 1), 1));
    if (front > 0) {
        before.copy(text, before.size());
        text[front - 1] = '.';
    }
    key.copy(text + front, key.size());
    nodes_.push_back({.text = {text, size},
                      .parent = parent,
                      .key_size = static_cast<std::uint32_t>(key.size())});
    return static_cast<std::uint32_t>(nodes_.size() - 1);
}

void JsonNames::grow()
{
    std::vector<Slot> smaller(slots_.size() * 2);
    std::swap(smaller, slots_);
    for (const Slot& slot : smaller) {
        auto at = slot.hash;
        while (slot.name != kRoot && slots_[at & (slots_.size() - 1)].name != kRoot) {
            ++at;
        }
        if (slot.name != kRoot) {
            slots_[at & (slots_.size() - 1)] = slot;
        }
    }
}

} // namespace tanggap::codec
