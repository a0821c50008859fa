#include "service/detail/act_piece.h"

#include <algorithm>

#include "base/triage_limits.h"
#include "service/detail/case_change.h"
#include "service/protection.h"
#include "triage/state_fields.h"

namespace tanggap::service {
namespace {

using store::AlertInHand;

void count_changed(ActionOutcome& outcome, const std::string& id)
{
    outcome.changed += 1;
    if (outcome.ids.size() < base::limits::kActionIdsTold) {
        outcome.ids.push_back(id);
    }
}

} // namespace

void skip(ActionOutcome& outcome, std::string_view reason, const std::string& id)
{
    const auto known = std::ranges::find(outcome.skipped, reason, &Skipped::reason);
    Skipped& entry = known != outcome.skipped.end() ? *known
                                                    : outcome.skipped.emplace_back(Skipped{
                                                          .reason = std::string(reason),
                                                          .count = 0,
                                                          .ids = {},
                                                      });
    entry.count += 1;
    outcome.skipped_count += 1;
    if (entry.ids.size() < base::limits::kActionIdsTold) {
        entry.ids.push_back(id);
    }
}

base::Result<triage::Next> ActPiece::merged(store::Snapshot& snapshot, const AlertInHand& alert,
                                            base::Time now) const
{
    // Read again for each: it may be among those that are merged.
    TRY(const AlertInHand stays, store::find_alert_in_hand(snapshot, resolved_.into));
    TRY(const std::uint64_t duplicates, store::count_duplicates(snapshot, alert.number));
    return triage::merge(alert.state, alert.facts, alert.number,
                         {.number = stays.number, .status = stays.state.status}, duplicates, now);
}

base::Result<triage::Next> ActPiece::next_of(store::Snapshot& snapshot, const AlertInHand& alert,
                                             base::Time now) const
{
    const Act& act = resolved_.act;
    switch (act.kind) {
    case ActKind::Accept:
        return triage::accept(alert.state, alert.facts, now);
    case ActKind::Close:
        return triage::close(alert.state, alert.facts, act.close_reason, now);
    case ActKind::Snooze:
        return triage::snooze(alert.state, alert.facts, act.until, now);
    case ActKind::Archive:
        return triage::archive(alert.state, alert.facts, now);
    case ActKind::Merge:
        return merged(snapshot, alert, now);
    case ActKind::Unmerge:
        return triage::unmerge(alert.state, now);
    case ActKind::Reopen:
        return triage::reopen(alert.state, alert.facts, now);
    case ActKind::Assign:
        return triage::assign(alert.state, resolved_.account);
    case ActKind::Label:
        return triage::add_label(alert.state, act.label);
    case ActKind::Unlabel:
        return triage::remove_label(alert.state, act.label);
    case ActKind::Priority:
        return triage::set_priority(alert.state, act.priority);
    case ActKind::Attach:
        return triage::add_to_case(alert.state, alert.facts, case_id_, now);
    case ActKind::Detach:
        return triage::leave_case(alert.state, now);
    }
    return base::internal("an act of an unknown kind");
}

base::Result<std::string_view> ActPiece::held_by_case(store::Snapshot& snapshot,
                                                      const AlertInHand& alert) const
{
    const auto subject = case_to_work_on(snapshot, resolved_.principal, alert.state.case_id);
    if (subject) {
        return std::string_view();
    }
    switch (subject.error().code) {
    case base::Code::NotFound:
        return std::string_view("not_found");
    case base::Code::Conflict:
        return std::string_view("case_ended");
    default:
        return std::unexpected(subject.error());
    }
}

base::Status ActPiece::put(store::Change& change, const AlertInHand& alert,
                           const model::AlertState& next)
{
    if (resolved_.act.kind == ActKind::Attach) {
        to_attach_.push_back(alert.id);
        return {};
    }
    if (resolved_.act.kind == ActKind::Detach) {
        TRY(const auto subject, case_to_work_on(change, resolved_.principal, alert.state.case_id));
        return detach_one(change, subject, alert);
    }
    TRY_STATUS(store::put_alert_state(change, alert.number, next));
    auto fields = triage::difference(alert.state, next);
    std::vector<store::ObjectRef> touched;
    if (resolved_.act.kind == ActKind::Merge) {
        touched.push_back(resolved_.stays);
    }
    return change.record({.action = std::string(name_of(resolved_.act.kind)),
                          .object = alert.object(),
                          .touched = std::move(touched),
                          .before = std::move(fields.before),
                          .after = std::move(fields.after),
                          .reversible = store::Reversible::Yes});
}

base::Status ActPiece::one(store::Snapshot& snapshot, store::Change* change, std::uint64_t number,
                           base::Time now)
{
    const auto alert = store::find_alert_in_hand(snapshot, number);
    if (!alert && alert.error().code == base::Code::NotFound) {
        skip(outcome_, "not_found", model::alert_number_text(number));
        return {};
    }
    if (!alert) {
        return std::unexpected(alert.error());
    }
    const base::Status may =
        check(snapshot, resolved_.principal, policy::Action::Change, alert->object());
    if (!may && may.error().code == base::Code::NotFound) {
        skip(outcome_, "not_found", alert->id);
        return {};
    }
    TRY_STATUS(may);
    TRY(const triage::Next next, next_of(snapshot, *alert, now));
    std::string_view refusal = next ? std::string_view() : triage::name_of(next.error());
    if (next && resolved_.act.kind == ActKind::Detach) {
        TRY(refusal, held_by_case(snapshot, *alert));
    }
    if (!refusal.empty()) {
        skip(outcome_, refusal, alert->id);
        return {};
    }
    if (change != nullptr) {
        TRY_STATUS(put(*change, *alert, *next));
    }
    count_changed(outcome_, alert->id);
    return {};
}

/// Together, so that the case's own times change once and it is taken back as it was opened.
base::Status ActPiece::attach(store::Change& change)
{
    if (case_id_.empty()) {
        TRY(const casework::Case opened,
            open_case(change, world_, resolved_.principal,
                      {.title = resolved_.act.case_title, .alerts = to_attach_}));
        case_id_ = opened.id;
        outcome_.case_number = opened.number_text();
        return {};
    }
    TRY(casework::Case subject, case_to_work_on(change, resolved_.principal, case_id_));
    outcome_.case_number = subject.number_text();
    return attach_alerts(change, world_, resolved_.principal, subject, to_attach_);
}

base::Status ActPiece::perform(store::Change& change, std::span<const std::uint64_t> numbers)
{
    for (const std::uint64_t number : numbers) {
        TRY_STATUS(one(change, &change, number, change.command().now));
    }
    return to_attach_.empty() ? base::Status() : attach(change);
}

base::Status ActPiece::rehearse(store::Snapshot& snapshot, std::span<const std::uint64_t> numbers,
                                base::Time now)
{
    for (const std::uint64_t number : numbers) {
        TRY_STATUS(one(snapshot, nullptr, number, now));
    }
    return {};
}

} // namespace tanggap::service
