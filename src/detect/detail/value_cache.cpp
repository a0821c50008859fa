#include "detect/detail/value_cache.h"

#include "detect/detail/keyed_hash.h"

namespace tanggap::detect {

ValueCache::ValueCache() : places_(kPlaces) {}

ValueCache::Key ValueCache::key_of(std::uint64_t scope, std::string_view text)
{
    return {.scope = scope, .text = text, .hash = secret().hash(scope, text)};
}

bool ValueCache::is(const Entry& entry, const Key& key) const
{
    return entry.hash == key.hash && entry.scope == key.scope &&
           std::string_view(texts_.data() + entry.text_at, entry.text_size) == key.text;
}

std::optional<std::span<const PredicateId>> ValueCache::find(const Key& key) const
{
    for (auto at = key.hash % kPlaces; places_[at].hash != 0; at = (at + 1) % kPlaces) {
        if (is(places_[at], key)) {
            return std::span(hits_).subspan(places_[at].hits_at, places_[at].hits_count);
        }
    }
    return std::nullopt;
}

void ValueCache::keep(const Key& key, std::span<const PredicateId> hits)
{
    if (key.text.size() > kTextMax || hits.size() > kHitsMax) {
        return;
    }
    if (count_ == kEntriesMax || texts_.size() + key.text.size() > kTextsMax ||
        hits_.size() + hits.size() > kHitsMax) {
        clear();
    }
    auto at = key.hash % kPlaces;
    while (places_[at].hash != 0) {
        at = (at + 1) % kPlaces;
    }
    places_[at] = {.hash = key.hash,
                   .scope = key.scope,
                   .text_at = static_cast<std::uint32_t>(texts_.size()),
                   .text_size = static_cast<std::uint32_t>(key.text.size()),
                   .hits_at = static_cast<std::uint32_t>(hits_.size()),
                   .hits_count = static_cast<std::uint32_t>(hits.size())};
    texts_.insert(texts_.end(), key.text.begin(), key.text.end());
    hits_.insert(hits_.end(), hits.begin(), hits.end());
    ++count_;
}

void ValueCache::clear()
{
    places_.assign(kPlaces, {});
    texts_.clear();
    hits_.clear();
    count_ = 0;
}

} // namespace tanggap::detect
