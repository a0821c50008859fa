// A rule document to a ParsedRule.
#pragma once

#include <optional>
#include <vector>

#include "detect/detail/diagnose.h"
#include "detect/detail/modifiers.h"
#include "detect/detail/rule.h"

namespace tanggap::detect {

/// Reads every document of `file`; a document with an error is left out, each of its problems is
/// reported. An old aggregation gives two rules: what is counted, and the correlation.
/// Source: Sigma 2.1.0 rules, correlation and filter specifications.
ParsedFile parse_rules(const RuleFile& file, const Placeholders& placeholders,
                       std::vector<Diagnostic>& diagnostics);

struct ParsedDetection {
    ClausePtr condition;
    std::optional<Aggregation> aggregation;
};

/// The `detection:` of a rule; a null condition after reporting.
ParsedDetection parse_detection(const codec::YamlNode& detection, const Placeholders& placeholders,
                                Diagnoser& diagnose);

/// A `filter:`, whose selections stand beside `rules`; a null condition after reporting.
/// Source: Sigma 2.1.0 filters specification; `rules: any` as pySigma.
ClausePtr parse_filter(const codec::YamlNode& filter, const std::string& title,
                       const Placeholders& placeholders, Diagnoser& diagnose);

/// Number and unit, `s m h d w`; nothing after reporting.
std::optional<base::Duration> parse_timespan(const codec::YamlNode& node, Diagnoser& diagnose);

/// The `correlation:` of a rule; nothing after reporting.
std::optional<CorrelationRule> parse_correlation(const codec::YamlNode& correlation,
                                                 Diagnoser& diagnose);

} // namespace tanggap::detect
