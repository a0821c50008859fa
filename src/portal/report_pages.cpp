// /lapor: one question a page, then the answers to check, then the number and the code.
#include <algorithm>
#include <array>

#include "base/report_limits.h"
#include "base/text.h"
#include "model/dates.h"
#include "portal/detail/forms.h"

namespace tanggap::portal {
namespace {

using service::Answers;
using service::Draft;
using service::FormQuestion;
using service::FormStep;

constexpr std::string_view kPrefix = "/lapor/";
constexpr std::string_view kCheck = "periksa";
constexpr std::string_view kSend = "kirim";
/// The steps this browser has been through, kept with the answers.
constexpr std::string_view kSeen = "_seen";

std::string answer_of(const Answers& answers, std::string_view name)
{
    const auto found = answers.find(name);
    return found == answers.end() ? std::string() : found->second;
}

bool has_seen(const Answers& answers, std::string_view step)
{
    const std::string seen = " " + answer_of(answers, kSeen) + " ";
    return seen.contains(" " + std::string(step) + " ");
}

void mark_seen(Answers& answers, std::string_view step)
{
    if (!has_seen(answers, step)) {
        std::string& seen = answers[std::string(kSeen)];
        seen += (seen.empty() ? "" : " ") + std::string(step);
    }
}

std::string path_of(std::string_view step)
{
    return std::string(kPrefix) + std::string(step);
}

/// Where to go on: the first step that was not answered, else the answers to check.
std::string next_path(const Visit& visit, const Answers& answers)
{
    for (const FormStep* const step : visit.site->form.steps_for(answers)) {
        if (!has_seen(answers, step->id) || !service::check_step(*step, answers).empty()) {
            return visit.link(path_of(step->id));
        }
    }
    return visit.link(path_of(kCheck));
}

std::string back_path(const Visit& visit, const FormStep& step, const Answers& answers)
{
    if (!step.applies(answers)) {
        return visit.link("/"); // Read from a link of the home page.
    }
    std::string before = "/";
    for (const FormStep* const other : visit.site->form.steps_for(answers)) {
        if (other->id == step.id) {
            break;
        }
        before = path_of(other->id);
    }
    return visit.link(before);
}

std::string step_text(const Visit& visit, const FormStep& step, const Answers& answers)
{
    const auto steps = visit.site->form.steps_for(answers);
    const auto at = std::ranges::find(steps, step.id, [](const FormStep* s) { return s->id; });
    if (at == steps.end()) {
        return {}; // Read from a link, outside the way of a report.
    }
    return visit.text("step", {{"NOW", std::to_string(at - steps.begin() + 1)},
                               {"ALL", std::to_string(steps.size())}});
}

using Problems = std::vector<service::FormProblem>;

const service::FormProblem* problem_of(const Problems& problems, std::string_view question)
{
    const auto found = std::ranges::find(problems, question, &service::FormProblem::question);
    return found == problems.end() ? nullptr : &*found;
}

void add_question(const Visit& visit, const FormQuestion& question, bool alone,
                  const Answers& answers, const Problems& problems, Values& values)
{
    using Kind = FormQuestion::Kind;
    const std::string answer = answer_of(answers, question.name);
    const auto* const problem = problem_of(problems, question.name);
    Values& field = values.add("FIELD");
    field.set("NAME", question.name)
        .set("LABEL", visit.in(question.label))
        .set("LENGTH_MAX", std::to_string(question.characters_max))
        .set("AUTOCOMPLETE", question.autocomplete);
    const std::string hint = question.hint.empty() ? std::string() : question.name + "-petunjuk";
    const std::string error = problem == nullptr ? std::string() : question.name + "-galat";
    if (!hint.empty()) {
        field.add("HAS_HINT").set("HINT", visit.in(question.hint));
    }
    if (problem != nullptr) {
        field.add("BAD").set("ERROR_TEXT", visit.in(problem->text));
    }
    if (!hint.empty() || !error.empty()) {
        const std::string between = hint.empty() || error.empty() ? "" : " ";
        field.add("DESCRIBED").set("DESCRIBED_BY", hint + between + error);
    }
    Values& kind = field.add(question.kind == Kind::Choice ? "CHOICE"
                             : question.kind == Kind::Area ? "AREA"
                                                           : "LINE");
    kind.show(alone ? "AS_TITLE" : "AS_LABEL");
    kind.set("TYPE", question.kind == Kind::Email   ? "email"
                     : question.kind == Kind::Phone ? "tel"
                                                    : "text");
    if (question.kind == Kind::Area) {
        kind.lines("VALUE_LINE", answer);
    } else if (question.kind != Kind::Choice) {
        kind.set("VALUE", answer);
    }
    for (std::size_t i = 0; i < question.options.size(); ++i) {
        const service::FormOption& option = question.options[i];
        Values& entry = kind.add("OPTION");
        entry.set("OPTION_ID", i == 0 ? question.name : question.name + "-" + std::to_string(i + 1))
            .set("VALUE", option.value)
            .set("OPTION_LABEL", visit.in(option.label));
        entry.show_if(option.value == answer, "CHECKED");
        if (!option.hint.empty()) {
            entry.add("OPTION_HINTED").set("OPTION_HINT", visit.in(option.hint));
        }
    }
}

net::HttpResponse show_step(const Visit& visit, const FormStep& step, const Answers& answers,
                            const Problems& problems, std::vector<FieldError> errors = {})
{
    Values values;
    values.set("BACK", back_path(visit, step, answers))
        .set("ACTION", visit.link(path_of(step.id)))
        .set("STEP", step_text(visit, step, answers));
    const bool alone = step.questions.size() == 1;
    if (!alone) {
        Values& heading = values.add("HEADING");
        if (!step.lead.empty()) {
            heading.add("HAS_LEAD").set("LEAD", visit.in(step.lead));
        }
    }
    for (const FormQuestion& question : step.questions) {
        add_question(visit, question, alone, answers, problems, values);
    }
    if (!step.points.empty()) {
        Values& points = values.add("HAS_POINTS");
        for (const model::Words& point : step.points) {
            points.add("POINT").set("TEXT", visit.in(point));
        }
    }
    for (const service::FormProblem& problem : problems) {
        errors.push_back({.field = problem.question, .text = visit.in(problem.text)});
    }
    add_errors(values, errors);
    return render_form(visit, "question.html", visit.in(step.title), std::move(values),
                       errors.empty() ? 200 : 422);
}

net::HttpResponse show_files(const Visit& visit, const FormStep& step, const Draft& draft,
                             const std::string& error = {})
{
    Values values;
    values.set("BACK", back_path(visit, step, draft.answers))
        .set("ACTION", visit.link(path_of(step.id)))
        .set("STEP", step_text(visit, step, draft.answers))
        .set("LEAD", visit.in(step.lead))
        .set("CONTINUE", visit.text(draft.files.empty() ? "files_skip" : "continue"));
    const bool full = draft.files.size() >= base::limits::kReportFilesMax;
    if (full) {
        values.show("FULL");
    } else {
        Values& room = values.add("ROOM");
        if (!error.empty()) {
            room.add("BAD").set("ERROR_TEXT", error);
        }
    }
    if (!draft.files.empty()) {
        Values& list = values.add("HAS_FILES");
        list.set("COUNT_TEXT",
                 visit.text("files_count", {{"COUNT", std::to_string(draft.files.size())}}));
        for (const service::DraftFile& file : draft.files) {
            list.add("FILE")
                .set("NAME", file.name)
                .set("SIZE", model::format_bytes(file.bytes, visit.language))
                .set("FILE_ID", file.id);
        }
    }
    if (!error.empty()) {
        add_errors(values, {{.field = full ? "" : "berkas", .text = error}});
    }
    return render_form(visit, "files.html", visit.in(step.title), std::move(values),
                       error.empty() ? 200 : 422);
}

std::string file_error(const Visit& visit, const base::Error& error, std::size_t bytes)
{
    if (error.code == base::Code::Invalid) {
        return visit.text("files_empty");
    }
    return visit.text(bytes > base::limits::kReportFileBytesMax ? "files_too_large"
                                                                : "files_too_many");
}

/// The draft of this browser, or an empty one: the first step makes it.
base::Result<Draft> draft_of(const Visit& visit)
{
    const FormToken token = form_token(visit);
    if (token.is_new) {
        return Draft{};
    }
    auto draft = visit.context.desk.find_draft(token.value);
    const bool fresh =
        draft ? !draft->sent_number.empty() : draft.error().code == base::Code::NotFound;
    return fresh ? Draft{} : draft;
}

net::HttpResponse take_files(const Visit& visit, const FormStep& step, const Sent& sent,
                             Draft& draft)
{
    service::ReporterDesk& desk = visit.context.desk;
    const std::string here = path_of(step.id);
    if (sent.form.has("hapus")) {
        const auto removed = desk.remove_draft_file(sent.token, sent.form.text("hapus"));
        return removed ? redirect(visit.link(here)) : desk_failed(visit, removed.error(), here);
    }
    const auto& fields = sent.form.fields;
    const auto file = std::ranges::find_if(
        fields, [](const codec::FormField& f) { return f.is_file && !f.file_name.empty(); });
    const bool go_on = sent.form.has("lanjut");
    if (file != fields.end()) {
        const auto added = desk.add_draft_file(sent.token, file->file_name, file->bytes);
        if (!added && (added.error().code == base::Code::Invalid ||
                       added.error().code == base::Code::Exhausted)) {
            return show_files(visit, step, draft,
                              file_error(visit, added.error(), file->bytes.size()));
        }
        if (!added) {
            return desk_failed(visit, added.error(), here);
        }
    } else if (!go_on) {
        return show_files(visit, step, draft, visit.text("files_none_chosen"));
    }
    if (!go_on) {
        return redirect(visit.link(here));
    }
    mark_seen(draft.answers, step.id);
    const auto saved = desk.save_answers(sent.token, draft.answers);
    return saved ? redirect(next_path(visit, draft.answers))
                 : desk_failed(visit, saved.error(), here);
}

net::HttpResponse take_step(const Visit& visit, const FormStep& step)
{
    const std::string here = path_of(step.id);
    const bool carries_file = step.kind == FormStep::Kind::Files;
    Sent sent = read_sent(
        visit, carries_file ? service::PublicAct::Upload : service::PublicAct::Write, here);
    if (sent.refusal) {
        return std::move(*sent.refusal);
    }
    auto draft = draft_of(visit);
    if (!draft) {
        return desk_failed(visit, draft.error(), here);
    }
    Answers& answers = draft->answers;
    const bool first = step.id == visit.site->form.steps().front().id;
    if (answers.empty() && !first && step.kind != FormStep::Kind::Notice) {
        return notice(visit, 404, "draft_gone", "/lapor");
    }
    if (carries_file) {
        return take_files(visit, step, sent, *draft);
    }
    for (const FormQuestion& question : step.questions) {
        answers[question.name] = base::trim(sent.form.text(question.name));
    }
    if (sent.trapped) {
        return show_step(visit, step, answers, {},
                         {{.field = {}, .text = visit.text("trap_filled")}});
    }
    if (Problems problems = service::check_step(step, answers); !problems.empty()) {
        return show_step(visit, step, answers, problems);
    }
    if (step.kind == FormStep::Kind::Notice && !step.applies(answers)) {
        // Come from a link straight to the notice: what it is about is the answer.
        for (const auto& [name, wanted] : step.when) {
            answers[name] = wanted.front();
        }
        mark_seen(answers, visit.site->form.steps().front().id);
    }
    mark_seen(answers, step.id);
    const auto saved = visit.context.desk.save_answers(sent.token, answers);
    return saved ? redirect(next_path(visit, answers)) : desk_failed(visit, saved.error(), here);
}

std::string shown_answer(const Visit& visit, const FormQuestion& question, const Answers& answers)
{
    const std::string answer = answer_of(answers, question.name);
    const service::FormOption* const option = question.find_option(answer);
    if (option != nullptr) {
        return visit.in(option->label);
    }
    return answer.empty() ? visit.text("check_none") : answer;
}

net::HttpResponse show_check(const Visit& visit, const Draft& draft, const std::string& error = {})
{
    Values values;
    const auto steps = visit.site->form.steps_for(draft.answers);
    values.set("BACK", visit.link(path_of(steps.back()->id)))
        .set("ACTION", visit.link(path_of(kSend)))
        .set("NEXT", visit.text("check_next"));
    const auto add = [&](std::string_view label, const std::string& text, const FormStep& step) {
        values.add("ANSWER")
            .set("LABEL", label)
            .set("CHANGE", visit.link(path_of(step.id)))
            .lines("VALUE_LINE", text);
    };
    for (const FormStep* const step : steps) {
        if (step->kind == FormStep::Kind::Files) {
            std::string names;
            for (const service::DraftFile& file : draft.files) {
                names += (names.empty() ? "" : "\n") + file.name;
            }
            add(visit.text("files_question"), names.empty() ? visit.text("check_none") : names,
                *step);
        }
        for (const FormQuestion& question : step->questions) {
            add(visit.in(question.label), shown_answer(visit, question, draft.answers), *step);
        }
    }
    if (!error.empty()) {
        add_errors(values, {{.field = {}, .text = error}});
    }
    return render_form(visit, "check.html", visit.text("check_title"), std::move(values),
                       error.empty() ? 200 : 422);
}

net::HttpResponse show_sent(const Visit& visit, const Draft& draft, const service::SentReport& sent)
{
    Values values;
    values.set("NUMBER", sent.number).set("CODE", sent.code).set("TRACK", visit.link("/lacak"));
    for (const std::string_view key : {"sent_next_read", "sent_next_answer", "sent_next_more"}) {
        values.add("NEXT").set("TEXT", visit.text(key));
    }
    if (const auto* kind = visit.site->form.find_kind(answer_of(draft.answers, "what"))) {
        for (const model::Words& step : kind->first_steps) {
            values.add("FIRST_STEP").set("TEXT", visit.in(step));
        }
    }
    net::HttpResponse response =
        render(visit, "sent.html", visit.text("sent_page"), std::move(values));
    // The draft is done with: who reloads this page is not shown the code again.
    set_cookie(visit, response, kFormCookie, "", std::chrono::seconds(0));
    return response;
}

net::HttpResponse take_report(const Visit& visit)
{
    const std::string check = path_of(kCheck);
    Sent sent = read_sent(visit, service::PublicAct::Send, check);
    if (sent.refusal) {
        return std::move(*sent.refusal);
    }
    auto draft = visit.context.desk.find_draft(sent.token);
    if (!draft && draft.error().code == base::Code::NotFound) {
        return notice(visit, 404, "draft_gone", "/lapor");
    }
    if (!draft) {
        return desk_failed(visit, draft.error(), check);
    }
    const bool again = !draft->sent_number.empty();
    if (sent.trapped && !again) {
        return show_check(visit, *draft, visit.text("trap_filled"));
    }
    if (!again &&
        visit.now() - draft->started_at < base::Duration(base::limits::kReportSecondsMin)) {
        return show_check(visit, *draft, visit.text("too_fast"));
    }
    if (!again && !service::check_answers(visit.site->form, draft->answers).empty()) {
        return redirect(next_path(visit, draft->answers));
    }
    const auto report = visit.context.desk.send(sent.token, visit.site->form, visit.language);
    return report ? show_sent(visit, *draft, *report) : desk_failed(visit, report.error(), check);
}

} // namespace

net::HttpResponse report_pages(const Visit& visit)
{
    const std::vector<FormStep>& steps = visit.site->form.steps();
    const std::string_view rest = visit.path == "/lapor"
                                      ? std::string_view(steps.front().id)
                                      : std::string_view(visit.path).substr(kPrefix.size());
    if (rest == kSend) {
        return visit.is_post() ? take_report(visit) : redirect(visit.link(path_of(kCheck)));
    }
    const FormStep* const step = visit.site->form.find_step(rest);
    if (step == nullptr && rest != kCheck) {
        return notice(visit, 404, "not_found", "/");
    }
    if (visit.is_post()) {
        return step == nullptr ? notice(visit, 404, "not_found", "/") : take_step(visit, *step);
    }
    const auto draft = draft_of(visit);
    if (!draft) {
        return desk_failed(visit, draft.error(), "/lapor");
    }
    const bool first = step != nullptr && step->id == steps.front().id;
    const bool notice_only = step != nullptr && step->kind == FormStep::Kind::Notice;
    if (draft->answers.empty() && !first && !notice_only) {
        return notice(visit, 404, "draft_gone", "/lapor");
    }
    if (step == nullptr) {
        const std::string next = next_path(visit, draft->answers);
        return next == visit.link(path_of(kCheck)) ? show_check(visit, *draft) : redirect(next);
    }
    if (!step->applies(draft->answers) && !notice_only) {
        return redirect(next_path(visit, draft->answers));
    }
    return step->kind == FormStep::Kind::Files ? show_files(visit, *step, *draft)
                                               : show_step(visit, *step, draft->answers, {});
}

} // namespace tanggap::portal
