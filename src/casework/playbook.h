// Playbooks: the tasks of a kind of incident, as templates. Source: content/playbooks.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "casework/calendar.h"
#include "casework/content.h"
#include "casework/stage.h"

namespace tanggap::casework {

/// Who in the team a task is for; a person is chosen when it is taken.
enum class TeamRole : std::uint8_t {
    DutyOfficer,
    Analyst,
    Lead,
    Liaison, ///< law, regulators, press
    Contact, ///< the organisation's own contact
};
std::string_view name_of(TeamRole role);
const Text& title_of(TeamRole role);
base::Result<TeamRole> parse_team_role(std::string_view name);

struct TaskTemplate {
    std::string id{}; ///< within the playbook
    Text title{};
    Text why{};
    Stage stage = Stage::Triage; ///< a working stage
    TeamRole role = TeamRole::Analyst;
    std::int64_t due_seconds = 0;      ///< after the playbook is applied; 0: see the next
    std::int64_t due_working_days = 0; ///< 0 as well: no due time
    bool mandatory = false;            ///< a case cannot be closed while it is open
    std::vector<Text> steps{};
};

struct Playbook {
    std::string id{};
    int version = 1;
    Text title{};
    Text when{};                           ///< when to take this one
    std::vector<std::string> classes{};    ///< of the taxonomy: suggests itself by them
    std::vector<std::string> techniques{}; ///< of alerts: the same
    std::vector<TaskTemplate> tasks{};
    bool overriding = false;
    bool enabled = true; ///< off: it is put into no case
};

/// `known_classes`: of the taxonomy; a class that is none of them is a warning.
std::vector<Playbook> load_playbooks(std::span<const ContentFile> files,
                                     std::span<const std::string> known_classes,
                                     std::vector<Diagnostic>& diagnostics);

/// When a task made of the template at `now` is due. `calendar` null: a working day is 24 hours.
std::optional<base::Time> due_of(const TaskTemplate& task, const WorkCalendar* calendar,
                                 base::Time now);

/// Those that are on and fit the classes and techniques of a case, best first; those that fit
/// nothing follow in their order.
std::vector<const Playbook*> suggest(std::span<const Playbook> playbooks,
                                     std::span<const std::string> classes,
                                     std::span<const std::string> techniques);

} // namespace tanggap::casework
