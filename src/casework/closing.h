// The close wizard: what a case still lacks before it can be closed, by name. Source: ui.md §6.6,
// domain.md §1.10.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "casework/clock.h"
#include "casework/content.h"
#include "casework/milestone.h"

namespace tanggap::casework {

struct OpenTask {
    std::string id{};
    std::string title{};
};

/// What closing looks at. Texts count as given when they hold more than blanks.
struct ClosingFacts {
    bool incident = false; ///< declared; a case that is none has no times to give
    bool assessed = false; ///< impact and urgency said
    std::size_t classes = 0;
    std::string organisation{};
    std::string summary{};
    std::string cause{};
    std::string impact{};
    std::string measures{}; ///< what was done
    std::string lessons{};
    std::string resolution{};
    std::vector<OpenTask> open_mandatory_tasks{};
    Milestones milestones{};
    std::span<const ClockRule> rules{};
    std::span<const Clock> clocks{};
};

/// One thing that is missing. `code` is stable: "cause", "task", "milestone", "duty", …; `subject`
/// the task's id, the milestone's name or the clock's rule.
struct Missing {
    std::string code{};
    std::string subject{};
    Text text{};
};

/// Empty: it can be closed. The order is that of the wizard's pages.
std::vector<Missing> missing_for_closing(const ClosingFacts& facts);

} // namespace tanggap::casework
