// Detections to alerts: grouping, outcome, priority (rulings 26-28). Pure; one owner.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/alert.h"
#include "model/detection.h"
#include "model/event.h"

namespace tanggap::triage {

/// Rulings 27, for one event: what its own fields and the rules that matched say.
/// A refusal that the event itself reports wins over what a rule declares.
model::Outcome outcome_of(const model::Event& event,
                          std::span<const model::Detection* const> detections);

/// Rulings 26. Where no part can be found, the sensor stands in for source and target.
model::AlertKey key_of(const model::Event& event, const model::RuleInfo& rule);

struct Priority {
    int value = 0; ///< 0..100
    std::vector<model::PriorityFactor> factors;
};
/// Rulings 28. `asset_value` 1..3 and `confidence` 0.5..1 are taken to the nearest in range.
Priority priority_of(model::Level severity, int asset_value, double confidence,
                     model::Outcome outcome);

/// The alerts that were committed. Two implementations: the case database, and memory in tests.
class Past {
public:
    virtual ~Past() = default;
    /// Alerts of `key` that touch [from, to] (first_seen ≤ to and last_seen ≥ from), and beside
    /// them the nearest one wholly before and the nearest one wholly after. Any order, whole.
    /// An alert spans at most limits::kAlertSpanMax, so an index on (key, first_seen) is enough.
    virtual base::Result<std::vector<model::Alert>> alerts_of(const model::AlertKey& key,
                                                              base::Time from, base::Time to) = 0;
    /// One above the highest number given out since the last commit; numbers of a range that was
    /// never committed are given again.
    virtual std::uint64_t next_number() = 0;
};

/// Which alerts an event belongs to, for the archive's `alerts` column.
struct Membership {
    std::size_t event_index = 0;
    std::uint64_t alert_number = 0;
};

struct GroupingResult {
    std::vector<model::Alert> changed;   ///< new or updated by this call, whole, by number
    std::vector<Membership> memberships; ///< by event, each pair once
};

/// Groups the detections of batches, which must come in journal order.
///
/// Determinism: the same journal order gives the same alerts (ids apart), however it is cut into
///          batches and wherever the program was restarted.
/// Cache:   alerts of recent keys. Until `committed()` says that Past knows them, changed alerts
///          are kept whatever their number; after it, keys above `keys_max` are dropped, least
///          recently used first, and asked from Past again when needed.
/// Errors:  what Past answers. The range must then be abandoned with `forget_uncommitted()`.
/// Thread:  one owner, the processor.
class Grouper {
public:
    Grouper(Past& past, std::size_t keys_max);
    ~Grouper();
    Grouper(const Grouper&) = delete;

    base::Result<GroupingResult> group(const model::EventBatch& batch,
                                       std::span<const model::Detection> detections,
                                       base::Time now);

    /// Everything that `group` returned so far is in Past now.
    void committed();
    /// The range was not committed: back to what Past knows.
    void forget_uncommitted();
    std::size_t cached_keys() const;

private:
    struct Cache;
    std::unique_ptr<Cache> cache_;
};

} // namespace tanggap::triage
