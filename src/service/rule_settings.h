// Rules on and off, and their level, set by people while records flow.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/administration.h"
#include "service/world.h"
#include "store/rule_settings.h"

namespace tanggap::service {

struct RuleChange {
    bool enabled = true;
    std::optional<model::Level> level; ///< instead of the rule's own
    std::string owner = {};
};

/// How rules stand beside what they say.
struct RuleStanding {
    std::vector<store::RuleSetting> settings;
    std::map<std::string, std::uint64_t, std::less<>> exceptions; ///< that hold now, by rule
};
base::Result<RuleStanding> rule_standing(const World& world);

/// A loaded rule. Errors: NotFound.
base::Result<std::shared_ptr<const model::RuleInfo>> find_rule(const World& world,
                                                               std::string_view id);

/// One command, one record; holds from the next batch on. `command.reason` says why.
/// Errors: NotFound, Invalid (no reason, long texts), Conflict.
base::Status change_rule(const World& world, const Administration& administration,
                         const store::Command& command, std::optional<std::uint64_t> expected,
                         std::string_view rule_id, const RuleChange& to);

} // namespace tanggap::service
