// Evidence of cases: uploads in pieces, copies with a reason, custody.
#include "service/evidence.h"
#include "api/detail/read_cases.h"
#include "api/detail/render_cases.h"
#include "api/detail/route.h"
#include "base/evidence_limits.h"

namespace tanggap::api {
namespace {

using service::Scope;

service::ItemWish wish_of(const Call& call, std::string reason = {})
{
    const auto item = call.path.find("item");
    return {.principal = call.principal,
            .command = call.command(std::move(reason)),
            .case_id = call.path.at("id"),
            .id = item == call.path.end() ? "" : item->second};
}

Json evidence_json(const casework::Evidence& evidence)
{
    return {{"id", evidence.id},
            {"number", evidence.number_text()},
            {"name", evidence.name},
            {"kind", evidence.kind},
            {"description", evidence.description},
            {"source", evidence.source},
            {"method", evidence.method},
            {"acquired_at",
             evidence.acquired_at ? Json(base::format_rfc3339(*evidence.acquired_at)) : Json()},
            {"size", evidence.size},
            {"sha256", evidence.sha256},
            {"by", evidence.by},
            {"created_at", base::format_rfc3339(evidence.created_at)}};
}

std::uint64_t offset_of(const Call& call)
{
    const std::string_view text = call.parameter("offset"); // checked by the dispatcher
    return text.empty() ? 0 : std::stoull(std::string(text));
}

Answer get_evidence(Call& call)
{
    Json items = Json::array();
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto subject,
            store::find_case(snapshot, call.path.at("id"), service::viewer_of(call.principal)));
        TRY(const auto all, store::list_evidence(snapshot, subject.id));
        for (const casework::Evidence& each : all) {
            items.push_back(evidence_json(each));
        }
        return {};
    }));
    return reply_json({{"items", std::move(items)}});
}

Answer post_upload(Call& call)
{
    TRY(const std::string upload, service::begin_upload(call.world(), wish_of(call)));
    return reply_json({{"upload", upload}, {"piece_bytes", base::limits::kEvidencePieceBytes}},
                      201);
}

Answer put_piece(Call& call)
{
    if (call.request.body.size() > base::limits::kEvidencePieceBytes) {
        return make_problem(call, 413, "too-large", "a piece has at most 4 MiB");
    }
    TRY(const std::uint64_t size,
        call.world().vault->append(call.path.at("upload"), offset_of(call), call.request.body));
    return reply_json({{"size", size}});
}

Answer post_evidence(Call& call)
{
    service::NewEvidence given{.upload = text_of(call.body, "upload"),
                               .sha256 = text_of(call.body, "sha256"),
                               .name = text_of(call.body, "name"),
                               .kind = text_of(call.body, "kind"),
                               .description = text_of(call.body, "description"),
                               .source = text_of(call.body, "source"),
                               .method = text_of(call.body, "method")};
    TRY(given.acquired_at, read_time(call.body, "acquired_at"));
    TRY(const auto made, service::add_evidence(call.world(), wish_of(call), given));
    return reply_json(evidence_json(made), 201);
}

Answer post_copy(Call& call)
{
    TRY(const std::string copy,
        service::ask_for_copy(call.world(), wish_of(call, text_of(call.body, "reason"))));
    return reply_json({{"copy", copy}}, 201);
}

Answer get_content(Call& call)
{
    TRY(auto piece, service::read_evidence(call.world(), wish_of(call), call.parameter("copy"),
                                           offset_of(call)));
    Reply reply;
    reply.body = std::move(piece.bytes);
    // Whatever it is, no browser is to do more with it than keep it.
    reply.content_type = "application/octet-stream";
    reply.headers.emplace_back("Content-Disposition",
                               "attachment; filename=\"" + piece.evidence.number_text() + ".bin\"");
    reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
    return reply;
}

Answer post_check(Call& call)
{
    TRY_STATUS(service::verify_evidence(call.world(), wish_of(call)));
    return reply_json({{"whole", true}});
}

