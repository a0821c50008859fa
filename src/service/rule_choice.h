// A rule apart from the rest, with all it needs: to look at it, or to run it alone.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "service/rule_desk.h"

namespace tanggap::service {

/// The name of a text that is not loaded, in its problems.
inline constexpr std::string_view kTextName = "rule";

struct ChosenRules {
    /// The rules with those they count and the filters that narrow them; null: the text has errors.
    std::shared_ptr<const detect::RuleSet> set;
    std::vector<std::shared_ptr<const model::RuleInfo>> rules; ///< whose detections are meant
    std::vector<detect::Diagnostic> problems;                  ///< of the text
};

/// Loads the rules of the files.
std::shared_ptr<const RuleSources> make_sources(std::vector<detect::RuleFile> files,
                                                std::vector<detect::MappingFile> mappings,
                                                std::vector<detect::Diagnostic>& problems);
FileFacts facts_of(std::string_view yaml);

/// Why a text holds no rules that can be chosen: the first of its errors.
std::string first_error(const ChosenRules& chosen);

/// A loaded rule. Errors: NotFound.
base::Result<ChosenRules> choose_rule(const RuleSources& sources, std::string_view rule_id);

/// The rules of a text, as if it were loaded too: it takes the place of loaded rules of its ids.
ChosenRules choose_text(const RuleSources& sources, std::string_view yaml);

/// The file whose text of a loaded rule is used. Errors: NotFound.
base::Result<const detect::RuleFile*> file_of_rule(const RuleSources& sources,
                                                   std::string_view rule_id);

} // namespace tanggap::service
