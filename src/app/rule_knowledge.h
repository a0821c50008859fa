// What people set of rules, from the case database, as the pipeline takes it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "detect/engine.h"
#include "detect/exceptions.h"
#include "pipeline/rule_settings.h"
#include "service/rule_desk.h"
#include "store/case_store.h"

namespace tanggap::app {

/// Null where nobody set anything. Settings of rules that are not loaded wait for them.
base::Result<std::shared_ptr<const pipeline::RuleSettings>>
settings_of_rules(store::CaseStore& cases, const detect::RuleSet& rules);

/// Adds the rules that people wrote here, after all files.
base::Status add_own_rules(store::CaseStore& cases, std::vector<detect::RuleFile>& files);

/// Null where there are none.
base::Result<std::shared_ptr<const detect::ExceptionSet>>
exceptions_of_rules(store::CaseStore& cases);

/// What the pipeline counted, as the service tells it.
std::map<std::string, service::RuleCount, std::less<>>
counts_of_rules(const pipeline::RuleCounts& counts);

} // namespace tanggap::app
