// Indicators: the lists of values of attacks that events are compared with.
#include "service/indicators.h"
#include "api/detail/page.h"
#include "base/limits.h"

namespace tanggap::api {
namespace {

Answer list_indicators(Call& call)
{
    TRY(const auto lists, service::list_indicators(call.world()));
    return page_of(call, lists, [](const service::IndicatorList& list) -> Json {
        return {{"name", list.name},
                {"bytes", list.bytes},
                {"changed_at", base::format_rfc3339(list.changed)}};
    });
}

Answer put_indicators(Call& call)
{
    const std::string_view dry = call.parameter("dry_run");
    if (!dry.empty() && dry != "true" && dry != "false") {
        return base::invalid("dry_run is true or false");
    }
    const auto mode =
        dry == "true" ? service::IndicatorImportMode::Dry : service::IndicatorImportMode::Apply;
    TRY(const auto done, service::import_indicators(call.world(), call.command(),
                                                    call.path.at("list"), call.request.body, mode));
    std::uint64_t left_out = 0;
    for (const auto& [reason, count] : done.left_out) {
        left_out += count;
    }
    return reply_json({{"list", call.path.at("list")},
                       {"format", done.format},
                       {"indicators", done.taken},
                       {"refused", done.refused},
                       {"left_out", left_out},
                       {"problems", done.problems},
                       {"dry_run", mode == service::IndicatorImportMode::Dry}});
}

Answer delete_indicators(Call& call)
{
    TRY_STATUS(service::remove_indicators(call.world(), call.command(), call.path.at("list")));
    Reply reply;
    reply.status = 204;
    return reply;
}

} // namespace

std::vector<Route> indicator_routes()
{
    return {
        {.method = "GET",
         .path = "/api/v1/indicators",
         .id = "listIndicators",
         .summary = "Lists of indicators",
         .summary_id = "Daftar indikator",
         .parameters = {kLimit, kCursor},
         .request = {},
         .response = "IndicatorPage",
         .handle = list_indicators},
        {.method = "PUT",
         .path = "/api/v1/indicators/{list}",
         .id = "putIndicators",
         .summary = "Replace a list of indicators: plain lines, CSV, MISP JSON or STIX 2.1",
         .summary_id = "Ganti satu daftar indikator: baris polos, CSV, MISP JSON, atau STIX 2.1",
         .scope = service::Scope::Admin,
         .parameters = {{"dry_run", "true: only check and count"}},
         .request = {},
         .response = "IndicatorImport",
         .handle = put_indicators,
         .csv_bytes_max = base::limits::kIndicatorBodyBytesMax,
         .or_json = true},
        {.method = "DELETE",
         .path = "/api/v1/indicators/{list}",
         .id = "deleteIndicators",
         .summary = "Remove a list of indicators",
         .summary_id = "Hapus satu daftar indikator",
         .scope = service::Scope::Admin,
         .parameters = {},
         .request = {},
         .response = {},
         .status = 204,
         .handle = delete_indicators},
    };
}

} // namespace tanggap::api
