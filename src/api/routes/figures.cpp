// Statistics of a period; publications; documents.
#include <algorithm>
#include <iterator>

#include "api/detail/page.h"
#include "api/detail/render.h"
#include "api/detail/route.h"
#include "count/words.h"
#include "query/report_scope.h"
#include "service/documents.h"
#include "service/figures.h"
#include "service/profile.h"
#include "service/publications.h"

namespace tanggap::api {
namespace {

using model::Language;
using service::Scope;

Json both(std::string_view id, std::string_view en)
{
    return {{"id", id}, {"en", en}};
}

Language language_of(const Call& call)
{
    const std::string_view asked = call.parameter("language");
    const bool indonesian = asked.empty() ? wants_indonesian(call.request) : asked != "en";
    return indonesian ? Language::Indonesian : Language::English;
}

Json title_json(const count::Period& period)
{
    return both(count::title_of(period, Language::Indonesian),
                count::title_of(period, Language::English));
}

base::Result<Json> statistics_json(const Call& call, const count::Statistics& statistics)
{
    TRY(const service::KeptProfile kept,
        service::find_profile(call.world().cases, call.world().first_profile));
    Json body = Json::parse(count::write_json(statistics));
    body["title"] = title_json(count::period_of(statistics));
    const std::string& team = kept.profile.team;
    body["sentence"] = both(count::press_sentence(statistics, team, Language::Indonesian),
                            count::press_sentence(statistics, team, Language::English));
    body["terms"] = Json::object();
    for (const count::Term& term : count::terms()) {
        body["terms"][std::string(term.id)] = {
            {"title", both(term.title_id, term.title_en)},
            {"definition", both(term.definition_id, term.definition_en)}};
    }
    return body;
}

/// The query of one parameter, checked and canonical, with the asker where it says @me.
base::Result<std::string> narrower(const Call& call, std::string_view name,
                                   const query::Scope& scope)
{
    auto root = query::parse_or_error(call.parameter(name), scope);
    if (!root) {
        return std::unexpected(std::move(root.error()).in(name));
    }
    query::put_account(*root, call.principal.user_id);
    return query::format(*root);
}

base::Result<count::Statistics> count_asked(const Call& call)
{
    service::FiguresWish wish{.period = std::string(call.parameter("period"))};
    TRY(wish.alerts, narrower(call, "alerts", query::alert_scope()));
    TRY(wish.cases, narrower(call, "cases", query::case_scope()));
    TRY(wish.reports, narrower(call, "reports", query::report_scope()));
    return service::count_figures(call.world(), service::viewpoint_of(call.principal), wish);
}

Answer get_statistics(Call& call)
{
    TRY(const count::Statistics statistics, count_asked(call));
    TRY(const Json body, statistics_json(call, statistics));
    return reply_json(body);
}

Reply csv_reply(const count::Statistics& statistics, Language language, const std::string& name)
{
    Reply reply;
    // The mark lets spreadsheets read it as UTF-8.
    reply.body = "\xEF\xBB\xBF" + count::write_csv(statistics, language);
    reply.content_type = "text/csv; charset=utf-8";
    reply.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + ".csv\"");
    return reply;
}

Answer get_statistics_csv(Call& call)
{
    TRY(const count::Statistics statistics, count_asked(call));
    return csv_reply(statistics, language_of(call), "statistik-" + statistics.period);
}

base::Result<Json> publication_row(const Call& call, const store::Publication& publication)
{
    TRY(const count::Period period, service::period_of(call.world(), publication.period));
    return Json{{"id", publication.id},
                {"period", publication.period},
                {"version", publication.version},
                {"correction", publication.correction},
                {"frozen_at", base::format_rfc3339(publication.frozen_at)},
                {"frozen_by", publication.frozen_by},
                {"sha256", publication.sha256},
                {"title", title_json(period)}};
}

Answer list_publications(Call& call)
{
    constexpr std::size_t kPublicationsMax = 5000;
    std::vector<store::Publication> all;
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(all, store::list_publications(snapshot, call.parameter("period"), kPublicationsMax));
        return {};
    }));
    std::vector<Json> rows;
    for (const store::Publication& publication : all) {
        TRY(Json row, publication_row(call, publication));
        rows.push_back(std::move(row));
    }
    return page_of(call, rows, [](const Json& row) { return row; });
}

