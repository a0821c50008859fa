#include "service/cases.h"

#include <algorithm>
#include <set>

#include "base/id.h"
#include "casework/observable.h"
#include "service/case_items.h"
#include "service/detail/case_change.h"
#include "service/detail/report_change.h"
#include "service/protection.h"
#include "store/people.h"
#include "triage/life.h"
#include "triage/state_fields.h"

namespace tanggap::service {
namespace {

using casework::Case;
using casework::Need;
using casework::Stage;

/// The latest time anything a person did to the timeline counts from.
base::Result<std::vector<std::string>> checked_words(std::string_view name,
                                                     const std::vector<std::string>& words)
{
    if (words.size() > kCaseWordsMax) {
        return base::invalid(std::string(name) + ": at most 50");
    }
    std::vector<std::string> out;
    for (const std::string& word : words) {
        TRY(std::string checked, checked_text(name, word, kCaseShortBytesMax, true));
        if (std::ranges::find(out, checked) == out.end()) {
            out.push_back(std::move(checked));
        }
    }
    return out;
}

base::Result<std::vector<std::string>> checked_classes(const World& world,
                                                       const std::vector<std::string>& classes)
{
    TRY(auto words, checked_words("classes", classes));
    const auto knowledge = world.casework();
    for (const std::string& word : words) {
        if (knowledge->find_class(word) == nullptr) {
            return base::invalid("the taxonomy has no class " + base::quoted(word) +
                                 "; GET /api/v1/casework lists them");
        }
    }
    return words;
}

base::Status check_assessment(const casework::Assessment& said)
{
    if (said.impact == 0 && said.urgency == 0) {
        return {};
    }
    TRY([[maybe_unused]] const auto decision, casework::decide_priority(said));
    return {};
}

void note_priority(Case& subject, base::Time now)
{
    if (subject.priority()) {
        casework::on_priority_decided(subject.milestones, now);
    }
}

/// What an alert's key says becomes observables of the case; of a restricted alert nothing does,
/// since who sees the case may not see the alert.
base::Status add_observables_of(store::Change& change, const Case& subject,
                                const store::CaseAlert& alert)
{
    TRY(const bool restricted, is_restricted(change, alert.object()));
    if (restricted) {
        return {};
    }
    return add_found_observables(change, subject, alert.source + "\n" + alert.target,
                                 model::alert_number_text(alert.number));
}

/// Puts the alert's next state and records what differs, for the case's history as well.
base::Status put_alert(store::Change& change, const Case& subject, std::string_view action,
                       const store::AlertInHand& alert, const triage::Next& next)
{
    if (!next) {
        return base::fail(base::Code::Conflict, model::alert_number_text(alert.number) + " " +
                                                    std::string(triage::text_of(next.error())));
    }
    TRY_STATUS(store::put_alert_state(change, alert.number, *next));
    auto fields = triage::difference(alert.state, *next);
    return change.record({.action = std::string(action),
                          .object = alert.object(),
                          .touched = {store::object_of(subject)},
                          .before = std::move(fields.before),
                          .after = std::move(fields.after),
                          .reversible = store::Reversible::Yes});
}

base::Status attach_one(store::Change& change, Case& subject, const store::CaseAlert& alert)
{
    TRY(const auto hand, store::find_alert_in_hand(change, alert.number));
    TRY_STATUS(
        put_alert(change, subject, "alert.attach", hand,
                  triage::add_to_case(hand.state, hand.facts, subject.id, change.command().now)));
    casework::on_attached(subject.milestones, alert.raised_at);
    return add_observables_of(change, subject, alert);
}

/// Each once, those that are not in it yet.
base::Result<std::vector<store::CaseAlert>> alerts_to_attach(store::Change& change,
                                                             const Principal& principal,
                                                             const Case& subject,
                                                             std::span<const std::string> ids)
{
    std::vector<store::CaseAlert> alerts;
    std::set<std::uint64_t> seen;
    for (const std::string& id : ids) {
        TRY(auto alert, store::find_case_alert(change, std::string_view(id)));
        TRY_STATUS(check(change, principal, policy::Action::Change, alert.object()));
        if (!alert.case_id.empty() && alert.case_id != subject.id) {
            return base::fail(base::Code::Conflict,
                              model::alert_number_text(alert.number) +
                                  " is in another case; detach it there first");
        }
        if (alert.case_id.empty() && seen.insert(alert.number).second) {
            alerts.push_back(std::move(alert));
        }
    }
    return alerts;
}

base::Result<Case> case_from(store::Change& change, const World& world, const Principal& principal,
                             const NewCase& wish)
{
    const base::Time now = change.command().now;
    const auto knowledge = world.casework();
    Case subject{.id = base::make_uuid_v7(now).text(),
                 .incident = false,
                 .assessment = wish.assessment,
                 .owner = principal.user_id,
                 .tlp = wish.tlp,
                 .opened_at = now};
    TRY(subject.title, checked_text("title", wish.title, kCaseTitleBytesMax, true));
    TRY(subject.summary, checked_text("summary", wish.summary, kCaseTextBytesMax));
    TRY(subject.organisation, checked_text("organisation", wish.organisation, kCaseShortBytesMax));
    TRY(subject.contact, checked_text("contact", wish.contact, kCaseShortBytesMax));
    TRY(subject.team, checked_text("team", wish.team, kCaseShortBytesMax));
    TRY(subject.classes, checked_classes(world, wish.classes));
    TRY_STATUS(check_assessment(wish.assessment));
    if (wish.owner) {
        subject.owner.clear();
        if (!wish.owner->empty()) {
            TRY(subject.owner, account_of(change, *wish.owner));
        }
    }
    if (!principal.user_id.empty()) {
        subject.members.push_back(principal.user_id);
    }
    const int year =
        knowledge->calendar ? knowledge->calendar->year_of(now) : base::civil_from_time(now).year;
    TRY(subject.number, store::take_case_number(change, year));
    casework::on_opened(subject.milestones, now);
    note_priority(subject, now);
    if (wish.incident) {
        subject.incident = true;
        casework::on_incident_declared(subject.milestones, now);
    }
    return subject;
}

/// What is not said is taken from the first alert; of a restricted one only its number.
base::Result<NewCase> with_first_alert(store::Change& change, NewCase wish)
{
    if (wish.alerts.empty()) {
        return wish;
    }
    TRY(const auto first, store::find_case_alert(change, std::string_view(wish.alerts.front())));
    TRY(const bool restricted, is_restricted(change, first.object()));
    if (base::trim(wish.title).empty()) {
        wish.title = restricted               ? model::alert_number_text(first.number)
                     : first.title_id.empty() ? first.title
                                              : first.title_id;
    }
    if (wish.organisation.empty() && !restricted) {
        wish.organisation = first.organisation;
    }
    return wish;
}

std::string missing_text(const std::vector<casework::Missing>& missing)
{
    std::string out;
    for (const casework::Missing& each : missing) {
        out += (out.empty() ? "" : "; ") + each.text.en;
    }
    return out;
}

base::Result<casework::ClosingFacts> closing_facts(store::Snapshot& snapshot, const Case& subject)
{
    casework::ClosingFacts facts{.incident = subject.incident,
                                 .assessed = subject.assessment.complete(),
                                 .classes = subject.classes.size(),
                                 .organisation = subject.organisation,
                                 .summary = subject.summary,
                                 .cause = subject.cause,
                                 .impact = subject.impact,
                                 .measures = subject.measures,
                                 .lessons = subject.lessons,
                                 .resolution = std::string(name_of(subject.resolution)),
                                 .milestones = subject.milestones};
    TRY(const auto tasks, store::list_tasks(snapshot, subject.id));
    for (const casework::Task& task : tasks) {
        const bool open =
            task.state == casework::TaskState::Open || task.state == casework::TaskState::Doing;
        if (task.mandatory && open) {
            facts.open_mandatory_tasks.push_back({task.id, task.title});
        }
    }
    return facts;
}

base::Result<std::vector<casework::Missing>> missing_of(store::Snapshot& snapshot,
                                                        const World& world, const Case& subject)
{
    TRY(auto facts, closing_facts(snapshot, subject));
    const auto knowledge = world.casework();
    const auto clocks = clocks_of(world, subject);
    facts.rules = knowledge->clocks;
    facts.clocks = clocks;
    return casework::missing_for_closing(facts);
}

/// Takes what a need asks for out of the wish into the case. Errors: Invalid, by name.
base::Status meet(store::Change& change, const World& world, const CaseWish& wish,
                  const StageMove& move, Case& subject, Need need)
{
    switch (need) {
    case Need::Reason:
        if (base::trim(wish.command.reason).empty()) {
            return base::invalid("this move needs a reason");
        }
        return {};
    case Need::WaitingFor: {
        TRY(subject.waiting_for,
            checked_text("waiting_for", move.waiting_for, kCaseShortBytesMax, true));
        return {};
    }
    case Need::TransferredTo: {
        TRY(subject.transferred_to,
            checked_text("transferred_to", move.transferred_to, kCaseShortBytesMax, true));
        return {};
    }
    case Need::DuplicateOf: {
        TRY(const Case other,
            store::find_case(change, move.duplicate_of, viewer_of(wish.principal)));
        if (other.id == subject.id) {
            return base::invalid("a case is no duplicate of itself");
        }
        subject.duplicate_of = other.id;
        return {};
    }
    case Need::Priority:
        return subject.priority() ? base::Status()
                                  : base::invalid("this stage needs impact and urgency decided");
    case Need::Classification:
        return subject.classes.empty() ? base::Status(base::invalid("this stage needs a class"))
                                       : base::Status();
    case Need::Owner:
        return subject.owner.empty() ? base::Status(base::invalid("this stage needs an owner"))
                                     : base::Status();
    case Need::Closing: {
        TRY(const auto missing, missing_of(change, world, subject));
        return missing.empty()
                   ? base::Status()
                   : base::Status(base::invalid("before it is closed: " + missing_text(missing)));
    }
    }
    return base::internal("a need of an unknown kind");
}

void set_incident(Case& subject, bool incident, base::Time now)
{
    subject.incident = incident;
    if (incident) {
        casework::on_incident_declared(subject.milestones, now);
    } else {
        subject.milestones.leave(casework::Milestone::Validated);
    }
}

template <std::size_t N>
base::Status
take_texts(const std::array<std::pair<const std::optional<std::string>*, std::string*>, N>& fields,
           std::size_t bytes_max)
{
    for (const auto& [given, into] : fields) {
        if (*given) {
            TRY(*into, checked_text("this text", **given, bytes_max));
        }
    }
    return {};
}

base::Status take_people(store::Change& change, const CaseEdit& edit, Case& subject)
{
    if (edit.owner) {
        subject.owner.clear();
        if (!edit.owner->empty()) {
            TRY(subject.owner, account_of(change, *edit.owner));
        }
    }
    if (edit.members) {
        std::vector<std::string> members;
        for (const std::string& name : *edit.members) {
            TRY(std::string account, account_of(change, name));
            members.push_back(std::move(account));
        }
        subject.members = std::move(members);
    }
    return {};
}

base::Status take_priority(const CaseEdit& edit, Case& subject)
{
    if (edit.assessment) {
        TRY_STATUS(check_assessment(*edit.assessment));
        subject.assessment = *edit.assessment;
    }
    if (!edit.priority) {
        return {};
    }
    subject.priority_set.reset();
    subject.priority_reason.clear();
    if (!edit.priority->empty()) {
        TRY(subject.priority_set, casework::parse_priority(*edit.priority));
        TRY(subject.priority_reason,
            checked_text("priority_reason", edit.priority_reason.value_or(""), kCaseTextBytesMax,
                         true));
    }
    return {};
}

base::Status apply(store::Change& change, const World& world, const CaseEdit& edit, Case& subject)
{
    if (edit.title) {
        TRY(subject.title, checked_text("title", *edit.title, kCaseTitleBytesMax, true));
    }
    using Pair = std::pair<const std::optional<std::string>*, std::string*>;
    TRY_STATUS(take_texts(std::array{Pair{&edit.team, &subject.team},
                                     Pair{&edit.organisation, &subject.organisation},
                                     Pair{&edit.contact, &subject.contact}},
                          kCaseShortBytesMax));
    TRY_STATUS(take_texts(
        std::array{Pair{&edit.summary, &subject.summary}, Pair{&edit.cause, &subject.cause},
                   Pair{&edit.impact, &subject.impact}, Pair{&edit.measures, &subject.measures},
                   Pair{&edit.lessons, &subject.lessons}},
        kCaseTextBytesMax));
    if (edit.classes) {
        TRY(subject.classes, checked_classes(world, *edit.classes));
    }
    if (edit.labels) {
        TRY(subject.labels, checked_words("labels", *edit.labels));
    }
    subject.tlp = edit.tlp.value_or(subject.tlp);
    subject.resolution = edit.resolution.value_or(subject.resolution);
    TRY_STATUS(take_people(change, edit, subject));
    TRY_STATUS(take_priority(edit, subject));
    note_priority(subject, change.command().now);
    return {};
}

} // namespace

base::Result<std::string> checked_text(std::string_view name, std::string_view text,
                                       std::size_t bytes_max, bool required)
{
    const std::string_view trimmed = base::trim(text);
    if (required && trimmed.empty()) {
        return base::invalid(std::string(name) + " must not be empty");
    }
    if (trimmed.size() > bytes_max) {
        return base::invalid(std::string(name) + " has " + std::to_string(trimmed.size()) +
                             " bytes; at most " + std::to_string(bytes_max) + " are taken");
    }
    if (!base::is_utf8(trimmed)) {
        return base::invalid(std::string(name) + " is not UTF-8");
    }
    return std::string(trimmed);
}

base::Result<std::string> account_of(store::Snapshot& snapshot, std::string_view name)
{
    auto user = store::find_user(snapshot, name);
    if (!user || user->disabled) {
        return base::invalid("there is no account " + base::quoted(name));
    }
    return std::move(user->id);
}

policy::Object object_for_policy(const Case& subject)
{
    const bool red = subject.tlp == casework::Tlp::Red;
    policy::Object object{.kind = policy::Kind::Case,
                          .tlp = static_cast<policy::Tlp>(subject.tlp),
                          .named = red ? subject.members : std::vector<std::string>()};
    if (red && !subject.owner.empty()) {
        object.named.push_back(subject.owner);
    }
    return object;
}

base::Status may(const Principal& principal, policy::Action action, const Case& subject)
{
    return policy::check(subject_of(principal), action, object_for_policy(subject));
}

store::CaseViewer viewer_of(const Principal& principal)
{
    // No key sees what is red, whoever made it (policy::decide).
    return {.account = principal.key_id.empty() ? principal.user_id : ""};
}

std::vector<casework::Clock> clocks_of(const World& world, const Case& subject)
{
    const auto knowledge = world.casework();
    return casework::compute_clocks(knowledge->clocks, subject.history(), knowledge->calendar.get(),
                                    world.clock.now());
}

store::CaseDue due_of(const World& world, const Case& subject, base::Time now)
{
    const auto knowledge = world.casework();
    store::CaseDue due;
    for (const casework::Clock& clock : casework::compute_clocks(
             knowledge->clocks, subject.history(), knowledge->calendar.get(), now)) {
        if (!is_open(clock.state) || !clock.due) {
            continue;
        }
        auto& earliest = clock.state == casework::ClockState::Breached ? due.overdue : due.next;
        earliest = earliest ? std::min(*earliest, *clock.due) : *clock.due;
    }
    return due;
}

base::Status save_case(store::Change& change, const World& world, const Case& before,
                       const Case& after, std::string_view action, store::Reversible reversible)
{
    auto difference =
        casework::difference_of(casework::write_json(before), casework::write_json(after));
    if (difference.empty) {
        return {};
    }
    TRY_STATUS(store::put_case(change, after, due_of(world, after, change.command().now)));
    return change.record({.action = std::string(action),
                          .object = store::object_of(after),
                          .before = std::move(difference.before),
                          .after = std::move(difference.after),
                          .reversible = reversible});
}

base::Status change_case(const World& world, const CaseWish& wish, std::string_view action,
                         const CaseBody& body, store::Reversible reversible)
{
    std::string id;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const Case subject, store::find_case(snapshot, wish.id, viewer_of(wish.principal)));
        id = subject.id;
        return {};
    }));
    TRY_STATUS(record_breaches(world, id));
    const auto done = world.cases.change(wish.command, [&](store::Change& change) -> base::Status {
        TRY(const Case before, store::find_case(change, id, viewer_of(wish.principal)));
        TRY_STATUS(may(wish.principal, policy::Action::Change, before));
        TRY_STATUS(change.expect(store::object_of(before), wish.expected_version));
        Case after = before;
        TRY_STATUS(body(change, after));
        return save_case(change, world, before, after, action, reversible);
    });
    return done ? base::Status() : base::Status(std::unexpected(done.error()));
}

