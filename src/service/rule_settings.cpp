#include "service/rule_settings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "store/rule_exceptions.h"

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
    TRY([[maybe_unused]] const auto rule, find_rule(world, rule_id));
    if (base::trim(command.reason).empty()) {
        return base::invalid("`reason` is missing: say why the rule is set so");
    }
    return to.owner.size() <= kOwnerBytesMax
               ? base::Status()
               : base::invalid("`owner` has more than " + std::to_string(kOwnerBytesMax) +
                               " bytes");
}

} // namespace

base::Result<RuleStanding> rule_standing(const World& world)
{
    RuleStanding standing;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(standing.settings, store::list_rule_settings(snapshot));
        TRY(standing.exceptions, store::count_exceptions(snapshot, world.clock.now()));
        return {};
    }));
    return standing;
}

base::Result<std::shared_ptr<const model::RuleInfo>> find_rule(const World& world,
                                                               std::string_view id)
{
    const auto rules = world.rules();
    const auto found =
        std::ranges::find_if(rules, [&](const auto& rule) { return rule->id == id; });
    return found != rules.end() ? base::Result<std::shared_ptr<const model::RuleInfo>>(*found)
                                : base::not_found("no rule " + base::quoted(id) + " is loaded");
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
