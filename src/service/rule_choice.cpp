#include "service/rule_choice.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "codec/yaml.h"

namespace tanggap::service {
namespace {

void add_text(RuleNames& names, const codec::YamlNode* node)
{
    if (node == nullptr) {
        return;
    }
    if (node->is_scalar() && !node->text.empty()) {
        names.insert(node->text);
    }
    for (const codec::YamlNode& item : node->items) {
        add_text(names, &item);
    }
}

} // namespace

FileFacts facts_of(std::string_view yaml)
{
    FileFacts facts;
    const codec::YamlStream stream = codec::parse_yaml(yaml);
    for (const codec::YamlNode& document : stream.documents) {
        add_text(facts.ids, document.find("id"));
        add_text(facts.names, document.find("name"));
        if (const auto* const correlation = document.find("correlation")) {
            add_text(facts.mentioned, correlation->find("rules"));
        }
        facts.filters = facts.filters || document.find("filter") != nullptr;
    }
    facts.names.insert(facts.ids.begin(), facts.ids.end());
    return facts;
}

namespace {

bool meet(const RuleNames& a, const RuleNames& b)
{
    return std::ranges::any_of(a, [&](const std::string& name) { return b.contains(name); });
}

/// Every file that `first` needs, in the order they are loaded, without those it replaces: the
/// rules it counts, filters, and correlations that count it, because they decide whether it alerts
/// alone.
std::vector<detect::RuleFile> needed_by(const FileFacts& first, const RuleSources& sources,
                                        const RuleNames& replaced)
{
    const std::vector<FileFacts>& facts = sources.facts;
    RuleNames wanted = first.mentioned;
    std::vector<bool> taken(facts.size());
    for (bool more = true; more;) {
        more = false;
        for (std::size_t i = 0; i < facts.size(); ++i) {
            const bool needed = facts[i].filters || meet(facts[i].names, wanted) ||
                                meet(facts[i].mentioned, first.names);
            if (!taken[i] && needed && !meet(facts[i].ids, replaced)) {
                taken[i] = more = true;
                wanted.insert(facts[i].mentioned.begin(), facts[i].mentioned.end());
            }
        }
    }
    std::vector<detect::RuleFile> out;
    for (std::size_t i = 0; i < facts.size(); ++i) {
        if (taken[i]) {
            out.push_back(sources.files[i]);
        }
    }
    return out;
}

ChosenRules load(const std::vector<detect::RuleFile>& files, const RuleSources& sources,
                 const RuleNames& ids)
{
    ChosenRules chosen;
    std::vector<detect::Diagnostic> problems;
    chosen.set = detect::RuleSet::load(files, sources.mappings, problems);
    for (const auto& rule : chosen.set->rules()) {
        if (ids.contains(rule->id)) {
            chosen.rules.push_back(rule);
        }
    }
    std::ranges::copy_if(problems, std::back_inserter(chosen.problems),
                         [](const auto& problem) { return problem.file == kTextName; });
    return chosen;
}

} // namespace

std::shared_ptr<const RuleSources> make_sources(std::vector<detect::RuleFile> files,
                                                std::vector<detect::MappingFile> mappings,
                                                std::vector<detect::Diagnostic>& problems)
{
    auto sources = std::make_shared<RuleSources>();
    sources->set = detect::RuleSet::load(files, mappings, problems);
    for (const detect::RuleFile& file : files) {
        sources->facts.push_back(facts_of(file.yaml));
    }
    sources->files = std::move(files);
    sources->mappings = std::move(mappings);
    return sources;
}

std::string first_error(const ChosenRules& chosen)
{
    for (const detect::Diagnostic& problem : chosen.problems) {
        if (problem.severity == detect::Diagnostic::Severity::Error) {
            return "line " + std::to_string(problem.line) + ": " + problem.message +
                   (problem.hint.empty() ? "" : "; " + problem.hint);
        }
    }
    return "the text holds no rule";
}

base::Result<ChosenRules> choose_rule(const RuleSources& sources, std::string_view rule_id)
{
    TRY(const detect::RuleFile* file, file_of_rule(sources, rule_id));
    FileFacts wanted = facts_of(file->yaml);
    wanted.mentioned.insert(wanted.ids.begin(), wanted.ids.end()); // the file itself
    auto chosen = load(needed_by(wanted, sources, {}), sources, {std::string(rule_id)});
    if (chosen.rules.empty()) {
        return base::not_found("the rule " + base::quoted(rule_id) + " cannot stand alone");
    }
    return chosen;
}

ChosenRules choose_text(const RuleSources& sources, std::string_view yaml)
{
    const FileFacts facts = facts_of(yaml);
    auto files = needed_by(facts, sources, facts.ids);
    files.push_back({.name = std::string(kTextName),
                     .yaml = std::string(yaml),
                     .origin = detect::RuleOrigin::Own});
    auto chosen = load(files, sources, facts.ids);
    const bool wrong = std::ranges::any_of(chosen.problems, [](const auto& problem) {
        return problem.severity == detect::Diagnostic::Severity::Error;
    });
    if (wrong || chosen.rules.empty()) {
        chosen.set = nullptr;
        chosen.rules.clear();
    }
    return chosen;
}

base::Result<const detect::RuleFile*> file_of_rule(const RuleSources& sources,
                                                   std::string_view rule_id)
{
    const detect::RuleFile* found = nullptr;
    for (std::size_t i = 0; i < sources.files.size(); ++i) {
        const detect::RuleFile& file = sources.files[i];
        const bool wins = found == nullptr || file.origin > found->origin;
        if (wins && sources.facts[i].ids.contains(rule_id)) {
            found = &file;
        }
    }
    return found != nullptr ? base::Result<const detect::RuleFile*>(found)
                            : base::not_found("no rule " + base::quoted(rule_id) + " is loaded");
}

} // namespace tanggap::service
