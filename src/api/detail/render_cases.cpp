#include "api/detail/render_cases.h"

#include <algorithm>

#include "casework/observable.h"
#include "store/people.h"

namespace tanggap::api {
namespace {

Json time_json(const std::optional<base::Time>& time)
{
    return time ? Json(base::format_rfc3339(*time)) : Json();
}

std::int64_t seconds_of(base::Duration duration)
{
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

Json assessment_json(const casework::Assessment& said)
{
    return {{"impact", said.impact},
            {"urgency", said.urgency},
            {"vital_system", said.vital_system},
            {"personal_data", said.personal_data},
            {"public_service_down", said.public_service_down},
            {"attacker_inside", said.attacker_inside}};
}

Json milestones_json(const casework::Milestones& milestones)
{
    Json list = Json::array();
    for (std::size_t i = 0; i < casework::kMilestones; ++i) {
        const auto milestone = static_cast<casework::Milestone>(i);
        const auto& time = milestones.find(milestone);
        const bool applies = time && !time->not_applicable;
        list.push_back({{"name", casework::name_of(milestone)},
                        {"title", both_json(casework::title_of(milestone))},
                        {"required", casework::is_required(milestone)},
                        {"at", applies ? Json(base::format_rfc3339(time->at)) : Json()},
                        {"by_person", time && time->set_by == casework::SetBy::Person},
                        {"not_applicable", time && time->not_applicable},
                        {"note", time ? time->note : ""}});
    }
    return list;
}

Json next_stages_json(const casework::Place& place)
{
    Json list = Json::array();
    for (const casework::Stage stage : casework::next_stages(place)) {
        Json needs = Json::array();
        for (const casework::Need need : casework::needs_of(place, stage).value()) {
            needs.push_back(casework::name_of(need));
        }
        list.push_back({{"stage", casework::name_of(stage)}, {"needs", std::move(needs)}});
    }
    return list;
}

Json duties_json(const casework::Knowledge& knowledge, const service::CaseView& view)
{
    Json list = Json::array();
    for (const casework::Clock& clock : view.clocks) {
        const auto* const rule = knowledge.find_clock(clock.rule_id);
        if (rule == nullptr || rule->kind != casework::ClockKind::Statutory) {
            continue;
        }
        const auto done = view.subject.duties.find(clock.rule_id);
        const bool there = done != view.subject.duties.end();
        Json content = Json::array();
        for (const casework::Text& each : rule->content) {
            content.push_back(both_json(each));
        }
        list.push_back({{"clock", clock_json(knowledge, clock)},
                        {"addressee", both_json(rule->addressee)},
                        {"content", std::move(content)},
                        {"instrument", rule->source.instrument},
                        {"article", rule->source.article},
                        {"checked", rule->source.checked},
                        {"proof", there ? done->second.proof : ""},
                        {"by", there ? done->second.by : ""}});
    }
    return list;
}

Json texts_json(const casework::Case& subject)
{
    return {{"summary", subject.summary},
            {"cause", subject.cause},
            {"impact", subject.impact},
            {"measures", subject.measures},
            {"lessons", subject.lessons},
            {"resolution", name_of(subject.resolution)},
            {"contact", subject.contact},
            {"stage_reason", subject.stage_reason},
            {"waiting_for", subject.waiting_for},
            {"transferred_to", subject.transferred_to},
            {"priority_reason", subject.priority_reason}};
}

std::string number_of_case(const Call& call, const std::string& id)
{
    std::string number;
    if (!id.empty()) {
        // Of a case that is gone or may not be seen there is no number to tell.
        const auto seen = call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
            TRY(const auto other,
                store::find_case(snapshot, id, service::viewer_of(call.principal)));
            number = other.number_text();
            return {};
        });
        return seen ? number : std::string();
    }
    return number;
}

} // namespace

Json both_json(const casework::Text& text)
{
    return {{"id", text.id}, {"en", text.en}};
}

