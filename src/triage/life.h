// The life of an alert in people's hands (ui.md §1.3.17):
//   new → accepted → (in a case | closed | snoozed until | archived until escalating | merged)
// Each function gives the next state, or why not. Pure: values in, values out.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "model/alert_state.h"

namespace tanggap::triage {

/// What the pipeline knows of the alert.
struct AlertFacts {
    std::uint64_t events = 0;
    base::Time first_seen;
    base::Time last_seen;
};

/// Why an alert stays as it is. The names are stable: a console puts them into words.
enum class Refusal : std::uint8_t {
    Already,       ///< it is as wanted
    Merged,        ///< a duplicate of another alert: unlink it first
    InCase,        ///< in a case: take it out first
    NotMerged,     ///< to unlink
    NotInCase,     ///< to take out
    Itself,        ///< no alert is a duplicate of itself
    TargetMerged,  ///< the alert that is to stay is a duplicate itself
    HasDuplicates, ///< others are merged into it: chains are not made
    LabelsFull,    ///< limits::kLabelsMax
};
std::string_view name_of(Refusal refusal);
/// The end of a sentence that begins with the alert.
std::string_view text_of(Refusal refusal);
using Next = std::expected<model::AlertState, Refusal>;

/// Errors of the three: Invalid, what a person gave is wrong for every alert.
base::Status check_snooze(base::Time until, base::Time now);
base::Status check_label(std::string_view label);
base::Status check_priority(int priority);

Next accept(model::AlertState state, const AlertFacts& facts, base::Time now);
Next close(model::AlertState state, const AlertFacts& facts, model::CloseReason reason,
           base::Time now);
/// `until` was checked.
Next snooze(model::AlertState state, const AlertFacts& facts, base::Time until, base::Time now);
Next archive(model::AlertState state, const AlertFacts& facts, base::Time now);
Next add_to_case(model::AlertState state, const AlertFacts& facts, std::string_view case_id,
                 base::Time now);
Next leave_case(model::AlertState state, base::Time now);
/// A closed, archived, snoozed or regressed alert is worked on again.
Next reopen(model::AlertState state, const AlertFacts& facts, base::Time now);

/// The alert that is to stay, as far as merging into it needs to know.
struct MergeTarget {
    std::uint64_t number = 0;
    model::AlertStatus status = model::AlertStatus::New;
};
/// `duplicates`: how many are merged into the alert itself; chains are not made.
Next merge(model::AlertState state, const AlertFacts& facts, std::uint64_t number,
           const MergeTarget& target, std::uint64_t duplicates, base::Time now);
Next unmerge(model::AlertState state, base::Time now);

/// `account` empty: nobody.
Next assign(model::AlertState state, std::string_view account);
/// `label` was checked.
Next add_label(model::AlertState state, std::string_view label);
Next remove_label(model::AlertState state, std::string_view label);
/// `priority` was checked; kNoPriority: back to the computed one.
Next set_priority(model::AlertState state, int priority);

/// What more events do to it. Nothing: the state stays.
std::optional<model::AlertState> after_growth(const model::AlertState& state,
                                              const AlertFacts& facts, base::Time now);
/// What the time does to it: a snoozed alert comes back.
std::optional<model::AlertState> after_time(const model::AlertState& state, base::Time now);

/// Events expected from the baseline until `until`: its rate, over at least one hour.
std::uint64_t forecast_of(const model::Baseline& baseline, base::Time until);
/// More than kEscalationFactor times the forecast since the baseline, and more than a handful.
bool is_escalating(const model::Baseline& baseline, const AlertFacts& facts);

} // namespace tanggap::triage