base::Result<Case> case_to_work_on(store::Snapshot& snapshot, const Principal& principal,
                                   std::string_view id)
{
    TRY(auto subject, store::find_case(snapshot, id, viewer_of(principal)));
    TRY_STATUS(may(principal, policy::Action::Change, subject));
    if (casework::is_ended(subject.place.stage)) {
        return base::fail(base::Code::Conflict,
                          subject.number_text() +
                              " has ended; open it again before you work on it");
    }
    return subject;
}

base::Result<CaseView> view_case(const World& world, const Principal& principal,
                                 std::string_view id)
{
    CaseView view;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(view.subject, store::find_case(snapshot, id, viewer_of(principal)));
        TRY_STATUS(may(principal, policy::Action::See, view.subject));
        TRY(view.counts, store::count_in_case(snapshot, view.subject.id));
        TRY(const auto version, store::version_of(snapshot, store::object_of(view.subject)));
        view.version = version.version;
        view.updated_by = version.updated_by;
        view.updated_at = version.updated_at;
        TRY(view.missing, missing_of(snapshot, world, view.subject));
        return {};
    }));
    view.clocks = clocks_of(world, view.subject);
    if (const auto decision = casework::decide_priority(view.subject.assessment)) {
        view.priority_reasons = decision->reasons;
    }
    view.doubts = casework::doubts_about(view.subject.milestones, world.clock.now());
    return view;
}

