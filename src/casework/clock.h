// Clocks of a case: how long until what must be done, computed from the case's history alone.
// Service clocks run in working time or on the wall and pause while the case waits for others;
// statutory clocks run on the wall and never pause. Source: domain.md §1.9, §3.4.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "casework/calendar.h"
#include "casework/content.h"
#include "casework/milestone.h"
#include "casework/priority.h"

namespace tanggap::casework {

enum class ClockKind : std::uint8_t { Service, Statutory };
std::string_view name_of(ClockKind kind);

enum class TimeKind : std::uint8_t { Wall, Working };

struct Limit {
    TimeKind kind = TimeKind::Wall;
    std::int64_t seconds = 0;
    std::int64_t working_days = 0; ///< Working: instead of seconds
};

/// Where a rule says when a clock concerns a case.
enum class Concerns : std::uint8_t { Every, VitalSystem, PersonalData, HighRisk };
std::string_view name_of(Concerns concerns);

/// Where the duty is written. `checked`: the text itself was read; otherwise the limit is our
/// reading of others' and is shown as such.
struct LegalSource {
    std::string instrument{};
    std::string article{};
    bool checked = false;
};

struct ClockRule {
    std::string id{};
    ClockKind kind = ClockKind::Service;
    Text title{};
    Milestone starts = Milestone::Known;
    /// Service: reaching it ends the clock. Nothing: it begins anew with each update.
    std::optional<Milestone> met_by{};
    Concerns concerns = Concerns::Every;
    std::array<std::optional<Limit>, 4> limits{}; ///< by priority; statutory: the same for all
    Text addressee{};                             ///< Statutory
    std::vector<Text> content{};                  ///< Statutory: what the notice must say
    LegalSource source{};                         ///< Statutory
    bool overriding = false;
    bool enabled = true; ///< off: no case has it
};

/// `source`, `addressee` and `content` are asked of statutory rules, `met_by` of service ones; a
/// service rule may leave priorities out.
std::vector<ClockRule> load_clocks(std::span<const ContentFile> files,
                                   std::vector<Diagnostic>& diagnostics);

struct Interval {
    base::Time from{};
    std::optional<base::Time> to{}; ///< nothing: not over
};

/// A statutory duty done, or given up with a reason.
struct Fulfilment {
    base::Time at{};
    bool waived = false;
};

/// What of a case the clocks look at.
struct History {
    base::Time opened{};
    Milestones milestones{};
    std::vector<Interval> waiting{};      ///< ascending, apart
    std::optional<base::Time> ended{};    ///< since when nobody works on it
    std::optional<base::Time> reopened{}; ///< the latest time
    std::optional<base::Time> updated{};  ///< the latest fact, action or decision of a person
    std::optional<Priority> priority{};   ///< nothing: clocks by priority take P3's limits
    bool vital_system = false;
    bool personal_data = false;
    std::map<std::string, Fulfilment, std::less<>> fulfilled{}; ///< by rule id
};

enum class ClockState : std::uint8_t {
    Running,
    Paused,   ///< service, while waiting
    Breached, ///< due is past and it is not met
    Met,
    MetLate,
    Stopped, ///< the case ended before it was met; `remaining` says whether that was in time
    Waived,
};
std::string_view name_of(ClockState state);
/// Running, Paused and Breached still ask for something.
constexpr bool is_open(ClockState state)
{
    return state <= ClockState::Breached;
}

struct Clock {
    std::string rule_id{};
    ClockState state = ClockState::Running;
    base::Time started{};
    std::optional<base::Time> due{}; ///< nothing while paused
    std::optional<base::Time> met{};
    /// Until due, in the clock's own time; below zero: over by as much. Of what has ended: when it
    /// ended.
    base::Duration remaining{};
    base::Duration limit{};
    TimeKind time = TimeKind::Wall;
    bool guessed = false; ///< due lies in a year whose holidays are not known
};

/// Every clock that is on, concerns the case and has started. `calendar` may be null: working time
/// is then taken as wall time and `guessed` says so. A reopened case begins its service clocks anew
/// where they are not met; a statutory clock stops only by being met or waived, not by the case's
/// end.
std::vector<Clock> compute_clocks(std::span<const ClockRule> rules, const History& history,
                                  const WorkCalendar* calendar, base::Time now);

/// The open clock that needs attention first: breached longest, else due next; null: none.
const Clock* most_pressing(std::span<const Clock> clocks);

} // namespace tanggap::casework
