// Events, rules and a past in memory, for the tests of this room.
#pragma once

#include <algorithm>
#include <map>
#include <utility>

#include "triage/triage.h"

namespace tanggap::triage::testing {

using Fields = std::vector<std::pair<std::string, std::string>>;

inline model::Event make_event(model::EventBatch& batch, const Fields& fields, base::Time time = {})
{
    model::Event event;
    event.time = time;
    event.sensor = "web-1";
    for (const auto& [name, text] : fields) {
        event.fields.push_back({batch.keep(name), model::string_value(batch.keep(text))});
    }
    return event;
}

struct RuleOptions {
    model::Level level = model::Level::Medium;
    std::vector<std::string> techniques{};
    double confidence = 0.8;
    model::Outcome outcome = model::Outcome::Unknown;
};

inline std::shared_ptr<const model::RuleInfo> make_rule(std::string id, RuleOptions options)
{
    auto rule = std::make_shared<model::RuleInfo>();
    rule->title = "title of " + id;
    rule->id = std::move(id);
    rule->level = options.level;
    rule->techniques = std::move(options.techniques);
    rule->confidence = options.confidence;
    rule->declared_outcome = options.outcome;
    return rule;
}

inline model::Detection make_detection(std::shared_ptr<const model::RuleInfo> rule,
                                       std::size_t event_index)
{
    model::Detection detection;
    detection.rule = std::move(rule);
    detection.event_index = event_index;
    return detection;
}

/// What the case database does, in a map.
class MemoryPast : public Past {
public:
    base::Result<std::vector<model::Alert>> alerts_of(const model::AlertKey& key, base::Time from,
                                                      base::Time to) override
    {
        ++questions;
        if (is_broken) {
            return base::unavailable("the case database cannot be read");
        }
        std::vector<model::Alert> touching;
        const model::Alert* before = nullptr;
        const model::Alert* after = nullptr;
        for (const auto& [number, alert] : alerts) {
            if (alert.key != key) {
                continue;
            }
            if (alert.last_seen < from) {
                before = before == nullptr || alert.last_seen > before->last_seen ? &alert : before;
            } else if (alert.first_seen > to) {
                after = after == nullptr || alert.first_seen < after->first_seen ? &alert : after;
            } else {
                touching.push_back(alert);
            }
        }
        for (const model::Alert* neighbour : {before, after}) {
            if (neighbour != nullptr) {
                touching.push_back(*neighbour);
            }
        }
        return touching;
    }

    std::uint64_t next_number() override { return ++given; }

    void commit(std::span<const model::Alert> changed)
    {
        for (const model::Alert& alert : changed) {
            alerts[alert.number] = alert;
        }
        last_committed = given;
    }
    /// What a restart does to numbers that were given and never committed.
    void restart() { given = last_committed; }

    std::map<std::uint64_t, model::Alert> alerts;
    std::uint64_t given = 0;
    std::uint64_t last_committed = 0;
    std::size_t questions = 0;
    bool is_broken = false;
};

} // namespace tanggap::triage::testing
