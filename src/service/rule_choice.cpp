#include "service/rule_choice.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "codec/yaml.h"

namespace tanggap::service {
namespace {

using Names = std::set<std::string, std::less<>>;

/// What other files may need of a file, and it of them.
struct FileFacts {
    Names ids;
    Names names;     ///< ids too
    Names mentioned; ///< by its correlations
    bool filters = false;
};

void add_text(Names& names, const codec::YamlNode* node)
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

bool meet(const Names& a, const Names& b)
{
    return std::ranges::any_of(a, [&](const std::string& name) { return b.contains(name); });
}

std::vector<FileFacts> facts_of(const RuleSources& sources)
{
    std::vector<FileFacts> facts;
    for (const detect::RuleFile& file : sources.files) {
        facts.push_back(facts_of(file.yaml));
    }
    return facts;
}

/// Every file that `first` needs, in the order they are loaded, without those it replaces: the
/// rules it counts, filters, and correlations that count it, because they decide whether it alerts
/// alone.
std::vector<detect::RuleFile> needed_by(const FileFacts& first, const RuleSources& sources,
                                        const std::vector<FileFacts>& facts, const Names& replaced)
{
    Names wanted = first.mentioned;
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
                 const Names& ids)
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

base::Result<ChosenRules> choose_rule(const RuleSources& sources, std::string_view rule_id)
{
    TRY(const detect::RuleFile* file, file_of_rule(sources, rule_id));
    FileFacts wanted = facts_of(file->yaml);
    wanted.mentioned.insert(wanted.ids.begin(), wanted.ids.end()); // the file itself
    auto chosen =
        load(needed_by(wanted, sources, facts_of(sources), {}), sources, {std::string(rule_id)});
    if (chosen.rules.empty()) {
        return base::not_found("the rule " + base::quoted(rule_id) + " cannot stand alone");
    }
    return chosen;
}

ChosenRules choose_text(const RuleSources& sources, std::string_view yaml)
{
    const FileFacts facts = facts_of(yaml);
    auto files = needed_by(facts, sources, facts_of(sources), facts.ids);
    files.push_back(
        {.name = std::string(kTextName), .yaml = std::string(yaml), .overriding = true});
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
    for (auto file = sources.files.rbegin(); file != sources.files.rend(); ++file) {
        if (file->yaml.contains(rule_id) && facts_of(file->yaml).ids.contains(rule_id)) {
            return &*file;
        }
    }
    return base::not_found("no rule " + base::quoted(rule_id) + " is loaded");
}

} // namespace tanggap::service
