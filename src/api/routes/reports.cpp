// Reports: list, detail, entry by us, answers, notes, cases; the form; the organisation's profile.
#include "service/reports.h"
#include "api/detail/render.h"
#include "api/detail/route.h"
#include "base/limits.h"
#include "base/text.h"
#include "query/report_scope.h"
#include "service/profile.h"
#include "service/protection.h"
#include "service/report_marks.h"
#include "service/reporter_desk.h"
#include "store/case_store.h"

namespace tanggap::api {
namespace {

using service::ReportForm;

constexpr std::size_t kSimilarMax = 5;
constexpr std::size_t kMovedMax = 500;

Json both(const model::Words& words)
{
    return {{"id", words.id}, {"en", words.en}};
}

Json text_or_null(const std::string& text)
{
    return text.empty() ? Json() : Json(text);
}

std::shared_ptr<const ReportForm> form_of(const Call& call)
{
    return call.world().report_form();
}

Json row_json(const store::ReportHead& head, const ReportForm& form)
{
    const service::FormOption* const kind = form.find_kind(head.kind);
    return {{"id", head.id},
            {"number", head.number},
            {"title", head.title},
            {"kind", head.kind},
            {"kind_title", kind == nullptr ? both({head.kind, head.kind}) : both(kind->label)},
            {"status", model::name_of(head.status)},
            {"channel", model::name_of(head.channel)},
            {"identity", model::name_of(head.identity)},
            {"language", head.language},
            {"organisation", head.organisation},
            {"assignee", text_or_null(head.assignee)},
            {"case", text_or_null(head.case_id)},
            {"received_at", base::format_rfc3339(head.received_at)},
            {"acknowledged_at", time_or_null(head.acknowledged_at)},
            {"updated_at", base::format_rfc3339(head.updated_at)},
            {"waiting", head.waiting},
            {"helped", model::name_of(head.helped)}};
}

Answer list_reports(Call& call)
{
    const ParsedQuery parsed = parse_query(call, call.parameter("q"), query::report_scope());
    if (parsed.problem) {
        return *parsed.problem;
    }
    const std::string_view sort = call.parameter("sort");
    if (!sort.empty() && sort != "-received" && sort != "-updated") {
        return base::invalid("sort must be -received or -updated");
    }
    TRY(const auto after, call.cursor());
    TRY(const bool exact_total, call.wants_exact_total());
    store::ReportPage page;
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(page, store::list_reports(snapshot,
                                      {.filter = &parsed.root,
                                       .sort = sort == "-updated" ? store::ReportSort::UpdatedDesc
                                                                  : store::ReportSort::ReceivedDesc,
                                       .limit = call.limit(),
                                       .after = after,
                                       .now = call.now(),
                                       .visible = service::visible_reports(call.principal),
                                       .exact_total = exact_total}));
        return {};
    }));
    const auto form = form_of(call);
    std::vector<std::string> items;
    for (const store::ReportHead& head : page.reports) {
        items.push_back(json_text(row_json(head, *form)));
    }
    return reply_list(call, items, page.next, page.total, page.total_is_lower_bound);
}

Json similar_json(const std::vector<store::SimilarReport>& similar, const ReportForm& form)
{
    Json items = Json::array();
    for (const store::SimilarReport& report : similar) {
        Json item = row_json(report.head, form);
        item["shared"] = Json::array();
        for (const store::ReportMark& mark : report.shared) {
            item["shared"].push_back({{"kind", mark.kind}, {"value", mark.value}});
        }
        items.push_back(std::move(item));
    }
    return items;
}

base::Result<std::vector<store::SimilarReport>>
similar_to(const Call& call, const std::string& text, std::string_view except)
{
    const std::vector<store::ReportMark> marks = service::marks_of(text);
    std::vector<store::SimilarReport> similar;
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(similar,
            store::find_similar(snapshot, {.text = text,
                                           .marks = marks,
                                           .except_id = except,
                                           .limit = kSimilarMax,
                                           .visible = service::visible_reports(call.principal)}));
        return {};
    }));
    return similar;
}

