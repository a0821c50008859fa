// Filters give their exceptions to the rules they name.
#pragma once

#include <vector>

#include "detect/detail/diagnose.h"
#include "detect/detail/rule.h"

namespace tanggap::detect {

/// "(rule) and (filter)" for each rule a filter names or, with `rules: any`, that is of its log
/// source. Selections keep apart: `1 of them` of the rule does not reach those of the filter.
/// A rule of another log source is left as it is, with a warning; so is a name no rule bears.
/// Source: Sigma 2.1.0 filters; what is silent there as pySigma.
void apply_filters(const std::vector<ParsedFilter>& filters, std::vector<ParsedRule>& rules,
                   std::vector<Diagnostic>& diagnostics);

} // namespace tanggap::detect
