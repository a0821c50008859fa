// Rules as people set them: off, another level, or with exceptions. Taken between two batches, so
// nothing is dropped and no count of a correlation begins anew.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "detect/exceptions.h"
#include "model/detection.h"
#include "pipeline/rule_counts.h"

namespace tanggap::pipeline {

struct RuleSetting {
    bool enabled = true;
    /// The rule with another level; null: as it was written.
    std::shared_ptr<const model::RuleInfo> info;
};
/// By rule id. A rule that is not here is as it was written.
using RuleSettings = std::unordered_map<std::string, RuleSetting>;

/// What the settings leave of the detections. A rule that is off finds nothing of its own;
/// correlations that count its matches go on: they are rules of their own.
void apply(const RuleSettings& settings, std::vector<model::Detection>& detections);

/// Takes out what an exception lets pass, and counts it in `counts`. As with rules that are off,
/// correlations go on counting; an exception of the correlation itself looks at the event that
/// completed it.
void apply(const detect::ExceptionSet& exceptions, const model::EventBatch& batch,
           std::vector<model::Detection>& detections, RuleCounts& counts);

} // namespace tanggap::pipeline
