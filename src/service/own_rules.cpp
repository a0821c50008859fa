#include "service/own_rules.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/id.h"
#include "base/rule_limits.h"
#include "base/text.h"
#include "codec/yaml.h"
#include "store/rule_settings.h"

namespace tanggap::service {
namespace {

namespace limits = base::limits;

std::string json_of(std::string_view yaml)
{
    return nlohmann::json{{"yaml", yaml}}.dump(-1, ' ', false,
                                               nlohmann::json::error_handler_t::replace);
}

base::Result<std::string> first_id(std::string_view yaml, base::Time now)
{
    const codec::YamlStream stream = codec::parse_yaml(yaml);
    const codec::YamlNode* const id =
        stream.documents.empty() ? nullptr : stream.documents.front().find("id");
    if (id == nullptr || !id->is_scalar() || !base::parse_uuid(id->text)) {
        return base::invalid("the rule has no `id`; write one, such as id: " +
                             base::make_uuid_v7(now).text());
    }
    return id->text;
}

base::Result<ChosenRules> checked(const RuleSources& sources, std::string_view yaml)
{
    if (yaml.size() > limits::kOwnRuleBytesMax) {
        return base::invalid("the text of a rule has at most " +
                             std::to_string(limits::kOwnRuleBytesMax / 1024) + " KiB");
    }
    ChosenRules chosen = choose_text(sources, yaml);
    if (chosen.rules.empty()) {
        return base::invalid(first_error(chosen));
    }
    return chosen;
}

/// One own text for one rule. Errors: Conflict.
base::Status check_apart(const RuleSources& sources, std::string_view id, const RuleNames& ids)
{
    for (const std::string& each : ids) {
        const auto file = file_of_rule(sources, each);
        if (file && (*file)->origin == detect::RuleOrigin::Own &&
            (*file)->name != own_file_name(id)) {
            return base::fail(base::Code::Conflict, "the rule " + base::quoted(each) + " is in " +
                                                        (*file)->name + "; change it there");
        }
    }
    return {};
}

/// Those of the text that are not in use yet.
RuleNames new_rules(const RuleSources& sources, const ChosenRules& chosen)
{
    RuleNames fresh;
    for (const auto& rule : chosen.rules) {
        fresh.insert(rule->id);
    }
    for (const auto& rule : sources.set->rules()) {
        fresh.erase(rule->id);
    }
    return fresh;
}

base::Status switch_off(store::Change& change, const RuleNames& rules)
{
    for (const std::string& id : rules) {
        TRY_STATUS(store::put_rule_setting(change, {.rule_id = id,
                                                    .enabled = false,
                                                    .level = std::nullopt,
                                                    .owner = {},
                                                    .reason = change.command().reason,
                                                    .set_by = change.command().actor.name,
                                                    .set_at = change.command().now}));
    }
    return {};
}

/// The rules of a text beside the one it is named by: the change stands in their histories, too.
std::vector<store::ObjectRef> others_of(std::string_view id, const RuleNames& ids)
{
    std::vector<store::ObjectRef> others;
    for (const std::string& each : ids) {
        if (each != id) {
            others.push_back(store::rule_object(each));
        }
    }
    return others;
}

/// Errors: what hinders reading the rules; the change is kept then, and waits.
base::Status use_from_now(const RuleDesk& desk, const std::string& changed)
{
    if (changed.empty()) {
        return {};
    }
    const base::Status read = desk.reload();
    return read ? read
                : base::fail(read.error().code,
                             "this is kept, but the rules in use are still the old ones: " +
                                 read.error().message + "; mend that and send SIGHUP");
}

const store::OwnRule* find_in(const std::vector<store::OwnRule>& rules, std::string_view id)
{
    const auto found = std::ranges::find(rules, id, &store::OwnRule::id);
    return found == rules.end() ? nullptr : &*found;
}

} // namespace

base::Result<RuleText> read_rule_text(const RuleDesk& desk, std::string_view rule_id)
{
    const auto sources = desk.sources();
    TRY(const detect::RuleFile* file, file_of_rule(*sources, rule_id));
    return RuleText{.file = file->name,
                    .yaml = file->yaml,
                    .own = file->name == own_file_name(rule_id),
                    .words = words_of_rule(file->yaml, rule_id)};
}

base::Status keep_own_rule(const World& world, const RuleDesk& desk, const store::Command& command,
                           std::optional<std::uint64_t> expected, const std::string& rule_id,
                           std::string_view yaml)
{
    if (base::trim(command.reason).empty()) {
        return base::invalid("`reason` is missing: say what the rule is for");
    }
    TRY(const std::string id, first_id(yaml, command.now));
    if (id != rule_id) {
        return base::invalid("the text is of the rule " + base::quoted(id) + ", not of " +
                             base::quoted(rule_id));
    }
    const auto sources = desk.sources();
    TRY(const ChosenRules chosen, checked(*sources, yaml));
    const RuleNames ids = facts_of(yaml).ids;
    TRY_STATUS(check_apart(*sources, id, ids));
    const store::ObjectRef object = store::rule_object(id);
    TRY(const std::string changed,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY_STATUS(change.expect(object, expected));
            TRY(const auto rules, store::list_own_rules(change));
            const store::OwnRule* const before = find_in(rules, id);
            if (before != nullptr && before->yaml == yaml) {
                return {}; // nothing to do is no change
            }
            if (before == nullptr && rules.size() >= limits::kOwnRulesMax) {
                return base::exhausted("there are " + std::to_string(limits::kOwnRulesMax) +
                                       " own rules; put more into a folder of content");
            }
            TRY_STATUS(store::put_own_rule(change, {.id = id, .yaml = std::string(yaml)}));
            TRY_STATUS(switch_off(change, new_rules(*sources, chosen)));
            RuleNames touched = before == nullptr ? RuleNames() : facts_of(before->yaml).ids;
            touched.insert(ids.begin(), ids.end());
            return change.record({.action = "rule.write",
                                  .object = object,
                                  .touched = others_of(id, touched),
                                  .before = before == nullptr ? "null" : json_of(before->yaml),
                                  .after = json_of(yaml)});
        }));
    return use_from_now(desk, changed);
}

base::Status remove_own_rule(const World& world, const RuleDesk& desk,
                             const store::Command& command, std::optional<std::uint64_t> expected,
                             std::string_view rule_id)
{
    const store::ObjectRef object = store::rule_object(rule_id);
    TRY(const std::string changed,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const auto rules, store::list_own_rules(change));
            const store::OwnRule* const before = find_in(rules, rule_id);
            if (before == nullptr) {
                return base::not_found("no rule " + base::quoted(rule_id) + " was written here");
            }
            TRY_STATUS(change.expect(object, expected));
            TRY_STATUS(store::remove_own_rule(change, rule_id));
            return change.record({.action = "rule.remove",
                                  .object = object,
                                  .touched = others_of(rule_id, facts_of(before->yaml).ids),
                                  .before = json_of(before->yaml)});
        }));
    return use_from_now(desk, changed);
}

} // namespace tanggap::service
