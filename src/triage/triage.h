// Detections to alerts: grouping, outcome, priority (rulings 26-28). Pure; one owner.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/alert.h"
#include "model/detection.h"
#include "model/event.h"

namespace tanggap::triage {

/// Rulings 27, for one event: what its own fields and the rules that matched say.
model::Outcome outcome_of(const model::Event& event, std::span<const model::Detection* const> detections);

/// Rulings 26. Where no part can be found, the sensor stands in for source and target.
model::AlertKey key_of(const model::Event& event, const model::RuleInfo& rule);

struct Priority {
    int value = 0; ///< 0..100
    std::vector<model::PriorityFactor> factors;
};
/// Rulings 28.
Priority priority_of(model::Level severity, int asset_value, double confidence, model::Outcome outcome);

/// An alert that later events may still join.
/// Alerts of one key whose window an event could touch are looked up through `Past`.
class Past {
public:
    virtual ~Past() = default;
    /// Alerts of `key`, any order. Two implementations: the case database, and memory in tests.
    virtual std::vector<model::Alert> alerts_of(const model::AlertKey& key) = 0;
    virtual std::uint64_t next_number() = 0;
};

/// Which alerts an event belongs to, for the archive's `alerts` column.
struct Membership {
    std::size_t event_index = 0;
    std::uint64_t alert_number = 0;
};

struct GroupingResult {
    std::vector<model::Alert> changed;    ///< new or updated, whole
    std::vector<Membership> memberships;  ///< by event, each pair once
};

/// Groups the detections of one batch, which must be in journal order.
/// Determinism: the same journal order and restarts anywhere give the same alerts.
/// Cache: alerts of recent keys are held, at most `keys_max`; the rest is asked from Past again.
class Grouper {
public:
    Grouper(Past& past, std::size_t keys_max);
    ~Grouper();
    GroupingResult group(const model::EventBatch& batch, std::span<const model::Detection> detections,
                         base::Time now);

private:
    struct Cache;
    Past& past_;
    std::unique_ptr<Cache> cache_;
};

} // namespace tanggap::triage