Json answers_json(const store::Report& report, const ReportForm& form)
{
    Json answers = Json::array();
    for (const service::FormStep& step : form.steps()) {
        for (const service::FormQuestion& question : step.questions) {
            const auto answer = report.answers.find(question.name);
            if (answer == report.answers.end()) {
                continue;
            }
            answers.push_back({{"question", question.name},
                               {"label", both(question.label)},
                               {"text", answer->second}});
        }
    }
    return answers;
}

Answer get_report(Call& call)
{
    TRY(const service::SeenReport seen,
        service::see_report(call.world(), call.principal, call.path.at("id")));
    const store::Report& report = seen.report;
    const auto form = form_of(call);
    const service::FormOption* const kind = form->find_kind(report.head.kind);
    Json body = row_json(report.head, *form);
    body["incident_class"] = kind == nullptr ? "" : kind->incident_class;
    body["answers"] = answers_json(report, *form);
    body["messages"] = Json::array();
    for (const model::ReportMessage& message : report.messages) {
        const bool ours = message.from == model::MessageFrom::Team;
        body["messages"].push_back({{"id", message.id},
                                    {"from", ours ? "team" : "reporter"},
                                    {"text", message.text.text()},
                                    {"at", base::format_rfc3339(message.at)},
                                    {"by", message.by}});
    }
    body["notes"] = Json::array();
    for (const model::ReportNote& note : report.notes) {
        body["notes"].push_back({{"id", note.id},
                                 {"text", note.text.text()},
                                 {"at", base::format_rfc3339(note.at)},
                                 {"by", note.by}});
    }
    body["files"] = Json::array();
    for (const model::ReportFile& file : report.files) {
        body["files"].push_back({{"id", file.id},
                                 {"name", file.name},
                                 {"sha256", file.sha256},
                                 {"bytes", file.bytes},
                                 {"added_at", base::format_rfc3339(file.added_at)}});
    }
    std::string texts;
    for (const char* const question : {"where", "story"}) {
        const auto answer = report.answers.find(question);
        texts += answer == report.answers.end() ? "" : answer->second + "\n";
    }
    TRY(const auto similar, similar_to(call, texts, report.head.id));
    body["similar"] = similar_json(similar, *form);
    body["acknowledgement"] = service::acknowledgement_of(report.head, *form, std::nullopt).text();
    body["tlp"] = policy::name_of(seen.tlp);
    Reply reply = reply_json(body);
    reply.version = seen.version;
    return reply;
}

Answer post_similar(Call& call)
{
    const std::string except = call.body.value("except", "");
    TRY(const auto similar, similar_to(call, call.body.at("text").get<std::string>(), except));
    return reply_json({{"items", similar_json(similar, *form_of(call))}});
}

Answer post_report(Call& call)
{
    service::EnteredReport entered;
    entered.channel =
        *model::from_word(model::kReportChannels, call.body.at("channel").get<std::string>());
    entered.language = call.body.value("language", "id") == "en" ? model::Language::English
                                                                 : model::Language::Indonesian;
    for (const auto& [question, answer] : call.body.at("answers").items()) {
        if (form_of(call)->find_question(question) == nullptr) {
            return base::invalid("`answers` has no question " + base::quoted(question));
        }
        entered.answers[question] = answer.get<std::string>();
    }
    if (call.body.contains("told_at")) {
        TRY(entered.told_at, base::parse_rfc3339(call.body.at("told_at").get<std::string>()));
    }
    TRY(const service::SentReport made,
        call.world().desk->enter(call.command(), *form_of(call), entered));
    return reply_json({{"number", made.number}, {"code", made.code}}, 201);
}

