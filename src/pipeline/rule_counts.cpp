#include "pipeline/rule_counts.h"

#include <string_view>

#include "base/metrics.h"

namespace tanggap::pipeline {
namespace {

void tell(std::string_view name, std::string_view help, const std::string& rule, std::uint64_t more)
{
    if (more > 0) {
        base::counter(name, help, {{"rule", rule}}).add(more);
    }
}

} // namespace

void RuleCounter::add(const RuleCounts& batch)
{
    const std::lock_guard lock(mutex_);
    for (const auto& [rule, more] : batch) {
        RuleCount& count = counts_[rule];
        count.detections += more.detections;
        count.excepted += more.excepted;
        tell("tanggap_rule_detections_total", "Detections by rule", rule, more.detections);
        tell("tanggap_rule_excepted_total", "Detections that an exception let pass", rule,
             more.excepted);
    }
}

RuleCounts RuleCounter::counts() const
{
    const std::lock_guard lock(mutex_);
    return counts_;
}

} // namespace tanggap::pipeline