Json Names::operator()(const std::string& id)
{
    if (id.empty()) {
        return {};
    }
    const auto known = known_.find(id);
    if (known != known_.end()) {
        return known->second;
    }
    std::string name = "?"; // of an account that is gone
    const auto seen = world_.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const store::User user, store::find_user_by_id(snapshot, id));
        name = user.name;
        return {};
    });
    return known_.emplace(id, seen ? name : "?").first->second;
}

Json clock_json(const casework::Knowledge& knowledge, const casework::Clock& clock)
{
    const auto* const rule = knowledge.find_clock(clock.rule_id);
    return {
        {"rule", clock.rule_id},
        {"title", both_json(rule != nullptr ? rule->title : casework::Text{})},
        {"kind", casework::name_of(rule != nullptr ? rule->kind : casework::ClockKind::Service)},
        {"state", casework::name_of(clock.state)},
        {"working_time", clock.time == casework::TimeKind::Working},
        {"started_at", base::format_rfc3339(clock.started)},
        {"due_at", time_json(clock.due)},
        {"met_at", time_json(clock.met)},
        {"remaining_seconds", seconds_of(clock.remaining)},
        {"limit_seconds", seconds_of(clock.limit)},
        {"guessed", clock.guessed}};
}

Json case_row(const Call& call, Names& names, const casework::Case& subject,
              const store::CaseCounts& counts, base::Time updated_at)
{
    const auto knowledge = call.world().casework();
    const auto clocks = service::clocks_of(call.world(), subject);
    const casework::Clock* pressing = casework::most_pressing(clocks);
    const auto priority = subject.priority();
    return {{"id", subject.id},
            {"number", subject.number_text()},
            {"title", subject.title},
            {"stage", casework::name_of(subject.place.stage)},
            {"incident", subject.incident},
            {"priority", priority ? Json(casework::name_of(*priority)) : Json()},
            {"owner", names(subject.owner)},
            {"team", subject.team},
            {"organisation", subject.organisation},
            {"tlp", name_of(subject.tlp)},
            {"classes", subject.classes},
            {"labels", subject.labels},
            {"opened_at", base::format_rfc3339(subject.opened_at)},
            {"updated_at", base::format_rfc3339(updated_at)},
            {"ended_at", time_json(subject.ended_at)},
            {"tasks", counts.tasks},
            {"tasks_open", counts.tasks_open},
            {"alerts", counts.alerts},
            {"evidence", counts.evidence},
            {"observables", counts.observables},
            {"notes", counts.notes},
            {"entries", counts.entries},
            {"clock", pressing != nullptr ? clock_json(*knowledge, *pressing) : Json()}};
}

Json case_json(const Call& call, const service::CaseView& view)
{
    const auto knowledge = call.world().casework();
    const casework::Case& subject = view.subject;
    Names names(call.world());
    const base::Time updated = view.updated_at.ns == 0 ? subject.opened_at : view.updated_at;
    Json body = case_row(call, names, subject, view.counts, updated);
    body.update(texts_json(subject));
    body["members"] = Json::array();
    for (const std::string& account : subject.members) {
        body["members"].push_back(names(account));
    }
    body["duplicate_of"] = number_of_case(call, subject.duplicate_of);
    body["assessment"] = assessment_json(subject.assessment);
    body["priority_set"] = subject.priority_set.has_value();
    body["priority_reasons"] = Json::array();
    for (const casework::PriorityReason& reason : view.priority_reasons) {
        body["priority_reasons"].push_back(
            {{"code", reason.code}, {"text", both_json(reason.text)}});
    }
    body["resume"] = casework::name_of(subject.place.resume);
    body["next_stages"] = next_stages_json(subject.place);
    body["milestones"] = milestones_json(subject.milestones);
    body["clocks"] = Json::array();
    for (const casework::Clock& clock : view.clocks) {
        body["clocks"].push_back(clock_json(*knowledge, clock));
    }
    body["duties"] = duties_json(*knowledge, view);
    body["missing"] = Json::array();
    for (const casework::Missing& missing : view.missing) {
        body["missing"].push_back({{"code", missing.code},
                                   {"subject", missing.subject},
                                   {"text", both_json(missing.text)}});
    }
    body["doubts"] = Json::array();
    for (const casework::Text& doubt : view.doubts) {
        body["doubts"].push_back(both_json(doubt));
    }
    body["version"] = view.version;
    body["updated_by"] = view.updated_by;
    return body;
}

