// The slow twin: every rule, every test, one after another, with comparison code of its own.
// It shares the parser with the fast path and nothing else.
#pragma once

#include <string>
#include <vector>

#include "detect/engine.h"

namespace tanggap::detect::testing {

/// Ids of the rules that match, in the order of the set; correlations are left out.
std::vector<std::string> naive_matches(const RuleSet& rules, const model::Event& event);

} // namespace tanggap::detect::testing
