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

} // namespace tanggap::pipeline
