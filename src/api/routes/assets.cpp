// Assets: the table that says whose address it is.
#include "service/assets.h"
#include "api/detail/page.h"
#include "api/detail/table.h"
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

Json asset_json(const normalize::Asset& asset)
{
    return {{"network", asset.network},
            {"name", asset.name},
            {"organisation", asset.organisation},
            {"contact", asset.contact},
            {"value", asset.value}};
}

Answer list_assets(Call& call)
{
    TRY(auto assets, service::list_assets(call.world()));
    const std::string wanted = base::to_lower_ascii(call.parameter("text"));
    std::erase_if(assets, [&](const normalize::Asset& asset) { return !mentions(asset, wanted); });
    return page_of(call, assets, asset_json);
}

std::string_view code_of(normalize::AssetProblem::Kind kind)
{
    constexpr std::array<std::string_view, 6> kCodes{"columns", "text",  "network",
                                                     "name",    "value", "twice"};
    return kCodes[static_cast<std::size_t>(kind)];
}

Answer put_assets(Call& call)
{
    TRY(const bool dry, only_checked(call));
    const auto mode = dry ? service::AssetImportMode::Dry : service::AssetImportMode::Apply;
    TRY(const auto done,
        service::import_assets(call.world(), call.command(), call.request.body, mode));
    if (!done.problems.empty()) {
        return refuse_rows(call, "asset-rows", {.id = "baris aset", .en = "asset rows"},
                           done.problems, code_of);
    }
    return reply_json({{"assets", done.assets},
                       {"added", done.added},
                       {"changed", done.changed},
                       {"removed", done.removed},
                       {"dry_run", dry}});
}

/// Where on the form a problem belongs.
std::string_view pointer_of(normalize::AssetProblem::Kind kind)
{
    using enum normalize::AssetProblem::Kind;
    return kind == Network || kind == Twice ? "/network"
           : kind == Name                   ? "/name"
           : kind == Value                  ? "/value"
                                            : "";
}

Answer put_asset(Call& call)
{
    const Json& body = call.body;
    const std::string organisation = body.value("organisation", "");
    const std::string contact = body.value("contact", "");
    const normalize::Asset asset{
        .network = std::string(base::trim(body.at("network").get_ref<const std::string&>())),
        .name = std::string(base::trim(body.at("name").get_ref<const std::string&>())),
        .organisation = std::string(base::trim(organisation)),
        .contact = std::string(base::trim(contact)),
        .value =
            static_cast<int>(std::min(body.value("value", std::uint64_t{2}), std::uint64_t{100}))};
    const bool only_new = call.request.header("if-none-match").value_or("") == "*";
    TRY(const auto put, service::put_asset(call.world(), call.command(), asset,
                                           only_new ? service::AssetPutMode::Add
                                                    : service::AssetPutMode::AddOrChange));
    if (!put.problem) {
        return reply_json(asset_json(put.kept));
    }
    const normalize::AssetProblem::Kind kind = put.problem->kind;
    const service::Sentence words = service::sentence_of(*put.problem);
    const std::string text = wants_indonesian(call.request) ? words.id : words.en;
    return make_problem(call, kind == normalize::AssetProblem::Kind::Twice ? 409 : 400, "asset-row",
                        text, {{std::string(pointer_of(kind)), std::string(code_of(kind)), text}});
}

Answer delete_asset(Call& call)
{
    TRY_STATUS(service::remove_asset(call.world(), call.command(), call.parameter("network")));
    Reply reply;
    reply.status = 204;
    return reply;
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
        {.method = "PUT",
         .path = "/api/v1/assets/row",
         .id = "putAsset",
         .summary = "One row: a new network (only that with If-None-Match: *), or new texts",
         .summary_id =
             "Satu baris: jaringan baru (hanya itu dengan If-None-Match: *), atau isi baru",
         .scope = service::Scope::Admin,
         .parameters = {},
         .request = "AssetWish",
         .response = "Asset",
         .handle = put_asset},
        {.method = "DELETE",
         .path = "/api/v1/assets/row",
         .id = "removeAsset",
         .summary = "Take the row of a network out of the table",
         .summary_id = "Hapus baris sebuah jaringan",
         .scope = service::Scope::Admin,
         .parameters = {{"network", "as the list gives it"}},
         .request = {},
         .response = {},
         .status = 204,
         .handle = delete_asset},
    };
}

} // namespace tanggap::api