service::ReportWish wish_of(const Call& call, std::string reason = {})
{
    return {.principal = call.principal,
            .command = call.command(std::move(reason)),
            .id = call.path.at("id"),
            .expected = call.expected_version};
}

Answer patch_report(Call& call)
{
    service::ReportEdit edit;
    const auto take = [&](const char* name, std::optional<std::string>& into) {
        if (const auto field = call.body.find(name); field != call.body.end()) {
            into = field->is_null() ? std::string() : field->get<std::string>();
        }
    };
    take("title", edit.title);
    take("organisation", edit.organisation);
    take("assignee", edit.assignee);
    if (call.body.contains("status")) {
        edit.status =
            model::from_word(model::kReportStatuses, call.body.at("status").get<std::string>());
    }
    TRY_STATUS(service::edit_report(call.world(), wish_of(call), edit));
    return get_report(call);
}

std::optional<model::ReportStatus> status_of(const Call& call)
{
    return call.body.contains("status")
               ? model::from_word(model::kReportStatuses, call.body.at("status").get<std::string>())
               : std::nullopt;
}

Answer post_acknowledge(Call& call)
{
    std::optional<model::PublicText> more;
    if (call.body.contains("text")) {
        more.emplace(call.body.at("text").get<std::string>());
    }
    TRY_STATUS(service::acknowledge_report(call.world(), wish_of(call), *form_of(call), more));
    return get_report(call);
}

Answer post_answer(Call& call)
{
    TRY_STATUS(service::answer_reporter(call.world(), wish_of(call),
                                        model::PublicText(call.body.at("text").get<std::string>()),
                                        status_of(call)));
    return get_report(call);
}

Answer post_note(Call& call)
{
    TRY_STATUS(service::note_report(call.world(), wish_of(call),
                                    model::InternalText(call.body.at("text").get<std::string>())));
    return get_report(call);
}

/// A name for the header, in bytes that every browser takes (RFC 6266 with RFC 8187).
std::string disposition_of(const std::string& name)
{
    return "attachment; filename*=UTF-8''" + net::percent_encode(name);
}

Answer post_take_file(Call& call)
{
    TRY(service::TakenFile taken,
        service::take_report_file(call.world(),
                                  wish_of(call, call.body.at("reason").get<std::string>()),
                                  call.path.at("file")));
    Reply reply;
    reply.body = std::move(taken.bytes);
    // Foreign bytes are never shown by us: saved, as nothing in particular (trust.md §2.6).
    reply.content_type = "application/octet-stream";
    reply.headers.emplace_back("Content-Disposition", disposition_of(taken.name));
    reply.headers.emplace_back("Content-Security-Policy", "sandbox; default-src 'none'");
    return reply;
}

Answer post_move(Call& call)
{
    std::vector<std::string> ids;
    for (const Json& id : call.body.at("reports")) {
        ids.push_back(id.get<std::string>());
    }
    if (ids.empty() || ids.size() > kMovedMax) {
        return base::invalid("`reports` names 1 to 500 reports");
    }
    const std::string into =
        call.body.at("case").is_null() ? std::string() : call.body.at("case").get<std::string>();
    TRY_STATUS(service::move_reports(call.world(), call.principal, call.command(), ids, into));
    Json moved = Json::array();
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        for (const std::string& id : ids) {
            TRY(const store::ReportHead head, store::find_report_head(snapshot, id));
            moved.push_back(row_json(head, *form_of(call)));
        }
        return {};
    }));
    return reply_json({{"reports", std::move(moved)}});
}

Answer post_inform(Call& call)
{
    const Json& text = call.body.at("text");
    const service::PublicNews news{.id = model::PublicText(text.at("id").get<std::string>()),
                                   .en = model::PublicText(text.at("en").get<std::string>()),
                                   .status = status_of(call)};
    TRY(const std::size_t told,
        service::inform_reporters(call.world(), call.principal, call.command(),
                                  call.body.at("case").get<std::string>(), news));
    return reply_json({{"reporters", told}});
}

