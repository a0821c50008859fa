// A rule document to a ParsedRule.
#pragma once

#include <optional>
#include <vector>

#include "detect/detail/diagnose.h"
#include "detect/detail/modifiers.h"
#include "detect/detail/rule.h"

namespace tanggap::detect {

/// Reads every document of `file`; a document with an error is left out, each of its problems is
/// reported.
/// Source: Sigma 2.1.0 rules and correlation specification.
std::vector<ParsedRule> parse_rules(const RuleFile& file, const Placeholders& placeholders,
                                    std::vector<Diagnostic>& diagnostics);

/// The `detection:` of a rule; null after reporting.
ClausePtr parse_detection(const codec::YamlNode& detection, const Placeholders& placeholders,
                          Diagnoser& diagnose);

/// The `correlation:` of a rule; nothing after reporting.
std::optional<CorrelationRule> parse_correlation(const codec::YamlNode& correlation,
                                                 Diagnoser& diagnose);

} // namespace tanggap::detect
