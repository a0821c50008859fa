#include "triage/detail/cache.h"

#include <algorithm>
#include <functional>

#include "base/limits.h"

namespace tanggap::triage::detail {

std::size_t KeyHash::operator()(const model::AlertKey& key) const
{
    constexpr std::size_t kMix = 0x9E3779B97F4A7C15; // 2^64 / golden ratio
    const std::hash<std::string> hash;
    return (hash(key.source) * kMix + hash(key.technique)) * kMix + hash(key.target);
}

KeyAlerts& AlertCache::touch(const model::AlertKey& key)
{
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
        entries_.splice(entries_.begin(), entries_, found->second);
        return entries_.front();
    }
    entries_.emplace_front().key = key;
    by_key_.emplace(key, entries_.begin());
    return entries_.front();
}

base::Result<KeyAlerts*> AlertCache::find(const model::AlertKey& key, base::Time time)
{
    KeyAlerts& entry = touch(key);
    const bool is_known = time - base::limits::kAlertGap >= entry.known_from &&
                          time + base::limits::kAlertGap <= entry.known_to;
    if (!is_known) {
        TRY_STATUS(load(entry, time));
    }
    return &entry;
}

/// Asks for more than one event needs, so that a sorted log asks about once a day and key.
base::Status AlertCache::load(KeyAlerts& entry, base::Time time)
{
    constexpr base::Duration kAround = base::limits::kAlertSpanMax + base::limits::kAlertGap;
    TRY(auto alerts, past_.alerts_of(entry.key, time - kAround, time + kAround));

    std::erase_if(entry.alerts, [](const auto& held) { return !held->is_uncommitted; });
    const auto newer = entry.alerts.size();
    for (model::Alert& alert : alerts) {
        const bool is_held = std::any_of(
            entry.alerts.begin(), entry.alerts.begin() + static_cast<std::ptrdiff_t>(newer),
            [&](const auto& held) { return held->alert.number == alert.number; });
        if (!is_held) {
            entry.alerts.push_back(
                std::make_unique<HeldAlert>(HeldAlert{.alert = std::move(alert)}));
        }
    }
    entry.known_from = time - kAround;
    entry.known_to = time + kAround;
    return {};
}

void AlertCache::mark_uncommitted(HeldAlert& held)
{
    if (!held.is_uncommitted) {
        held.is_uncommitted = true;
        uncommitted_.push_back(&held);
    }
}

void AlertCache::committed()
{
    for (HeldAlert* held : uncommitted_) {
        held->is_uncommitted = false;
    }
    uncommitted_.clear();
    while (entries_.size() > keys_max_) {
        by_key_.erase(entries_.back().key);
        entries_.pop_back();
    }
}

void AlertCache::forget()
{
    uncommitted_.clear();
    by_key_.clear();
    entries_.clear();
}

} // namespace tanggap::triage::detail
