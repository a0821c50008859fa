// Correlations find the rules they name.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "detect/detail/compiled.h"

namespace tanggap::detect {

/// Fills `set.correlations` from the parsed rules (same order as `set.rules`), sets `alone` and
/// `signals` on every rule. A correlation that names a rule that is not there, or that counts
/// itself, is reported and never fires; its index is in the answer.
std::set<RuleIndex> link_correlations(RuleSet::Compiled& set, const std::vector<ParsedRule>& rules,
                                      std::vector<Diagnostic>& diagnostics);

} // namespace tanggap::detect
