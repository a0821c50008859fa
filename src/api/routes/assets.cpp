// Assets: the table that says whose address it is.
#include "service/assets.h"
#include "api/detail/page.h"
#include "base/limits.h"
#include "base/text.h"

namespace tanggap::api {
namespace {

/// Whether a name, network, organisation or contact holds the text, without regard to case.
bool mentions(const normalize::Asset& asset, std::string_view wanted)
{
    const std::string all = base::to_lower_ascii(asset.network + '\n' + asset.name + '\n' +
                                                 asset.organisation + '\n' + asset.contact);
    return all.find(wanted) != std::string::npos;
}

Answer list_assets(Call& call)
{
    TRY(auto assets, service::list_assets(call.world()));
    const std::string wanted = base::to_lower_ascii(call.parameter("text"));
    std::erase_if(assets, [&](const normalize::Asset& asset) { return !mentions(asset, wanted); });
    return page_of(call, assets, [](const normalize::Asset& asset) -> Json {
        return {{"network", asset.network},
                {"name", asset.name},
                {"organisation", asset.organisation},
                {"contact", asset.contact},
                {"value", asset.value}};
    });
}

Reply refuse_rows(const Call& call, const std::vector<normalize::AssetProblem>& problems)
{
    using Kind = normalize::AssetProblem::Kind;
    constexpr std::array<std::pair<Kind, std::string_view>, 6> kCodes{{{Kind::Columns, "columns"},
                                                                       {Kind::Text, "text"},
                                                                       {Kind::Network, "network"},
                                                                       {Kind::Name, "name"},
                                                                       {Kind::Value, "value"},
                                                                       {Kind::Twice, "twice"}}};
    const bool indonesian = wants_indonesian(call.request);
    std::vector<FieldError> errors;
    for (const normalize::AssetProblem& problem : problems) {
        if (errors.size() == base::limits::kAssetProblemsShown) {
            break;
        }
        const service::Sentence words = service::sentence_of(problem);
        const auto* const code =
            std::ranges::find(kCodes, problem.kind, &decltype(kCodes)::value_type::first);
        errors.push_back({"/lines/" + std::to_string(problem.line), std::string(code->second),
                          indonesian ? words.id : words.en});
    }
    const std::string count = std::to_string(problems.size());
    return make_problem(call, 400, "asset-rows",
                        indonesian ? count + " baris aset salah; tidak ada yang diambil"
                                   : count + " of the asset rows are wrong; nothing was taken",
                        errors);
}

Answer put_assets(Call& call)
{
    const std::string_view dry = call.parameter("dry_run");
    if (!dry.empty() && dry != "true" && dry != "false") {
        return base::invalid("dry_run is true or false");
    }
    const auto mode =
        dry == "true" ? service::AssetImportMode::Dry : service::AssetImportMode::Apply;
    TRY(const auto done,
        service::import_assets(call.world(), call.command(), call.request.body, mode));
    if (!done.problems.empty()) {
        return refuse_rows(call, done.problems);
    }
    return reply_json({{"assets", done.assets},
                       {"added", done.added},
                       {"changed", done.changed},
                       {"removed", done.removed},
                       {"dry_run", mode == service::AssetImportMode::Dry}});
}

} // namespace

std::vector<Route> asset_routes()
{
    return {
        {.method = "GET",
         .path = "/api/v1/assets",
         .id = "listAssets",
         .summary = "Networks with their names, owners and values",
         .summary_id = "Jaringan beserta nama, pemilik, dan nilainya",
         .parameters = {{"text", "only assets that mention this"}, kLimit, kCursor},
         .request = {},
         .response = "AssetPage",
         .handle = list_assets},
        {.method = "PUT",
         .path = "/api/v1/assets",
         .id = "putAssets",
         .summary = "Replace all assets by a CSV: network,name,organisation,contact,value 1-3",
         .summary_id = "Ganti semua aset dengan CSV",
         .scope = service::Scope::Admin,
         .parameters = {{"dry_run", "true: only check and count"}},
         .request = {},
         .response = "AssetImport",
         .handle = put_assets,
         .csv_bytes_max = base::limits::kAssetsCsvBytesMax},
    };
}

} // namespace tanggap::api
