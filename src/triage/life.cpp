#include "triage/life.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/triage_limits.h"

namespace tanggap::triage {
namespace {

using model::AlertState;
using model::AlertStatus;

/// ui.md §1.3.17: volume above three times the forecast.
constexpr std::uint64_t kEscalationFactor = 3;
/// Fewer new events are no escalation whatever the forecast: three where one was expected.
constexpr std::uint64_t kEscalationEventsMin = 10;
constexpr std::int64_t kHourNs = std::int64_t{3'600'000'000'000};

std::unexpected<Refusal> no(Refusal refusal)
{
    return std::unexpected(refusal);
}

std::uint64_t hours_up(std::int64_t ns)
{
    return static_cast<std::uint64_t>(std::max(kHourNs, ns) + kHourNs - 1) / kHourNs;
}

model::Baseline baseline_of(const AlertFacts& facts, base::Time now)
{
    const std::uint64_t hours = hours_up(facts.last_seen.ns - facts.first_seen.ns);
    return {.events = facts.events,
            .events_per_hour = std::max<std::uint64_t>(1, (facts.events + hours - 1) / hours),
            .at = now};
}

/// Into `status`; what belonged to the status before is gone.
AlertState move(AlertState state, AlertStatus status, base::Time now)
{
    state.status = status;
    state.since = now;
    state.close_reason.clear();
    state.case_id.clear();
    state.merged_into = 0;
    state.snoozed_until = {};
    return state;
}

/// Whoever decides has looked: from here on louder means louder than now.
AlertState decide(AlertState state, AlertStatus status, const AlertFacts& facts, base::Time now)
{
    state = move(std::move(state), status, now);
    state.baseline = baseline_of(facts, now);
    if (state.accepted_at.ns == 0) {
        state.accepted_at = now;
    }
    return state;
}

/// Where it goes when what held it is gone.
AlertStatus earlier(const AlertState& state)
{
    return state.accepted_at.ns == 0 ? AlertStatus::New : AlertStatus::Accepted;
}

/// What is linked elsewhere is taken out of there first: the link would be lost otherwise.
std::optional<Refusal> link_of(const AlertState& state)
{
    if (state.status == AlertStatus::Merged) {
        return Refusal::Merged;
    }
    return state.status == AlertStatus::InCase ? std::optional(Refusal::InCase) : std::nullopt;
}

struct RefusalWords {
    std::string_view name;
    std::string_view text;
};
/// In the order of the enumeration.
constexpr std::array kRefusals{
    RefusalWords{"already", "is so already"},
    RefusalWords{"merged", "is merged into another alert; unlink it first"},
    RefusalWords{"in_case", "is in a case; take it out first"},
    RefusalWords{"not_merged", "is merged into no other alert"},
    RefusalWords{"not_in_case", "is in no case"},
    RefusalWords{"itself", "is no duplicate of itself"},
    RefusalWords{"target_merged", "would be merged into an alert that is a duplicate itself"},
    RefusalWords{"has_duplicates", "has duplicates itself; make it the one that stays"},
    RefusalWords{"labels_full", "has as many labels as there can be; remove one first"},
};

} // namespace

std::string_view name_of(Refusal refusal)
{
    return kRefusals.at(static_cast<std::size_t>(refusal)).name;
}

std::string_view text_of(Refusal refusal)
{
    return kRefusals.at(static_cast<std::size_t>(refusal)).text;
}

base::Status check_snooze(base::Time until, base::Time now)
{
    if (until <= now) {
        return base::invalid("snooze until a time that is still to come, not " +
                             base::format_rfc3339(until));
    }
    if (until > now + base::Duration(base::limits::kSnoozeMax)) {
        return base::invalid("snooze for at most 90 days");
    }
    return {};
}

base::Status check_label(std::string_view label)
{
    const std::string_view name = base::trim(label);
    const bool printable = std::ranges::none_of(
        name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == ',' || c == '"'; });
    if (name.empty() || name.size() > base::limits::kLabelBytesMax || !printable ||
        !base::is_utf8(name)) {
        return base::invalid("a label has 1 to 64 bytes, without commas, quotes or control "
                             "characters; found " +
                             base::quoted(label));
    }
    return {};
}

base::Status check_priority(int priority)
{
    return priority == model::kNoPriority || (priority >= 0 && priority <= 100)
               ? base::Status{}
               : base::invalid("a priority is a number from 0 to 100");
}

Next accept(AlertState state, const AlertFacts& facts, base::Time now)
{
    if (const auto link = link_of(state)) {
        return no(*link);
    }
    if (state.status == AlertStatus::Accepted) {
        return no(Refusal::Already);
    }
    return decide(std::move(state), AlertStatus::Accepted, facts, now);
}

Next close(AlertState state, const AlertFacts& facts, model::CloseReason reason, base::Time now)
{
    if (const auto link = link_of(state)) {
        return no(*link);
    }
    if (state.status == AlertStatus::Closed && state.close_reason == model::name_of(reason)) {
        return no(Refusal::Already);
    }
    state = decide(std::move(state), AlertStatus::Closed, facts, now);
    state.close_reason = model::name_of(reason);
    return state;
}

