// Where the work on a case is, and what it takes to move it. Source: rulings 32, domain.md §1.8.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "casework/content.h"

namespace tanggap::casework {

/// Triage to Closed are the way of a case, in this order; the rest are side states.
enum class Stage : std::uint8_t {
    Triage,
    Confirmed,
    Containment,
    Eradication,
    Recovery,
    Verification,
    Reporting,
    Closed,
    Waiting,     ///< for an outside party; the only state that pauses service clocks
    Transferred, ///< somebody else's now
    NotIncident,
    Duplicate,
};
inline constexpr std::size_t kStages = 12;

std::string_view name_of(Stage stage);
const Text& title_of(Stage stage);
base::Result<Stage> parse_stage(std::string_view name);

/// Triage to Reporting: somebody is at it.
constexpr bool is_working(Stage stage)
{
    return stage < Stage::Closed;
}
/// Nobody works on it any more; it can be opened again.
constexpr bool is_ended(Stage stage)
{
    return !is_working(stage) && stage != Stage::Waiting;
}

/// What a move asks for beyond being allowed.
enum class Need : std::uint8_t {
    Reason,
    WaitingFor,     ///< whom the case waits for
    TransferredTo,  ///< who has it now
    DuplicateOf,    ///< the number of the other case
    Priority,       ///< impact and urgency decided
    Classification, ///< at least one class of the taxonomy
    Owner,
    Closing, ///< nothing is missing by closing.h
};
std::string_view name_of(Need need);

/// `resume`: the stage a waiting or ended case left; ignored for others.
struct Place {
    Stage stage = Stage::Triage;
    Stage resume = Stage::Triage;
};

/// What the move needs, or why there is no such move, with what to do instead.
/// Rules: forward to any later stage; back, and out of an end, with a reason; a case leaves Triage
/// for an end other than Closed. Errors: Conflict.
base::Result<std::vector<Need>> needs_of(const Place& from, Stage to);

/// Every stage that needs_of allows, in the order of the enumeration.
std::vector<Stage> next_stages(const Place& from);

/// The place after an allowed move: entering Waiting or an end remembers where the case was.
Place moved(const Place& from, Stage to);

} // namespace tanggap::casework