base::Result<Case> open_case(store::Change& change, const World& world, const Principal& principal,
                             const NewCase& given)
{
    TRY(const NewCase wish, with_first_alert(change, given));
    TRY(Case subject, case_from(change, world, principal, wish));
    TRY(const auto alerts, alerts_to_attach(change, principal, subject, wish.alerts));
    for (const store::CaseAlert& alert : alerts) {
        TRY_STATUS(attach_one(change, subject, alert));
    }
    for (const store::ReportHead& report : wish.reports) {
        TRY_STATUS(learn_from_report(change, subject, report));
    }
    TRY_STATUS(store::put_case(change, subject, due_of(world, subject, change.command().now)));
    TRY_STATUS(change.record({.action = "case.open",
                              .object = store::object_of(subject),
                              .before = "null",
                              .after = casework::write_json(subject),
                              .reversible = store::Reversible::Yes}));
    for (const store::ReportHead& report : wish.reports) {
        TRY_STATUS(save_report(change, report, moved_report(report, subject.id), "report.move"));
    }
    if (!wish.playbook.empty()) {
        TRY_STATUS(apply_playbook(change, world, subject, wish.playbook));
    }
    return subject;
}

base::Result<Case> open_case(const World& world, const Principal& principal,
                             const store::Command& command, const NewCase& wish)
{
    Case opened;
    TRY([[maybe_unused]] const std::string done,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(opened, open_case(change, world, principal, wish));
            return {};
        }));
    return opened;
}

