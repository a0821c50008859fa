#include "pipeline/rule_settings.h"

#include <vector>

namespace tanggap::pipeline {

void apply(const RuleSettings& settings, std::vector<model::Detection>& detections)
{
    if (settings.empty()) {
        return;
    }
    std::erase_if(detections, [&](model::Detection& detection) {
        const auto set = settings.find(detection.rule->id);
        if (set == settings.end()) {
            return false;
        }
        if (set->second.info != nullptr) {
            detection.rule = set->second.info;
        }
        return !set->second.enabled;
    });
}

void apply(const detect::ExceptionSet& exceptions, const model::EventBatch& batch,
           std::vector<model::Detection>& detections, RuleCounts& counts)
{
    if (exceptions.empty()) {
        return;
    }
    std::erase_if(detections, [&](const model::Detection& detection) {
        const bool passes =
            exceptions.find(detection.rule->id, batch.events[detection.event_index]) != nullptr;
        if (passes) {
            ++counts[detection.rule->id].excepted;
        }
        return passes;
    });
}

} // namespace tanggap::pipeline