Next snooze(AlertState state, const AlertFacts& facts, base::Time until, base::Time now)
{
    if (const auto link = link_of(state)) {
        return no(*link);
    }
    if (state.status == AlertStatus::Snoozed && state.snoozed_until == until) {
        return no(Refusal::Already);
    }
    // Putting off is no look at it: a new alert comes back as new.
    const base::Time accepted_at = state.accepted_at;
    state = decide(std::move(state), AlertStatus::Snoozed, facts, now);
    state.accepted_at = accepted_at;
    state.snoozed_until = until;
    return state;
}

Next archive(AlertState state, const AlertFacts& facts, base::Time now)
{
    if (const auto link = link_of(state)) {
        return no(*link);
    }
    if (state.status == AlertStatus::Archived) {
        return no(Refusal::Already);
    }
    return decide(std::move(state), AlertStatus::Archived, facts, now);
}

Next add_to_case(AlertState state, const AlertFacts& facts, std::string_view case_id,
                 base::Time now)
{
    if (state.status == AlertStatus::InCase && state.case_id == case_id) {
        return no(Refusal::Already);
    }
    if (const auto link = link_of(state)) {
        return no(*link);
    }
    state = decide(std::move(state), AlertStatus::InCase, facts, now);
    state.case_id = case_id;
    return state;
}

Next leave_case(AlertState state, base::Time now)
{
    if (state.status != AlertStatus::InCase) {
        return no(Refusal::NotInCase);
    }
    return move(std::move(state), AlertStatus::Accepted, now);
}

Next reopen(AlertState state, const AlertFacts& facts, base::Time now)
{
    if (const auto link = link_of(state)) {
        return no(*link);
    }
    if (state.status == AlertStatus::New || state.status == AlertStatus::Accepted ||
        state.status == AlertStatus::Escalating) {
        return no(Refusal::Already);
    }
    return decide(std::move(state), AlertStatus::Accepted, facts, now);
}

Next merge(AlertState state, const AlertFacts& facts, std::uint64_t number,
           const MergeTarget& target, std::uint64_t duplicates, base::Time now)
{
    if (number == target.number) {
        return no(Refusal::Itself);
    }
    if (state.status == AlertStatus::Merged && state.merged_into == target.number) {
        return no(Refusal::Already);
    }
    if (const auto link = link_of(state)) {
        return no(*link);
    }
    if (target.status == AlertStatus::Merged) {
        return no(Refusal::TargetMerged);
    }
    if (duplicates > 0) {
        return no(Refusal::HasDuplicates);
    }
    state = decide(std::move(state), AlertStatus::Merged, facts, now);
    state.merged_into = target.number;
    return state;
}

Next unmerge(AlertState state, base::Time now)
{
    if (state.status != AlertStatus::Merged) {
        return no(Refusal::NotMerged);
    }
    return move(std::move(state), AlertStatus::Accepted, now);
}

Next assign(AlertState state, std::string_view account)
{
    if (state.assignee == account) {
        return no(Refusal::Already);
    }
    state.assignee = account;
    return state;
}

Next add_label(AlertState state, std::string_view label)
{
    const std::string_view name = base::trim(label);
    const auto place = std::ranges::lower_bound(state.labels, name);
    if (place != state.labels.end() && *place == name) {
        return no(Refusal::Already);
    }
    if (state.labels.size() >= base::limits::kLabelsMax) {
        return no(Refusal::LabelsFull);
    }
    state.labels.emplace(place, name);
    return state;
}

Next remove_label(AlertState state, std::string_view label)
{
    if (std::erase(state.labels, base::trim(label)) == 0) {
        return no(Refusal::Already);
    }
    return state;
}

Next set_priority(AlertState state, int priority)
{
    if (state.priority == priority) {
        return no(Refusal::Already);
    }
    state.priority = priority;
    return state;
}

std::uint64_t forecast_of(const model::Baseline& baseline, base::Time until)
{
    return baseline.events_per_hour * hours_up(until.ns - baseline.at.ns);
}

bool is_escalating(const model::Baseline& baseline, const AlertFacts& facts)
{
    if (baseline.at.ns == 0 || facts.events <= baseline.events) {
        return false;
    }
    const std::uint64_t since = facts.events - baseline.events;
    return since >= kEscalationEventsMin &&
           since > kEscalationFactor * forecast_of(baseline, facts.last_seen);
}

std::optional<AlertState> after_growth(const AlertState& state, const AlertFacts& facts,
                                       base::Time now)
{
    const bool grown = facts.events > state.baseline.events;
    switch (state.status) {
    case AlertStatus::Closed:
        // Rulings 26: an event inside the window opens it again.
        return grown ? std::optional(move(state, AlertStatus::Regressed, now)) : std::nullopt;
    case AlertStatus::Archived:
    case AlertStatus::Accepted:
        return is_escalating(state.baseline, facts)
                   ? std::optional(move(state, AlertStatus::Escalating, now))
                   : std::nullopt;
    default:
        return std::nullopt;
    }
}

std::optional<AlertState> after_time(const AlertState& state, base::Time now)
{
    if (state.status != AlertStatus::Snoozed || state.snoozed_until > now) {
        return std::nullopt;
    }
    return move(state, earlier(state), now);
}

} // namespace tanggap::triage