base::Status attach(store::Change& change, const World& world, const Principal& principal,
                    Case& subject, std::span<const std::string> alert_ids,
                    std::span<const store::ReportHead> reports)
{
    const Case before = subject;
    TRY(const auto alerts, alerts_to_attach(change, principal, subject, alert_ids));
    if (alerts.empty() && reports.empty()) {
        return {}; // nothing to do is no change
    }
    for (const store::CaseAlert& alert : alerts) {
        TRY_STATUS(attach_one(change, subject, alert));
    }
    for (const store::ReportHead& report : reports) {
        TRY_STATUS(learn_from_report(change, subject, report));
        TRY_STATUS(save_report(change, report, moved_report(report, subject.id), "report.move"));
    }
    TRY_STATUS(store::touch_case(change, subject.id, change.command().now));
    return save_case(change, world, before, subject, "case.times");
}

base::Status attach_alerts(const World& world, const CaseWish& wish,
                           std::span<const std::string> ids)
{
    const auto done = world.cases.change(wish.command, [&](store::Change& change) -> base::Status {
        TRY(Case subject, case_to_work_on(change, wish.principal, wish.id));
        return attach(change, world, wish.principal, subject, ids, {});
    });
    return done ? base::Status() : base::Status(std::unexpected(done.error()));
}

