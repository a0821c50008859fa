// What people set of rules: off, or another level, with who answers for it and why.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/detection.h"
#include "store/activity.h"

namespace tanggap::store {

struct RuleSetting {
    std::string rule_id;
    bool enabled = true;
    std::optional<model::Level> level; ///< instead of the rule's own
    std::string owner;                 ///< who answers for it
    std::string reason;
    std::string set_by;
    base::Time set_at;
};

inline ObjectRef rule_object(std::string_view id)
{
    return {.kind = "rule", .id = std::string(id)};
}

base::Result<std::vector<RuleSetting>> list_rule_settings(Snapshot& snapshot);
base::Status put_rule_setting(Change& change, const RuleSetting& setting);
/// The rule is again as it was written.
base::Status remove_rule_setting(Change& change, std::string_view rule_id);

} // namespace tanggap::store
