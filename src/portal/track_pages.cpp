// /lacak: number and code, then the conversation.
#include <algorithm>

#include "base/report_limits.h"
#include "base/text.h"
#include "model/dates.h"
#include "portal/detail/forms.h"

namespace tanggap::portal {
namespace {

constexpr std::string_view kTrack = "/lacak";
constexpr std::string_view kReport = "/lacak/laporan";
constexpr std::string_view kFile = "/lacak/berkas";
constexpr std::string_view kHelp = "/lacak/nilai";
constexpr std::string_view kLeave = "/lacak/tutup";

struct TrackErrors {
    std::string number;
    std::string code;
    std::string both;
};

net::HttpResponse show_form(const Visit& visit, std::string_view number, const TrackErrors& wrong)
{
    Values values;
    values.set("ACTION", visit.link(kTrack)).set("NUMBER", number);
    std::vector<FieldError> errors;
    const auto add = [&](std::string_view section, std::string_view field,
                         const std::string& text) {
        if (!text.empty()) {
            values.add(section).set("ERROR_TEXT", text);
            errors.push_back({.field = std::string(field), .text = text});
        }
    };
    add("BAD_NUMBER", "nomor", wrong.number);
    add("BAD_CODE", "kode", wrong.code);
    if (!wrong.both.empty()) {
        errors.push_back({.field = "nomor", .text = wrong.both});
    }
    add_errors(values, errors);
    return render_form(visit, "track.html", visit.text("track_title"), std::move(values),
                       errors.empty() ? 200 : 422);
}

net::HttpResponse take_number_and_code(const Visit& visit)
{
    Sent sent = read_sent(visit, service::PublicAct::Track, kTrack);
    if (sent.refusal) {
        return std::move(*sent.refusal);
    }
    const std::string_view number = base::trim(sent.form.text("nomor"));
    const std::string_view code = base::trim(sent.form.text("kode"));
    if (number.empty() || code.empty()) {
        return show_form(visit, number,
                         {.number = number.empty() ? visit.text("track_number_missing") : "",
                          .code = code.empty() ? visit.text("track_code_missing") : "",
                          .both = {}});
    }
    const auto session = visit.context.desk.open_report(number, code, visit.request.peer);
    if (!session && session.error().code == base::Code::Unauthenticated) {
        return show_form(visit, number,
                         {.number = {}, .code = {}, .both = visit.text("track_wrong")});
    }
    if (!session) {
        return desk_failed(visit, session.error(), kTrack);
    }
    net::HttpResponse response = redirect(visit.link(kReport));
    set_cookie(visit, response, kTrackCookie, *session, base::limits::kTrackSessionLife);
    return response;
}

/// The way of a report that ends well; passed on or closed stand in the place of the last.
void add_stages(const Visit& visit, model::ReportStatus status, Values& values)
{
    using enum model::ReportStatus;
    std::vector<model::ReportStatus> way{Received, Verified, Handling, Done};
    if (status == Forwarded || status == Rejected) {
        way = {Received, status};
    }
    bool reached = true;
    for (const model::ReportStatus stage : way) {
        Values& entry = values.add("STAGE");
        entry.set("LABEL", visit.text("status_" + std::string(model::name_of(stage))));
        entry.show_if(reached, "REACHED").show_if(stage == status, "NOW");
        reached = reached && stage != status;
    }
}

struct ReportErrors {
    std::string text;
    std::string file;
    std::string typed; ///< what was written, so that it need not be written again
    std::string helped{};
};

/// Asked once it is over, and not before: did we help?
void add_help_question(const Visit& visit, const service::PublicReport& report,
                       const ReportErrors& wrong, Values& values, std::vector<FieldError>& errors)
{
    if (!model::is_ended(report.status)) {
        return;
    }
    Values& question = values.add("HELPED");
    question.set("ACTION", visit.link(kHelp));
    if (!wrong.helped.empty()) {
        question.add("BAD").set("ERROR_TEXT", wrong.helped);
        errors.push_back({.field = "membantu", .text = wrong.helped});
    }
    for (const auto& [value, word] : model::kHelped) {
        if (value == model::Helped::Unsaid) {
            continue;
        }
        const bool first = value == model::Helped::Yes;
        question.add("OPTION")
            .set("OPTION_ID", first ? "membantu" : "membantu-" + std::string(word))
            .set("VALUE", word)
            .set("OPTION_LABEL", visit.text("helped_" + std::string(word)))
            .show_if(report.helped == value, "CHECKED");
    }
}

net::HttpResponse show_report(const Visit& visit, const service::PublicReport& report,
                              const ReportErrors& wrong)
{
    const std::string& zone = visit.profile().time_zone;
    Values values;
    values.set("NUMBER", report.number)
        .set("STATUS_TEXT",
             visit.text("status_" + std::string(model::name_of(report.status)) + "_text"))
        .set("ACTION", visit.link(kReport))
        .set("FILE_ACTION", visit.link(kFile))
        .set("LEAVE", visit.link(kLeave));
    add_stages(visit, report.status, values);
    values.show_if(report.messages.empty(), "EMPTY");
    for (const service::PublicMessage& message : report.messages) {
        const bool ours = message.from == model::MessageFrom::Team;
        Values& entry = values.add("MESSAGE");
        entry.set("BY", visit.text(ours ? "by_team" : "by_you"))
            .set("ISO", base::format_rfc3339(message.at))
            .set("DATE", model::format_moment(message.at, zone, visit.language));
        entry.show_if(ours, "OURS").lines("VALUE_LINE", message.text.text());
    }
    if (!report.files.empty()) {
        Values& list = values.add("HAS_FILES");
        for (const service::PublicFile& file : report.files) {
            list.add("FILE")
                .set("NAME", file.name)
                .set("SIZE", model::format_bytes(file.bytes, visit.language));
        }
    }
    std::vector<FieldError> errors;
    add_help_question(visit, report, wrong, values, errors);
    if (report.files.size() < base::limits::kReportFilesMax) {
        Values& room = values.add("ROOM");
        if (!wrong.file.empty()) {
            room.add("BAD_FILE").set("ERROR_TEXT", wrong.file);
            errors.push_back({.field = "berkas", .text = wrong.file});
        }
    } else if (!wrong.file.empty()) {
        errors.push_back({.field = {}, .text = wrong.file});
    }
    if (!wrong.text.empty()) {
        values.add("BAD_TEXT").set("ERROR_TEXT", wrong.text);
        errors.push_back({.field = "pesan", .text = wrong.text});
    }
    values.lines("TEXT_LINE", wrong.typed);
    add_errors(values, errors);
    const std::string_view saved = visit.request.query_value("tersimpan").value_or("");
    if (errors.empty() && (saved == "pesan" || saved == "berkas" || saved == "nilai")) {
        values.add("SAVED").set("TEXT", visit.text(saved == "pesan"    ? "report_message_saved"
                                                   : saved == "berkas" ? "report_file_saved"
                                                                       : "helped_saved"));
    }
    return render_form(visit, "report.html", report.number, std::move(values),
                       errors.empty() ? 200 : 422);
}

net::HttpResponse session_over(const Visit& visit)
{
    return show_form(visit, "", {.number = {}, .code = {}, .both = visit.text("track_ended")});
}

net::HttpResponse take_message(const Visit& visit, std::string_view session,
                               const service::PublicReport& report, const Sent& sent)
{
    const std::string text(base::trim(sent.form.text("pesan")));
    if (text.empty()) {
        return show_report(visit, report,
                           {.text = visit.text("report_message_missing"), .file = {}, .typed = {}});
    }
    if (service::characters_of(text) > base::limits::kReportMessageCharactersMax) {
        return show_report(visit, report,
                           {.text = visit.text("report_message_long"), .file = {}, .typed = text});
    }
    const auto added = visit.context.desk.add_message(session, model::PublicText(text));
    return added ? redirect(visit.link(kReport) + "?tersimpan=pesan")
                 : desk_failed(visit, added.error(), kReport);
}

net::HttpResponse take_file(const Visit& visit, std::string_view session,
                            const service::PublicReport& report, const Sent& sent)
{
    const auto& fields = sent.form.fields;
    const auto file = std::ranges::find_if(
        fields, [](const codec::FormField& f) { return f.is_file && !f.file_name.empty(); });
    if (file == fields.end()) {
        return show_report(visit, report,
                           {.text = {}, .file = visit.text("files_none_chosen"), .typed = {}});
    }
    const auto added = visit.context.desk.add_file(session, file->file_name, file->bytes);
    if (added) {
        return redirect(visit.link(kReport) + "?tersimpan=berkas");
    }
    const base::Code code = added.error().code;
    if (code != base::Code::Invalid && code != base::Code::Exhausted) {
        return desk_failed(visit, added.error(), kReport);
    }
    const bool large = file->bytes.size() > base::limits::kReportFileBytesMax;
    return show_report(visit, report,
                       {.text = {},
                        .file = visit.text(code == base::Code::Invalid ? "files_empty"
                                           : large                     ? "files_too_large"
                                                                       : "files_too_many"),
                        .typed = {}});
}

net::HttpResponse take_helped(const Visit& visit, std::string_view session,
                              const service::PublicReport& report, const Sent& sent)
{
    const auto helped = model::from_word(model::kHelped, sent.form.text("membantu"));
    if (!helped || *helped == model::Helped::Unsaid) {
        return show_report(
            visit, report,
            {.text = {}, .file = {}, .typed = {}, .helped = visit.text("helped_missing")});
    }
    const auto said = visit.context.desk.say_helped(session, *helped);
    return said || said.error().code == base::Code::Conflict // opened again meanwhile
               ? redirect(visit.link(kReport) + (said ? "?tersimpan=nilai" : ""))
               : desk_failed(visit, said.error(), kReport);
}

/// How often it may be asked for. Messages and files of a report are counted besides; how often it
/// is said whether we helped is not.
service::PublicAct act_of(const Visit& visit)
{
    return visit.path == kFile   ? service::PublicAct::Upload
           : visit.path == kHelp ? service::PublicAct::Send
                                 : service::PublicAct::Write;
}

net::HttpResponse leave(const Visit& visit, std::string_view session)
{
    if (const auto closed = visit.context.desk.close_report(session); !closed) {
        return desk_failed(visit, closed.error(), kTrack);
    }
    net::HttpResponse response = redirect(visit.link(kTrack));
    set_cookie(visit, response, kTrackCookie, "", std::chrono::seconds(0));
    return response;
}

net::HttpResponse open_report_pages(const Visit& visit)
{
    const auto session = find_cookie(visit, kTrackCookie);
    if (!session) {
        return redirect(visit.link(kTrack));
    }
    const auto report = visit.context.desk.read_report(*session);
    if (!report && report.error().code == base::Code::NotFound) {
        return session_over(visit);
    }
    if (!report) {
        return desk_failed(visit, report.error(), kTrack);
    }
    if (!visit.is_post()) {
        return visit.path == kReport ? show_report(visit, *report, {})
                                     : redirect(visit.link(kReport));
    }
    const bool file = visit.path == kFile;
    Sent sent = read_sent(visit, act_of(visit), kReport);
    if (sent.refusal) {
        return std::move(*sent.refusal);
    }
    if (visit.path == kLeave) {
        return leave(visit, *session);
    }
    if (visit.path == kHelp) {
        return take_helped(visit, *session, *report, sent);
    }
    return file ? take_file(visit, *session, *report, sent)
                : take_message(visit, *session, *report, sent);
}

} // namespace

net::HttpResponse track_pages(const Visit& visit)
{
    if (visit.path == kTrack) {
        return visit.is_post() ? take_number_and_code(visit) : show_form(visit, "", {});
    }
    if (visit.path == kReport || visit.path == kFile || visit.path == kHelp ||
        visit.path == kLeave) {
        return open_report_pages(visit);
    }
    return notice(visit, 404, "not_found", "/");
}

} // namespace tanggap::portal
