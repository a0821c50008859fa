// Rules that people write here: checked, kept, used from the next batch on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/rule_choice.h"
#include "service/rule_desk.h"
#include "service/rule_words.h"
#include "service/world.h"
#include "store/own_rules.h"

namespace tanggap::service {

/// The text of a rule as it is loaded.
struct RuleText {
    std::string file;
    std::string yaml;
    bool own = false; ///< written here: can be changed and removed here
    RuleWords words;
};

/// Errors: NotFound.
base::Result<RuleText> read_rule_text(const RuleDesk& desk, std::string_view rule_id);

/// Keeps the text, whose first rule has that id, instead of what was kept there. Each new rule of
/// it starts switched off: it is looked at over stored events first. Holds from the next batch on.
/// Errors: Invalid with the first problem, also for a rule without an id or with another;
/// Exhausted; Conflict, also where another own text has one of its rules. Others are of reading the
/// rules again: the text is kept then.
base::Status keep_own_rule(const World& world, const RuleDesk& desk, const store::Command& command,
                           std::optional<std::uint64_t> expected, const std::string& rule_id,
                           std::string_view yaml);

/// A rule of ours that it replaced is back. Errors: NotFound; Conflict.
base::Status remove_own_rule(const World& world, const RuleDesk& desk,
                             const store::Command& command, std::optional<std::uint64_t> expected,
                             std::string_view rule_id);

} // namespace tanggap::service
