// The times that measure a case: the seven of domain.md §1.10 and those that metrics need.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "casework/content.h"
#include "casework/stage.h"

namespace tanggap::casework {

enum class Milestone : std::uint8_t {
    FirstMalicious,    ///< first known act of the attacker: evidence, by hand, with confidence
    FirstAlert,        ///< 1 of the seven: when we were first told, by an alert or a report
    Known,             ///< when the duty to report began; statutory clocks run from here
    Acknowledged,      ///< a person took it
    Validated,         ///< 2 declared an incident
    Escalated,         ///< 3 brought before the response team
    SeverityDecided,   ///< 4 impact and urgency said
    InternalNotified,  ///< 5 the owner of the system and those in charge told
    RegulatorNotified, ///< 6 the first duty to an authority done
    FirstAction,       ///< first response action on the timeline
    Contained,
    Eradicated,
    ServiceRestored, ///< 7
    FixVerified,
    Closed,
};
inline constexpr std::size_t kMilestones = 15;

std::string_view name_of(Milestone milestone);
const Text& title_of(Milestone milestone);
base::Result<Milestone> parse_milestone(std::string_view name);
/// Whether it is one of the seven that a closed case must have or say why not.
bool is_required(Milestone milestone);

enum class SetBy : std::uint8_t { Program, Person };

/// `not_applicable` stands for "this did not happen and need not": `note` says why.
struct MilestoneTime {
    base::Time at{};
    SetBy set_by = SetBy::Program;
    bool not_applicable = false;
    std::string note{}; ///< confidence, or why not

    friend bool operator==(const MilestoneTime&, const MilestoneTime&) = default;
};

class Milestones {
public:
    const std::optional<MilestoneTime>& find(Milestone milestone) const;
    /// The time, where it has one and applies.
    std::optional<base::Time> at(Milestone milestone) const;
    /// By a person: stands until a person changes it; nothing: taken back.
    void set(Milestone milestone, std::optional<MilestoneTime> value);
    /// By the program: does nothing where there is a value already.
    void reach(Milestone milestone, base::Time at);
    /// By the program: the earlier of the two stays; a person's value always stays.
    void reach_earlier(Milestone milestone, base::Time at);
    /// By the program: takes back what the program set.
    void leave(Milestone milestone);

    friend bool operator==(const Milestones&, const Milestones&) = default;

private:
    std::array<std::optional<MilestoneTime>, kMilestones> times_;
};

/// What sets the times besides a person's hand.
void on_opened(Milestones& milestones, base::Time now);
/// `raised`: when the alert was made or the report came in.
void on_attached(Milestones& milestones, base::Time raised);
void on_priority_decided(Milestones& milestones, base::Time now);
void on_incident_declared(Milestones& milestones, base::Time now);
void on_action_taken(Milestones& milestones, base::Time at);
void on_duty_done(Milestones& milestones, base::Time at);
/// Entering a stage means that the work of those before is done; going back takes that away.
/// `now` for both, from the moves of stage.h. An end other than Closed changes nothing.
void on_stage(Milestones& milestones, Stage from, Stage to, base::Time now);

/// Times that cannot be: after `now`, or against the order of things (contained before known).
/// Each is a sentence in both languages.
std::vector<Text> doubts_about(const Milestones& milestones, base::Time now);

} // namespace tanggap::casework