base::Status detach_one(store::Change& change, const Case& subject, const store::AlertInHand& alert)
{
    TRY_STATUS(store::touch_case(change, subject.id, change.command().now));
    return put_alert(change, subject, "alert.detach", alert,
                     triage::leave_case(alert.state, change.command().now));
}

base::Status detach_alert(const World& world, const CaseWish& wish, std::string_view id)
{
    const auto done = world.cases.change(wish.command, [&](store::Change& change) -> base::Status {
        TRY(const Case subject, case_to_work_on(change, wish.principal, wish.id));
        TRY(const auto alert, store::find_case_alert(change, id));
        if (alert.case_id != subject.id) {
            return base::not_found(model::alert_number_text(alert.number) + " is not in this case");
        }
        TRY_STATUS(check(change, wish.principal, policy::Action::Change, alert.object()));
        TRY(const auto hand, store::find_alert_in_hand(change, alert.number));
        return detach_one(change, subject, hand);
    });
    return done ? base::Status() : base::Status(std::unexpected(done.error()));
}

base::Status edit_case(const World& world, const CaseWish& wish, const CaseEdit& edit)
{
    return change_case(world, wish, "case.edit", [&](store::Change& change, Case& subject) {
        return apply(change, world, edit, subject);
    });
}

base::Status move_case(const World& world, const CaseWish& wish, const StageMove& move)
{
    return change_case(world, wish, "case.move",
                       [&](store::Change& change, Case& subject) -> base::Status {
                           TRY(const auto needs, casework::needs_of(subject.place, move.to));
                           for (const Need need : needs) {
                               TRY_STATUS(meet(change, world, wish, move, subject, need));
                           }
                           if (move.declare_incident && !subject.incident) {
                               set_incident(subject, true, change.command().now);
                           }
                           subject.stage_reason = std::string(base::trim(wish.command.reason));
                           casework::move(subject, move.to, change.command().now);
                           return {};
                       });
}

