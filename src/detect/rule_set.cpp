#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "detect/detail/compiled.h"
#include "detect/detail/filters.h"
#include "detect/detail/link.h"
#include "detect/detail/rule_parser.h"
#include "detect/engine.h"

namespace tanggap::detect {
namespace {

Diagnostic diagnostic(Diagnostic::Severity severity, const ParsedRule& rule, const Place& place,
                      std::string message, std::string hint)
{
    return {.severity = severity,
            .file = place.file,
            .line = place.line,
            .column = place.column,
            .length = 0,
            .rule_title = rule.info->title,
            .message = std::move(message),
            .hint = std::move(hint)};
}

struct KnownRule {
    std::size_t index;
    RuleOrigin origin;
};
using KnownRules = std::map<std::string, KnownRule>; // by id

/// A user's rule replaces ours of the same id, and one written in the console both; any other
/// second use of an id is an error.
void add_unique(std::vector<ParsedRule>& rules, KnownRules& by_id, ParsedRule rule,
                RuleOrigin origin, std::vector<Diagnostic>& diagnostics)
{
    const auto [known, fresh] =
        by_id.emplace(rule.info->id, KnownRule{.index = rules.size(), .origin = origin});
    if (fresh) {
        rules.push_back(std::move(rule));
        return;
    }
    auto& other = rules[known->second.index];
    if (origin != known->second.origin) {
        if (origin > known->second.origin) {
            other = std::move(rule);
            known->second.origin = origin;
        }
        return;
    }
    diagnostics.push_back(diagnostic(
        Diagnostic::Severity::Error, rule, rule.place,
        fmt::format("the id {} is already used by {}", base::quoted(rule.info->id),
                    base::quoted(other.info->title)),
        fmt::format("see {}:{}; give one of them a new id", other.place.file, other.place.line)));
}

std::vector<ParsedRule> parse_all(std::span<const RuleFile> files, const Placeholders& placeholders,
                                  std::vector<Diagnostic>& diagnostics)
{
    std::vector<ParsedRule> rules;
    std::vector<ParsedFilter> filters;
    KnownRules by_id;
    bool full = false;
    for (const auto& file : files) {
        auto parsed = parse_rules(file, placeholders, diagnostics);
        std::ranges::move(parsed.filters, std::back_inserter(filters));
        for (auto& rule : parsed.rules) {
            if (rules.size() < base::limits::kRulesMax || by_id.contains(rule.info->id)) {
                add_unique(rules, by_id, std::move(rule), file.origin, diagnostics);
            } else if (!std::exchange(full, true)) {
                diagnostics.push_back(
                    diagnostic(Diagnostic::Severity::Error, rule, rule.place,
                               fmt::format("more than {} rules", base::limits::kRulesMax),
                               "load fewer files"));
            }
        }
    }
    apply_filters(filters, rules, diagnostics);
    return rules;
}

void bind_rule(RuleSet::Compiled& set, Binder& binder, const ParsedRule& rule, RuleIndex index,
               std::vector<Diagnostic>& diagnostics)
{
    const auto variants = set.mappings.find(rule.logsource);
    if (variants.empty()) {
        diagnostics.push_back(
            diagnostic(Diagnostic::Severity::Warning, rule, rule.logsource_place,
                       fmt::format("no mapping for the logsource {}; the rule will not match",
                                   rule.logsource.text()),
                       "add it to a file in content/mappings"));
    }
    binder.bind(index, variants);
}

} // namespace

RuleSet::RuleSet() : compiled_(std::make_unique<Compiled>()) {}
RuleSet::~RuleSet() = default;

std::span<const std::shared_ptr<const model::RuleInfo>> RuleSet::rules() const
{
    return compiled_->infos;
}

std::shared_ptr<const RuleSet> RuleSet::load(std::span<const RuleFile> rules,
                                             std::span<const MappingFile> mappings,
                                             std::vector<Diagnostic>& diagnostics)
{
    const std::shared_ptr<RuleSet> out(new RuleSet());
    auto& set = *out->compiled_;
    set.mappings = Mappings::load(mappings, diagnostics);
    const auto parsed = parse_all(rules, set.mappings.placeholders(), diagnostics);
    Binder binder(set);
    for (const auto& rule : parsed) {
        auto& compiled = set.rules.emplace_back();
        compiled.info = rule.info;
        compiled.condition = rule.condition;
        if (rule.condition) {
            bind_rule(set, binder, rule, static_cast<RuleIndex>(set.rules.size() - 1), diagnostics);
        }
    }
    binder.finish();
    const auto broken = link_correlations(set, parsed, diagnostics);
    for (RuleIndex i = 0; i < parsed.size(); ++i) {
        if (!broken.contains(i) && !parsed[i].hidden) {
            set.infos.push_back(parsed[i].info);
        }
    }
    return out;
}

} // namespace tanggap::detect