std::string_view name_of(service::FormQuestion::Kind kind)
{
    using enum service::FormQuestion::Kind;
    switch (kind) {
    case Choice:
        return "choice";
    case Area:
        return "area";
    case Email:
        return "email";
    case Phone:
        return "phone";
    default:
        return "line";
    }
}

Json question_json(const service::FormStep& step, const service::FormQuestion& question)
{
    Json when = Json::array();
    for (const auto& [name, values] : step.when) {
        when.push_back({{"question", name}, {"values", values}});
    }
    Json options = Json::array();
    for (const service::FormOption& option : question.options) {
        Json steps = Json::array();
        for (const model::Words& words : option.first_steps) {
            steps.push_back(both(words));
        }
        options.push_back({{"value", option.value},
                           {"label", both(option.label)},
                           {"incident_class", option.incident_class},
                           {"first_steps", std::move(steps)}});
    }
    return {{"name", question.name},
            {"kind", name_of(question.kind)},
            {"label", both(question.label)},
            {"hint", both(question.hint)},
            {"required", !question.missing.empty()},
            {"characters_max", question.characters_max},
            {"when", std::move(when)},
            {"options", std::move(options)}};
}

Answer get_form(Call& call)
{
    Json questions = Json::array();
    const auto form = form_of(call);
    for (const service::FormStep& step : form->steps()) {
        for (const service::FormQuestion& question : step.questions) {
            questions.push_back(question_json(step, question));
        }
    }
    return reply_json({{"questions", std::move(questions)}});
}

Answer get_profile(Call& call)
{
    TRY(const service::KeptProfile kept,
        service::find_profile(call.world().cases, call.world().first_profile));
    Reply reply = reply_json({{"profile", Json::parse(service::profile_json(kept.profile))},
                              {"version", kept.version},
                              {"updated_at", time_or_null(kept.updated_at)}});
    reply.version = kept.version;
    return reply;
}

Answer put_profile(Call& call)
{
    TRY(const service::Profile profile, service::read_profile(json_text(call.body)));
    TRY_STATUS(service::change_profile(call.world().cases, call.command(), call.expected_version,
                                       profile));
    return get_profile(call);
}

} // namespace