Json task_json(Names& names, const casework::Task& task, std::uint64_t version)
{
    Json steps = Json::array();
    for (std::size_t i = 0; i < task.steps.size(); ++i) {
        steps.push_back({{"text", both_json(task.steps[i])},
                         {"ticked", i < task.ticked.size() && task.ticked[i]}});
    }
    return {{"id", task.id},
            {"title", both_json({task.title, task.title_en})},
            {"why", both_json({task.why, task.why_en})},
            {"stage", casework::name_of(task.stage)},
            {"role", casework::name_of(task.role)},
            {"owner", names(task.owner)},
            {"state", casework::name_of(task.state)},
            {"mandatory", task.mandatory},
            {"due_at", time_json(task.due)},
            {"steps", std::move(steps)},
            {"playbook", task.playbook},
            {"outcome", task.outcome},
            {"created_at", base::format_rfc3339(task.created_at)},
            {"done_at", time_json(task.done_at)},
            {"done_by", task.done_by},
            {"version", version}};
}

Json entry_json(const casework::Entry& entry, std::uint64_t version)
{
    return {{"id", entry.id},           {"kind", casework::name_of(entry.kind)},
            {"text", entry.text},       {"at", base::format_rfc3339(entry.at)},
            {"starred", entry.starred}, {"removed", entry.removed},
            {"by", entry.by},           {"created_at", base::format_rfc3339(entry.created_at)},
            {"version", version}};
}

Json note_json(const casework::Note& note, std::uint64_t version)
{
    return {{"id", note.id},
            {"title", note.title},
            {"text", note.text},
            {"removed", note.removed},
            {"by", note.by},
            {"created_at", base::format_rfc3339(note.created_at)},
            {"updated_at", base::format_rfc3339(note.updated_at)},
            {"version", version}};
}

Json case_activity_json(const store::Activity& activity)
{
    return {{"id", activity.id},
            {"command", activity.command},
            {"action", activity.effect.action},
            {"object", {{"kind", activity.effect.object.kind}, {"id", activity.effect.object.id}}},
            {"actor", activity.actor.name},
            {"by_program", activity.actor.kind == store::ActorKind::System},
            {"reason", activity.reason},
            {"before", Json::parse(activity.effect.before, nullptr, false)},
            {"after", Json::parse(activity.effect.after, nullptr, false)},
            {"reversible", activity.effect.reversible == store::Reversible::Yes},
            {"undone", !activity.undone_by.empty()}};
}

Json knowledge_json(const casework::Knowledge& knowledge)
{
    Json classes = Json::array();
    for (const casework::IncidentClass& each : knowledge.classes) {
        classes.push_back({{"id", each.id},
                           {"group", both_json(each.group_title)},
                           {"title", both_json(each.title)}});
    }
    Json playbooks = Json::array();
    for (const casework::Playbook& book : knowledge.playbooks) {
        if (!book.enabled) {
            continue;
        }
        Json tasks = Json::array();
        for (const casework::TaskTemplate& task : book.tasks) {
            tasks.push_back({{"title", both_json(task.title)},
                             {"stage", casework::name_of(task.stage)},
                             {"role", casework::name_of(task.role)},
                             {"mandatory", task.mandatory}});
        }
        playbooks.push_back({{"id", book.id},
                             {"version", book.version},
                             {"title", both_json(book.title)},
                             {"when", both_json(book.when)},
                             {"classes", book.classes},
                             {"techniques", book.techniques},
                             {"overriding", book.overriding},
                             {"tasks", std::move(tasks)}});
    }
    return {
        {"classes", std::move(classes)},
        {"playbooks", std::move(playbooks)},
        {"calendar", knowledge.calendar ? Json(knowledge.calendar->id()) : Json()},
        {"zone", knowledge.calendar ? Json(knowledge.calendar->zone()) : Json()},
        {"holidays_until", knowledge.calendar ? Json(knowledge.calendar->covers_until()) : Json()}};
}

} // namespace tanggap::api
