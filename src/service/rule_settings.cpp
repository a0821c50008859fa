#include "service/rule_settings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace tanggap::service {
namespace {

std::string json_of(const store::RuleSetting& setting)
{
    return nlohmann::ordered_json{
        {"enabled", setting.enabled},
        {"level", setting.level ? nlohmann::ordered_json(model::name_of(*setting.level))
                                : nlohmann::ordered_json()},
        {"owner", setting.owner}}
        .dump();
}

base::Status check(const World& world, const store::Command& command, std::string_view rule_id,
                   const RuleChange& to)
{
    constexpr std::size_t kOwnerBytesMax = 200;
    const auto rules = world.rules();
    const bool known =
        std::ranges::any_of(rules, [&](const auto& rule) { return rule->id == rule_id; });
    if (!known) {
        return base::not_found("no rule " + base::quoted(rule_id) + " is loaded");
    }
    if (base::trim(command.reason).empty()) {
        return base::invalid("`reason` is missing: say why the rule is set so");
    }
    return to.owner.size() <= kOwnerBytesMax
               ? base::Status()
               : base::invalid("`owner` has more than " + std::to_string(kOwnerBytesMax) +
                               " bytes");
}

} // namespace

base::Result<std::vector<store::RuleSetting>> list_rule_settings(const World& world)
{
    std::vector<store::RuleSetting> settings;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(settings, store::list_rule_settings(snapshot));
        return {};
    }));
    return settings;
}

base::Status change_rule(const World& world, const Administration& administration,
                         const store::Command& command, std::optional<std::uint64_t> expected,
                         std::string_view rule_id, const RuleChange& to)
{
    TRY_STATUS(check(world, command, rule_id, to));
    const store::ObjectRef object = store::rule_object(rule_id);
    const store::RuleSetting after{.rule_id = std::string(rule_id),
                                   .enabled = to.enabled,
                                   .level = to.level,
                                   .owner = to.owner,
                                   .reason = command.reason,
                                   .set_by = command.actor.name,
                                   .set_at = command.now};
    TRY(const std::string changed,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY_STATUS(change.expect(object, expected));
            TRY(const auto settings, store::list_rule_settings(change));
            const auto known = std::ranges::find(settings, rule_id, &store::RuleSetting::rule_id);
            const store::RuleSetting before =
                known == settings.end() ? store::RuleSetting{} : *known;
            if (json_of(before) == json_of(after)) {
                return {}; // Nothing to do is no change: no record.
            }
            const bool as_written = to.enabled && !to.level && to.owner.empty();
            TRY_STATUS(as_written ? store::remove_rule_setting(change, rule_id)
                                  : store::put_rule_setting(change, after));
            return change.record({.action = "rule.change",
                                  .object = object,
                                  .before = json_of(before),
                                  .after = json_of(after)});
        }));
    return changed.empty() ? base::Status() : administration.reload_rule_settings();
}

} // namespace tanggap::service