std::vector<Route> report_routes()
{
    using policy::Scope;
    constexpr Parameter kQuery{"q", "query language, e.g. is:open kind:fraud"};
    return {
        {.method = "GET",
         .path = "/api/v1/reports",
         .id = "listReports",
         .summary = "List reports",
         .summary_id = "Daftar laporan",
         .scope = Scope::ReportsRead,
         .parameters = {kQuery, {"sort", "-received or -updated"}, kLimit, kCursor, kTotal},
         .request = {},
         .response = "ReportPage",
         .handle = list_reports},
        {.method = "POST",
         .path = "/api/v1/reports",
         .id = "enterReport",
         .summary = "Enter a report that came by phone, WhatsApp, counter or email",
         .summary_id = "Catat laporan lewat telepon, WhatsApp, loket, atau surel",
         .scope = Scope::ReportsWrite,
         .parameters = {},
         .request = "ReportEntered",
         .response = "ReportNumber",
         .status = 201,
         .handle = post_report,
         .secret_answer = true},
        {.method = "POST",
         .path = "/api/v1/reports/similar",
         .id = "findSimilarReports",
         .summary = "Reports that may be about the same as a text",
         .summary_id = "Laporan yang mungkin tentang hal yang sama",
         .scope = Scope::ReportsRead,
         .parameters = {},
         .request = "ReportTexts",
         .response = "ReportSimilarList",
         .handle = post_similar},
        {.method = "POST",
         .path = "/api/v1/reports/move",
         .id = "moveReports",
         .summary = "Put reports into a case, or out of one",
         .summary_id = "Masukkan laporan ke kasus, atau keluarkan",
         .scope = Scope::ReportsWrite,
         .parameters = {},
         .request = "ReportMove",
         .response = "ReportMoved",
         .handle = post_move},
        {.method = "POST",
         .path = "/api/v1/reports/inform",
         .id = "informReporters",
         .summary = "Tell all reporters of a case the same",
         .summary_id = "Kabari semua pelapor sebuah kasus",
         .scope = Scope::ReportsWrite,
         .parameters = {},
         .request = "ReportNews",
         .response = "ReportInformed",
         .handle = post_inform},
        {.method = "GET",
         .path = "/api/v1/reports/{id}",
         .id = "getReport",
         .summary = "One report by LPR number or UUID",
         .summary_id = "Satu laporan",
         .scope = Scope::ReportsRead,
         .parameters = {},
         .request = {},
         .response = "Report",
         .handle = get_report},
        {.method = "PATCH",
         .path = "/api/v1/reports/{id}",
         .id = "editReport",
         .summary = "Change status, title, organisation or assignee",
         .summary_id = "Ubah status, judul, organisasi, atau petugas",
         .scope = Scope::ReportsWrite,
         .parameters = {},
         .request = "ReportEdit",
         .response = "Report",
         .handle = patch_report,
         .versioned = true,
         .current = get_report},
        {.method = "POST",
         .path = "/api/v1/reports/{id}/acknowledge",
         .id = "acknowledgeReport",
         .summary = "First answer to the reporter, with the first steps",
         .summary_id = "Jawaban pertama kepada pelapor, dengan langkah awal",
         .scope = Scope::ReportsWrite,
         .parameters = {},
         .request = "ReportAcknowledge",
         .response = "Report",
         .handle = post_acknowledge},
        {.method = "POST",
         .path = "/api/v1/reports/{id}/messages",
         .id = "answerReporter",
         .summary = "Answer the reporter",
         .summary_id = "Jawab pelapor",
         .scope = Scope::ReportsWrite,
         .parameters = {},
         .request = "ReportAnswer",
         .response = "Report",
         .handle = post_answer},
        {.method = "POST",
         .path = "/api/v1/reports/{id}/notes",
         .id = "noteReport",
         .summary = "Add an internal note, never shown to the reporter",
         .summary_id = "Tambah catatan internal, tidak pernah tampil bagi pelapor",
         .scope = Scope::ReportsWrite,
         .parameters = {},
         .request = "ReportNoteText",
         .response = "Report",
         .handle = post_note},
        {.method = "POST",
         .path = "/api/v1/reports/{id}/files/{file}/take",
         .id = "takeReportFile",
         .summary = "The bytes of a file, with a record of who took it and why",
         .summary_id = "Ambil berkas, dicatat siapa dan mengapa",
         .scope = Scope::ReportsWrite,
         .parameters = {},
         .request = "ReportFileReason",
         .response = {},
         .handle = post_take_file,
         .secret_answer = true},
        {.method = "GET",
         .path = "/api/v1/report-form",
         .id = "getReportForm",
         .summary = "The questions of the report form",
         .summary_id = "Pertanyaan formulir laporan",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = {},
         .response = "ReportForm",
         .handle = get_form},
        {.method = "GET",
         .path = "/api/v1/profile",
         .id = "getProfile",
         .summary = "The organisation's profile",
         .summary_id = "Profil organisasi",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = {},
         .response = "ProfileKept",
         .handle = get_profile},
        {.method = "PUT",
         .path = "/api/v1/profile",
         .id = "putProfile",
         .summary = "Replace the organisation's profile",
         .summary_id = "Ganti profil organisasi",
         .scope = Scope::Admin,
         .parameters = {},
         .request = "Profile",
         .response = "ProfileKept",
         .handle = put_profile,
         .versioned = true,
         .current = get_profile},
    };
}

} // namespace tanggap::api
