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

/// How files of own rules are named among the others.
constexpr std::string_view kOwnPrefix = "own/";

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

base::Status check_text(const RuleDesk& desk, std::string_view yaml)
{
    if (yaml.size() > limits::kOwnRuleBytesMax) {
        return base::invalid("the text of a rule has at most " +
                             std::to_string(limits::kOwnRuleBytesMax / 1024) + " KiB");
    }
    const ChosenRules chosen = choose_text(*desk.sources(), yaml);
    for (const detect::Diagnostic& problem : chosen.problems) {
        if (problem.severity == detect::Diagnostic::Severity::Error) {
            return base::invalid("line " + std::to_string(problem.line) + ": " + problem.message +
                                 (problem.hint.empty() ? "" : "; " + problem.hint));
        }
    }
    return chosen.rules.empty() ? base::Status(base::invalid("the text holds no rule"))
                                : base::Status();
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
                    .own = file->name.starts_with(kOwnPrefix),
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
    TRY_STATUS(check_text(desk, yaml));
    const auto sources = desk.sources();
    const bool is_new = !file_of_rule(*sources, id);
    const store::ObjectRef object = store::rule_object(id);
    TRY([[maybe_unused]] const std::string done,
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
            if (is_new) {
                TRY_STATUS(store::put_rule_setting(change, {.rule_id = id,
                                                            .enabled = false,
                                                            .level = std::nullopt,
                                                            .owner = {},
                                                            .reason = command.reason,
                                                            .set_by = command.actor.name,
                                                            .set_at = command.now}));
            }
            return change.record({.action = "rule.write",
                                  .object = object,
                                  .before = before == nullptr ? "null" : json_of(before->yaml),
                                  .after = json_of(yaml)});
        }));
    return desk.reload();
}

base::Status remove_own_rule(const World& world, const RuleDesk& desk,
                             const store::Command& command, std::string_view rule_id)
{
    TRY([[maybe_unused]] const std::string done,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const auto rules, store::list_own_rules(change));
            const store::OwnRule* const before = find_in(rules, rule_id);
            if (before == nullptr) {
                return base::not_found("no rule " + base::quoted(rule_id) + " was written here");
            }
            TRY_STATUS(store::remove_own_rule(change, rule_id));
            return change.record({.action = "rule.remove",
                                  .object = store::rule_object(rule_id),
                                  .before = json_of(before->yaml)});
        }));
    return desk.reload();
}

} // namespace tanggap::service
