#include <fmt/format.h>

#include "base/text.h"
#include "detect/detail/compiled.h"
#include "detect/detail/reasons.h"
#include "detect/engine.h"

namespace tanggap::detect {

base::Result<ExplainNode> explain(const RuleSet& rules, std::string_view rule_id,
                                  const model::Event& event)
{
    const auto& set = rules.compiled();
    const auto* rule = set.find_rule(rule_id);
    if (rule == nullptr) {
        return base::not_found(fmt::format("no rule has the id {}", base::quoted(rule_id)));
    }
    if (rule->condition == nullptr) {
        return base::invalid(
            fmt::format("{} is a correlation: it is explained by the events it counts",
                        base::quoted(rule->info->title)));
    }
    ExplainNode best;
    bool applies = false;
    for (const auto index : rule->partitions) {
        const auto& variant = *set.partitions[index].variant;
        if (variant_applies(variant, event)) {
            auto node = explain_clause(*rule->condition, variant, event);
            if (!applies || node.matched) {
                best = std::move(node);
            }
            applies = true;
        }
    }
    if (!applies) {
        return ExplainNode{.text = "the event is not of the rule's log source",
                           .matched = false,
                           .found = std::string(event.dataset),
                           .absent = false,
                           .children = {}};
    }
    return best;
}

} // namespace tanggap::detect
