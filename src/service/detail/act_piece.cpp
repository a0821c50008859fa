#include "service/detail/act_piece.h"

#include <algorithm>

#include "base/triage_limits.h"
#include "service/detail/case_change.h"
#include "service/detail/report_change.h"
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

/// A report after the act, or why it stays as it is.
using NextReport = std::expected<store::ReportHead, std::string_view>;

/// The reporter reads the status: what was real or over is done, what was not is rejected.
model::ReportStatus status_of(model::CloseReason reason)
{
    const bool rejected =
        reason == model::CloseReason::FalsePositive || reason == model::CloseReason::OutOfScope;
    return rejected ? model::ReportStatus::Rejected : model::ReportStatus::Done;
}

std::unexpected<std::string_view> stays(triage::Refusal refusal)
{
    return std::unexpected(triage::name_of(refusal));
}

NextReport closed(store::ReportHead head, model::CloseReason reason)
{
    const model::ReportStatus status = status_of(reason);
    if (head.status == status && !head.waiting) {
        return stays(triage::Refusal::Already);
    }
    head.status = status;
    head.waiting = false; // Whoever closes it has read what was said last.
    return head;
}

NextReport next_report(store::ReportHead head, const ResolvedAct& resolved,
                       std::string_view case_id)
{
    switch (resolved.act.kind) {
    case ActKind::Accept:
        if (head.status != model::ReportStatus::Received) {
            return stays(triage::Refusal::Already);
        }
        head.status = model::ReportStatus::Verified;
        return head;
    case ActKind::Close:
        return closed(std::move(head), resolved.act.close_reason);
    case ActKind::Reopen:
        if (!model::is_ended(head.status)) {
            return stays(triage::Refusal::Already);
        }
        head.status = model::ReportStatus::Handling;
        return head;
    case ActKind::Assign:
        if (head.assignee == resolved.account) {
            return stays(triage::Refusal::Already);
        }
        head.assignee = resolved.account;
        return head;
    case ActKind::Attach:
        if (!head.case_id.empty()) {
            return stays(head.case_id == case_id ? triage::Refusal::Already
                                                 : triage::Refusal::InCase);
        }
        return head;
    case ActKind::Detach:
        return head.case_id.empty() ? stays(triage::Refusal::NotInCase)
                                    : NextReport(moved_report(std::move(head), ""));
    default:
        return std::unexpected(std::string_view("report"));
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
                                                      std::string_view case_id) const
{
    const auto subject = case_to_work_on(snapshot, resolved_.principal, case_id);
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

base::Result<bool> ActPiece::may_change(store::Snapshot& snapshot, const store::ObjectRef& object,
                                        const std::string& told)
{
    const base::Status may = check(snapshot, resolved_.principal, policy::Action::Change, object);
    if (!may && may.error().code == base::Code::NotFound) {
        skip(outcome_, "not_found", told);
        return false;
    }
    return may ? base::Result<bool>(true) : std::unexpected(may.error());
}

base::Status ActPiece::one_alert(store::Snapshot& snapshot, store::Change* change,
                                 std::uint64_t number, base::Time now)
{
    const auto alert = store::find_alert_in_hand(snapshot, number);
    if (!alert && alert.error().code == base::Code::NotFound) {
        skip(outcome_, "not_found", model::alert_number_text(number));
        return {};
    }
    if (!alert) {
        return std::unexpected(alert.error());
    }
    TRY(const bool may, may_change(snapshot, alert->object(), alert->id));
    if (!may) {
        return {};
    }
    TRY(const triage::Next next, next_of(snapshot, *alert, now));
    std::string_view refusal = next ? std::string_view() : triage::name_of(next.error());
    if (next && resolved_.act.kind == ActKind::Detach) {
        TRY(refusal, held_by_case(snapshot, alert->state.case_id));
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

base::Status ActPiece::put_report(store::Change& change, const store::ReportHead& before,
                                  const store::ReportHead& after)
{
    if (resolved_.act.kind == ActKind::Attach) {
        reports_to_attach_.push_back(before);
        return {};
    }
    return save_report(change, before, after,
                       resolved_.act.kind == ActKind::Detach ? "report.move" : "report.edit");
}

base::Status ActPiece::one_report(store::Snapshot& snapshot, store::Change* change,
                                  std::uint64_t sequence)
{
    const auto before = store::find_report_head(snapshot, sequence);
    if (!before) {
        return std::unexpected(before.error()); // Reports are never removed.
    }
    TRY(const bool may, may_change(snapshot, before->object(), before->id));
    if (!may) {
        return {};
    }
    const NextReport after = next_report(*before, resolved_, case_id_);
    std::string_view refusal = after ? std::string_view() : after.error();
    if (after && resolved_.act.kind == ActKind::Detach) {
        TRY(refusal, held_by_case(snapshot, before->case_id));
    }
    if (!refusal.empty()) {
        skip(outcome_, refusal, before->id);
        return {};
    }
    if (change != nullptr) {
        TRY_STATUS(put_report(*change, *before, *after));
    }
    count_changed(outcome_, before->id);
    return {};
}

base::Status ActPiece::one(store::Snapshot& snapshot, store::Change* change,
                           const store::TriageKey& key, base::Time now)
{
    return key.kind == store::TriageKind::Report ? one_report(snapshot, change, key.number)
                                                 : one_alert(snapshot, change, key.number, now);
}

/// Together, so that the case's own times change once and it is taken back as it was opened.
base::Status ActPiece::attach(store::Change& change)
{
    casework::Case subject;
    if (case_id_.empty()) {
        NewCase wish{
            .title = resolved_.act.case_title, .alerts = to_attach_, .reports = reports_to_attach_};
        if (wish.title.empty() && to_attach_.empty()) {
            const store::ReportHead& first = reports_to_attach_.front();
            TRY(const bool restricted, is_restricted(change, first.object()));
            wish.title = restricted ? first.number : first.title;
        }
        TRY(subject, open_case(change, world_, resolved_.principal, wish));
        case_id_ = subject.id;
    } else {
        TRY(subject, case_to_work_on(change, resolved_.principal, case_id_));
        TRY_STATUS(service::attach(change, world_, resolved_.principal, subject, to_attach_,
                                   reports_to_attach_));
    }
    outcome_.case_number = subject.number_text();
    return {};
}

base::Status ActPiece::perform(store::Change& change, std::span<const store::TriageKey> keys)
{
    for (const store::TriageKey& key : keys) {
        TRY_STATUS(one(change, &change, key, change.command().now));
    }
    const bool to_case = !to_attach_.empty() || !reports_to_attach_.empty();
    return to_case ? attach(change) : base::Status();
}

base::Status ActPiece::rehearse(store::Snapshot& snapshot, std::span<const store::TriageKey> keys,
                                base::Time now)
{
    for (const store::TriageKey& key : keys) {
        TRY_STATUS(one(snapshot, nullptr, key, now));
    }
    return {};
}

} // namespace tanggap::service
