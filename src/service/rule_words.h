// A rule's text taken apart, for telling in words what it looks for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tanggap::service {

/// "cs-uri-query|contains|all: [a, b]" of a selection; keywords have no field.
struct RuleLine {
    std::string field;
    std::vector<std::string> modifiers;
    std::vector<std::string> values; ///< at most limits::kRuleValuesTold
    std::size_t more = 0;            ///< values beside those
};
struct RuleSelection {
    std::string name;
    /// Any of them; in each, every line.
    std::vector<std::vector<RuleLine>> any_of;
};
struct RuleCounting {
    std::string type; ///< "event_count"
    std::vector<std::string> rules;
    std::vector<std::string> group_by;
    std::string timespan;
    std::string condition; ///< "gte 10"
};
struct RuleWords {
    std::string logsource; ///< "category webserver"
    std::string condition; ///< "selection and not filter"
    std::vector<RuleSelection> selections;
    std::optional<RuleCounting> counting; ///< of a correlation
};

/// The document of `yaml` with that id; nothing where it has none.
RuleWords words_of_rule(std::string_view yaml, std::string_view rule_id);

} // namespace tanggap::service
