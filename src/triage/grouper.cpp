#include <algorithm>
#include <functional>

#include "base/life.h"
#include "triage/detail/cache.h"
#include "triage/detail/update.h"
#include "triage/detail/window.h"
#include "triage/triage.h"

namespace tanggap::triage {
namespace {

using detail::HeldAlert;
using detail::KeyAlerts;
using model::Detection;

/// The detections of one event that belong together.
struct Activity {
    model::AlertKey key;
    std::vector<const Detection*> detections;
};

/// By key, in the order of each key's first detection.
std::vector<Activity> activities_of(const model::Event& event,
                                    std::span<const Detection* const> detections)
{
    std::vector<Activity> activities;
    for (const Detection* detection : detections) {
        model::AlertKey key = key_of(event, *detection->rule);
        auto place = std::ranges::find(activities, key, &Activity::key);
        if (place == activities.end()) {
            activities.push_back({.key = std::move(key), .detections = {}});
            place = std::prev(activities.end());
        }
        place->detections.push_back(detection);
    }
    return activities;
}

/// Correlations report after all single rules of the batch: back into event order.
std::vector<const Detection*> in_event_order(std::span<const Detection> detections)
{
    std::vector<const Detection*> ordered(detections.size());
    std::ranges::transform(detections, ordered.begin(), [](const Detection& d) { return &d; });
    // By address within one event: that is the order they were given in.
    std::ranges::sort(ordered, [](const Detection* a, const Detection* b) {
        return a->event_index != b->event_index ? a->event_index < b->event_index
                                                : std::less<>()(a, b);
    });
    return ordered;
}

HeldAlert* candidate_for(const KeyAlerts& entry, base::Time time)
{
    HeldAlert* best = nullptr;
    for (const auto& held : entry.alerts) {
        if (detail::can_join(held->alert, time) &&
            (best == nullptr || detail::is_before(held->alert, best->alert))) {
            best = held.get();
        }
    }
    return best;
}

/// The alerts of a key just before and just after one of them.
struct Neighbours {
    HeldAlert* before = nullptr;
    HeldAlert* after = nullptr;
};

Neighbours neighbours_of(const KeyAlerts& entry, const HeldAlert& alert)
{
    Neighbours near;
    for (const auto& held : entry.alerts) {
        if (held.get() == &alert) {
            continue;
        }
        const bool is_earlier = detail::is_before(held->alert, alert.alert);
        HeldAlert*& side = is_earlier ? near.before : near.after;
        if (side == nullptr || detail::is_before(held->alert, side->alert) != is_earlier) {
            side = held.get();
        }
    }
    return near;
}

} // namespace

struct Grouper::Cache {
    Cache(Past& past, std::size_t keys_max) : past(past), alerts(past, keys_max) {}

    base::Status group_event(const model::EventBatch& batch,
                             std::span<const Detection* const> detections, base::Time now);
    HeldAlert& start(KeyAlerts& entry, const model::Event& event, base::Time now);
    void note_change(HeldAlert& held);

    Past& past;
    detail::AlertCache alerts;
    std::uint64_t call = 0;
    std::vector<HeldAlert*> changed; ///< by this call
    std::vector<Membership> memberships;
};

void Grouper::Cache::note_change(HeldAlert& held)
{
    alerts.mark_uncommitted(held);
    if (held.changed_in != call) {
        held.changed_in = call;
        changed.push_back(&held);
    }
}

/// A new alert. It recurs of the one before it, and the one after it recurs of this, whichever
/// was written first.
HeldAlert& Grouper::Cache::start(KeyAlerts& entry, const model::Event& event, base::Time now)
{
    HeldAlert& held = *entry.alerts.emplace_back(std::make_unique<HeldAlert>());
    held.alert = detail::new_alert(entry.key, event, past.next_number(), now);
    const auto [before, after] = neighbours_of(entry, held);
    if (before != nullptr) {
        held.alert.recurs_of = before->alert.number;
    }
    if (after != nullptr) {
        after->alert.recurs_of = held.alert.number;
        note_change(*after);
    }
    return held;
}

base::Status Grouper::Cache::group_event(const model::EventBatch& batch,
                                         std::span<const Detection* const> detections,
                                         base::Time now)
{
    const std::size_t event_index = detections.front()->event_index;
    const model::Event& event = batch.events[event_index];
    for (const Activity& activity : activities_of(event, detections)) {
        TRY(KeyAlerts * entry, alerts.find(activity.key, event.time));
        HeldAlert* joined = candidate_for(*entry, event.time);
        HeldAlert& held = joined != nullptr ? *joined : start(*entry, event, now);
        detail::add_event(held.alert, event, activity.detections, now);
        note_change(held);
        memberships.push_back({.event_index = event_index, .alert_number = held.alert.number});
    }
    return {};
}

Grouper::Grouper(Past& past, std::size_t keys_max) : cache_(std::make_unique<Cache>(past, keys_max))
{
}

Grouper::~Grouper() = default;

base::Result<GroupingResult> Grouper::group(const model::EventBatch& batch,
                                            std::span<const Detection> detections, base::Time now)
{
    base::life::step();
    ++cache_->call;
    cache_->changed.clear();
    cache_->memberships.clear();

    const std::vector<const Detection*> ordered = in_event_order(detections);
    const auto same_event = [](const Detection* a, const Detection* b) {
        return a->event_index == b->event_index;
    };
    for (auto first = ordered.begin(); first != ordered.end();) {
        const auto last = std::find_if_not(
            first, ordered.end(), [&](const Detection* d) { return same_event(*first, d); });
        TRY_STATUS(cache_->group_event(batch, {first, last}, now));
        first = last;
    }

    GroupingResult result{.changed = {}, .memberships = std::move(cache_->memberships)};
    std::ranges::sort(cache_->changed, {},
                      [](const HeldAlert* held) { return held->alert.number; });
    for (const HeldAlert* held : cache_->changed) {
        result.changed.push_back(held->alert);
    }
    return result;
}

void Grouper::committed()
{
    cache_->alerts.committed();
}

void Grouper::forget_uncommitted()
{
    cache_->alerts.forget();
}

std::size_t Grouper::cached_keys() const
{
    return cache_->alerts.size();
}

} // namespace tanggap::triage