Json document_json(const store::Document& document)
{
    return {{"id", document.id},
            {"kind", document.kind},
            {"subject", document.subject},
            {"language", document.language},
            {"data_sha256", document.data_sha256},
            {"file_sha256", document.file_sha256},
            {"bytes", document.bytes},
            {"made_at", base::format_rfc3339(document.made_at)},
            {"made_by", document.made_by}};
}

/// Against the version before it, which is the next of the newest-first list.
base::Result<Json> differences_json(const Call& call, const service::PublicationSeen& seen)
{
    Json all = Json::array();
    for (const store::Publication& version : seen.versions) {
        if (version.version + 1 != seen.publication.version) {
            continue;
        }
        TRY(const service::PublicationSeen before,
            service::find_publication(call.world(), version.id));
        const auto number = [](std::optional<std::uint64_t> value) {
            return value ? Json(*value) : Json();
        };
        for (const service::Difference& each :
             service::differences(before.statistics, seen.statistics)) {
            all.push_back(
                {{"id", each.id}, {"before", number(each.before)}, {"after", number(each.after)}});
        }
    }
    return all;
}

base::Result<Json> publication_json(const Call& call, std::string_view id)
{
    TRY(const service::PublicationSeen seen, service::find_publication(call.world(), id));
    TRY(Json body, publication_row(call, seen.publication));
    TRY(body["statistics"], statistics_json(call, seen.statistics));
    body["versions"] = Json::array();
    for (const store::Publication& version : seen.versions) {
        TRY(Json row, publication_row(call, version));
        body["versions"].push_back(std::move(row));
    }
    body["documents"] = Json::array();
    for (const store::Document& document : seen.documents) {
        body["documents"].push_back(document_json(document));
    }
    TRY(body["differences"], differences_json(call, seen));
    return body;
}

Answer get_publication(Call& call)
{
    TRY(const Json body, publication_json(call, call.path.at("id")));
    return reply_json(body);
}

Answer post_publication(Call& call)
{
    const service::PublicationWish wish{.period = call.body.at("period").get<std::string>(),
                                        .correction = call.body.value("correction", "")};
    TRY(const store::Publication made,
        service::publish(call.world(), call.principal, call.command(), wish));
    TRY(const Json body, publication_json(call, made.id));
    return reply_json(body, 201);
}

Answer get_publication_csv(Call& call)
{
    TRY(const service::PublicationSeen seen,
        service::find_publication(call.world(), call.path.at("id")));
    return csv_reply(seen.statistics, language_of(call),
                     "publikasi-" + seen.publication.period + "-v" +
                         std::to_string(seen.publication.version));
}

service::PrintWish print_wish(const Call& call)
{
    return {.principal = call.principal,
            .command = call.command(),
            .id = call.path.at("id"),
            .language =
                call.body.at("language") == "en" ? Language::English : Language::Indonesian};
}

Answer post_publication_document(Call& call)
{
    TRY(const store::Document made, service::print_publication(call.world(), print_wish(call)));
    return reply_json(document_json(made), 201);
}

Answer post_case_document(Call& call)
{
    TRY(const store::Document made, service::print_case(call.world(), print_wish(call)));
    return reply_json(document_json(made), 201);
}

Answer list_case_documents(Call& call)
{
    TRY(const auto documents,
        service::list_case_documents(call.world(), call.principal, call.path.at("id")));
    Json items = Json::array();
    for (const store::Document& document : documents) {
        items.push_back(document_json(document));
    }
    return reply_json({{"items", std::move(items)}});
}

Answer get_document_file(Call& call)
{
    TRY(service::DocumentFile file,
        service::read_document(call.world(), call.principal, call.path.at("id")));
    Reply reply;
    reply.body = std::move(file.bytes);
    reply.content_type = "application/pdf";
    reply.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + file.name + "\"");
    return reply;
}