base::Status declare_incident(const World& world, const CaseWish& wish, bool incident)
{
    return change_case(world, wish, incident ? "case.declare" : "case.revoke",
                       [&](store::Change& change, Case& subject) -> base::Status {
                           if (!incident && base::trim(wish.command.reason).empty()) {
                               return base::invalid("taking an incident back needs a reason");
                           }
                           if (incident && casework::is_ended(subject.place.stage)) {
                               return base::fail(base::Code::Conflict,
                                                 "it has ended; open it again first");
                           }
                           set_incident(subject, incident, change.command().now);
                           return {};
                       });
}

base::Status set_milestone(const World& world, const CaseWish& wish, casework::Milestone milestone,
                           std::optional<casework::MilestoneTime> value)
{
    if (milestone == casework::Milestone::Closed) {
        return base::invalid("closed is set by closing the case");
    }
    if (value && value->not_applicable && base::trim(value->note).empty()) {
        return base::invalid("say why this time does not apply");
    }
    return change_case(world, wish, "case.times",
                       [&](store::Change& change, Case& subject) -> base::Status {
                           if (value && value->at > change.command().now) {
                               return base::invalid("this time lies in the future: " +
                                                    base::format_rfc3339(value->at));
                           }
                           subject.milestones.set(milestone, value);
                           return {};
                       });
}

base::Status fulfil_duty(const World& world, const CaseWish& wish, const DutyWish& duty)
{
    return change_case(
        world, wish,
        duty.open_again ? "duty.reopen"
        : duty.waived   ? "duty.waive"
                        : "duty.done",
        [&](store::Change& change, Case& subject) -> base::Status {
            const auto knowledge = world.casework();
            const auto* const rule = knowledge->find_clock(duty.rule);
            const auto clocks = clocks_of(world, subject);
            const bool concerns =
                rule != nullptr && rule->kind == casework::ClockKind::Statutory &&
                std::ranges::find(clocks, duty.rule, &casework::Clock::rule_id) != clocks.end();
            if (!concerns) {
                return base::not_found("this case has no duty " + base::quoted(duty.rule));
            }
            if (duty.open_again) {
                subject.duties.erase(duty.rule);
                return {};
            }
            const base::Time at = duty.at.value_or(change.command().now);
            if (at > change.command().now) {
                return base::invalid("a duty cannot be done in the future");
            }
            TRY(std::string proof, checked_text(duty.waived ? "the reason" : "proof", duty.proof,
                                                kCaseTextBytesMax, true));
            subject.duties[duty.rule] = {.done = {.at = at, .waived = duty.waived},
                                         .proof = std::move(proof),
                                         .by = wish.principal.name};
            if (!duty.waived) {
                casework::on_duty_done(subject.milestones, at);
            }
            return {};
        });
}

} // namespace tanggap::service
