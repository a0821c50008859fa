#include "app/rule_knowledge.h"

#include <algorithm>
#include <vector>

#include "store/own_rules.h"
#include "store/rule_exceptions.h"
#include "store/rule_settings.h"

namespace tanggap::app {

base::Result<std::shared_ptr<const pipeline::RuleSettings>>
settings_of_rules(store::CaseStore& cases, const detect::RuleSet& rules)
{
    std::vector<store::RuleSetting> kept;
    TRY_STATUS(cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(kept, store::list_rule_settings(snapshot));
        return {};
    }));
    auto settings = std::make_shared<pipeline::RuleSettings>();
    for (const auto& rule : rules.rules()) {
        const auto set = std::ranges::find(kept, rule->id, &store::RuleSetting::rule_id);
        if (set == kept.end()) {
            continue;
        }
        pipeline::RuleSetting& now = (*settings)[rule->id];
        now.enabled = set->enabled;
        if (set->level && *set->level != rule->level) {
            auto changed = std::make_shared<model::RuleInfo>(*rule);
            changed->level = *set->level;
            now.info = std::move(changed);
        }
    }
    return settings->empty() ? nullptr : std::shared_ptr<const pipeline::RuleSettings>(settings);
}

base::Status add_own_rules(store::CaseStore& cases, std::vector<detect::RuleFile>& files)
{
    return cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(auto rules, store::list_own_rules(snapshot));
        for (store::OwnRule& rule : rules) {
            files.push_back({.name = service::own_file_name(rule.id),
                             .yaml = std::move(rule.yaml),
                             .origin = detect::RuleOrigin::Own});
        }
        return {};
    });
}

base::Result<std::shared_ptr<const detect::ExceptionSet>>
exceptions_of_rules(store::CaseStore& cases)
{
    std::vector<detect::RuleException> exceptions;
    TRY_STATUS(cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(auto kept, store::list_exceptions(snapshot));
        for (store::KeptException& each : kept) {
            exceptions.push_back(std::move(each.exception));
        }
        return {};
    }));
    if (exceptions.empty()) {
        return nullptr;
    }
    return detect::ExceptionSet::build(exceptions);
}

std::map<std::string, service::RuleCount, std::less<>>
counts_of_rules(const pipeline::RuleCounts& counts)
{
    std::map<std::string, service::RuleCount, std::less<>> out;
    for (const auto& [rule, count] : counts) {
        out.emplace(rule,
                    service::RuleCount{.detections = count.detections, .excepted = count.excepted});
    }
    return out;
}

} // namespace tanggap::app