/// Printing takes its time, as searches do: it has their places, so that intake keeps its own.
std::vector<Route> document_routes()
{
    return {
        {.method = "POST",
         .path = "/api/v1/publications/{id}/documents",
         .id = "printPublication",
         .summary = "Make the official report of a publication as PDF",
         .summary_id = "Buat laporan resmi publikasi sebagai PDF",
         .scope = Scope::FiguresPublish,
         .parameters = {},
         .request = "NewDocument",
         .response = "PrintedDocument",
         .status = 201,
         .handle = post_publication_document,
         .searches = true},
        {.method = "POST",
         .path = "/api/v1/cases/{id}/documents",
         .id = "printCase",
         .summary = "Make the official report of a case as PDF",
         .summary_id = "Buat laporan resmi kasus sebagai PDF",
         .scope = Scope::CasesWrite,
         .parameters = {},
         .request = "NewDocument",
         .response = "PrintedDocument",
         .status = 201,
         .handle = post_case_document,
         .searches = true},
        {.method = "GET",
         .path = "/api/v1/cases/{id}/documents",
         .id = "listCaseDocuments",
         .summary = "Reports made of a case, newest first",
         .summary_id = "Laporan yang dibuat dari suatu kasus, terbaru dahulu",
         .scope = Scope::CasesRead,
         .parameters = {},
         .request = {},
         .response = "DocumentList",
         .handle = list_case_documents},
        {.method = "GET",
         .path = "/api/v1/documents/{id}/file",
         .id = "getDocumentFile",
         .summary = "The PDF of a document",
         .summary_id = "Berkas PDF suatu dokumen",
         .scope = Scope::Read,
         .parameters = {},
         .request = {},
         .response = {},
         .handle = get_document_file},
    };
}

} // namespace

std::vector<Route> figure_routes()
{
    constexpr Parameter kPeriod{"period", "2026, 2026-10, 2026-10-05 or 2026-10-05..2026-10-18;"
                                          " without: this month"};
    constexpr Parameter kAlerts{"alerts", "query language of alerts: counts only these"};
    constexpr Parameter kCases{"cases", "query language of cases: counts only these"};
    constexpr Parameter kReports{"reports", "query language of reports: counts only these"};
    constexpr Parameter kLanguage{"language", "id or en; without: as Accept-Language says"};
    std::vector<Route> all = document_routes();
    std::vector<Route> figures{
        {.method = "GET",
         .path = "/api/v1/statistics",
         .id = "getStatistics",
         .summary = "The figures of a period, each with its definition and the query that gives it",
         .summary_id = "Angka suatu periode, masing-masing dengan definisi dan kuerinya",
         .scope = Scope::Read,
         .parameters = {kPeriod, kAlerts, kCases, kReports},
         .request = {},
         .response = "Statistics",
         .handle = get_statistics,
         .searches = true},
        {.method = "GET",
         .path = "/api/v1/statistics/csv",
         .id = "getStatisticsCsv",
         .summary = "The same as a CSV file",
         .summary_id = "Yang sama sebagai berkas CSV",
         .scope = Scope::Read,
         .parameters = {kPeriod, kAlerts, kCases, kReports, kLanguage},
         .request = {},
         .response = {},
         .handle = get_statistics_csv,
         .searches = true},
        {.method = "GET",
         .path = "/api/v1/publications",
         .id = "listPublications",
         .summary = "Frozen figures, newest first",
         .summary_id = "Angka yang dibekukan, terbaru dahulu",
         .scope = Scope::Read,
         .parameters = {{"period", "only of this one"}, kLimit, kCursor},
         .request = {},
         .response = "PublicationPage",
         .handle = list_publications},
        {.method = "POST",
         .path = "/api/v1/publications",
         .id = "freezePublication",
         .summary = "Freeze a period's figures; again, with a correction, is its next version",
         .summary_id = "Bekukan angka suatu periode; sekali lagi dengan koreksi menjadi versi"
                       " berikutnya",
         .scope = Scope::FiguresPublish,
         .parameters = {},
         .request = "NewPublication",
         .response = "Publication",
         .status = 201,
         .handle = post_publication,
         .searches = true},
        {.method = "GET",
         .path = "/api/v1/publications/{id}",
         .id = "getPublication",
         .summary = "A publication: figures, versions, documents, what the correction changed",
         .summary_id = "Satu publikasi: angka, versi, dokumen, dan perubahan koreksinya",
         .scope = Scope::Read,
         .parameters = {},
         .request = {},
         .response = "Publication",
         .handle = get_publication},
        {.method = "GET",
         .path = "/api/v1/publications/{id}/csv",
         .id = "getPublicationCsv",
         .summary = "Its figures as a CSV file",
         .summary_id = "Angkanya sebagai berkas CSV",
         .scope = Scope::Read,
         .parameters = {kLanguage},
         .request = {},
         .response = {},
         .handle = get_publication_csv},
    };
    std::ranges::move(figures, std::back_inserter(all));
    return all;
}

} // namespace tanggap::api