Answer get_custody(Call& call)
{
    TRY(const auto page, service::list_custody(call.world(), wish_of(call), 500));
    Json items = Json::array();
    for (const store::Activity& each : page.activities) {
        Json item = case_activity_json(each);
        items.push_back({{"at", base::format_rfc3339(each.time)}, {"activity", std::move(item)}});
    }
    return reply_json({{"items", std::move(items)}});
}

} // namespace

std::vector<Route> evidence_routes()
{
    constexpr Parameter kOffset{"offset", "bytes sent or taken so far", ParameterKind::Integer, 0,
                                std::int64_t{1} << 40};
    return {
        {.method = "GET",
         .path = "/api/v1/cases/{id}/evidence",
         .id = "listEvidence",
         .summary = "Its evidence",
         .summary_id = "Bukti digitalnya",
         .scope = Scope::CasesRead,
         .parameters = {},
         .request = {},
         .response = "EvidenceList",
         .handle = get_evidence},
        {.method = "POST",
         .path = "/api/v1/cases/{id}/uploads",
         .id = "beginUpload",
         .summary = "A place for a file to come, in pieces",
         .summary_id = "Mulai mengunggah berkas",
         .scope = Scope::CasesWrite,
         .parameters = {},
         .request = {},
         .response = "Upload",
         .status = 201,
         .handle = post_upload},
        {.method = "PUT",
         .path = "/api/v1/uploads/{upload}",
         .id = "sendPiece",
         .summary = "The next bytes of an upload, at most 4 MiB",
         .summary_id = "Potongan berikutnya, paling banyak 4 MiB",
         .scope = Scope::CasesWrite,
         .parameters = {kOffset},
         .request = {},
         .response = "UploadSize",
         .handle = put_piece,
         .takes_records = true},
        {.method = "POST",
         .path = "/api/v1/cases/{id}/evidence",
         .id = "addEvidence",
         .summary = "Seal an upload and enter it as evidence",
         .summary_id = "Segel unggahan sebagai bukti",
         .scope = Scope::CasesWrite,
         .parameters = {},
         .request = "NewEvidence",
         .response = "Evidence",
         .status = 201,
         .handle = post_evidence},
        {.method = "POST",
         .path = "/api/v1/cases/{id}/evidence/{item}/copies",
         .id = "askForCopy",
         .summary = "Ask for a copy, with a reason that stands in the custody log",
         .summary_id = "Minta salinan dengan alasan",
         .scope = Scope::CasesWrite,
         .parameters = {},
         .request = "CopyReason",
         .response = "Copy",
         .status = 201,
         .handle = post_copy},
        {.method = "GET",
         .path = "/api/v1/cases/{id}/evidence/{item}/content",
         .id = "readEvidence",
         .summary = "Bytes of a copy from an offset, at most 4 MiB; empty at the end",
         .summary_id = "Isi salinan, paling banyak 4 MiB",
         .scope = Scope::CasesWrite,
         .parameters = {kOffset, {"copy", "from askForCopy"}},
         .request = {},
         .response = {},
         .handle = get_content},
        {.method = "POST",
         .path = "/api/v1/cases/{id}/evidence/{item}/checks",
         .id = "checkEvidence",
         .summary = "Hash it anew and record the outcome",
         .summary_id = "Periksa hash lagi dan catat hasilnya",
         .scope = Scope::CasesWrite,
         .parameters = {},
         .request = {},
         .response = "EvidenceWhole",
         .handle = post_check},
        {.method = "GET",
         .path = "/api/v1/cases/{id}/evidence/{item}/custody",
         .id = "listCustody",
         .summary = "Who put it in, checked it and took copies, newest first",
         .summary_id = "Rantai penguasaan bukti",
         .scope = Scope::CasesRead,
         .parameters = {},
         .request = {},
         .response = "Custody",
         .handle = get_custody},
    };
}

} // namespace tanggap::api
