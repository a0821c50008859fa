#include "service/assets.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/id.h"
#include "base/office_limits.h"
#include "base/text.h"
#include "normalize/asset_row.h"
#include "store/assets.h"

namespace tanggap::service {
namespace {

using Rows = std::map<std::string_view, const normalize::Asset*>; // by network

Rows by_network(std::span<const normalize::Asset> assets)
{
    Rows rows;
    for (const normalize::Asset& asset : assets) {
        rows.emplace(asset.network, &asset);
    }
    return rows;
}

bool same(const normalize::Asset& a, const normalize::Asset& b)
{
    return a.name == b.name && a.organisation == b.organisation && a.contact == b.contact &&
           a.value == b.value;
}

void count_changes(const Rows& before, const Rows& after, AssetImport& out)
{
    for (const auto& [network, asset] : after) {
        const auto known = before.find(network);
        out.added += known == before.end() ? 1 : 0;
        out.changed += known != before.end() && !same(*known->second, *asset) ? 1 : 0;
    }
    out.removed = before.size() + out.added - after.size();
}

std::string json_of(const normalize::Asset& asset)
{
    return nlohmann::json{{"network", asset.network},
                          {"name", asset.name},
                          {"organisation", asset.organisation},
                          {"contact", asset.contact},
                          {"value", asset.value}}
        .dump();
}

/// The row of this network as it is kept, or the end.
auto find_row(const std::vector<normalize::Asset>& rows, std::string_view network)
{
    return std::ranges::find_if(rows, [&](const normalize::Asset& asset) {
        return normalize::is_same_network(asset.network, network);
    });
}

} // namespace

base::Result<std::vector<normalize::Asset>> list_assets(const World& world)
{
    std::vector<normalize::Asset> assets;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(assets, store::list_assets(snapshot));
        return {};
    }));
    return assets;
}

base::Result<AssetImport> import_assets(const World& world, const store::Command& command,
                                        std::string_view csv, AssetImportMode mode)
{
    AssetImport out;
    const auto table = normalize::AssetTable::parse_csv(csv, out.problems);
    if (!table) {
        return out;
    }
    const auto rows = (*table)->rows();
    out.assets = rows.size();
    const auto compare = [&](store::Snapshot& snapshot) -> base::Result<std::size_t> {
        TRY(const std::vector<normalize::Asset> before, store::list_assets(snapshot));
        count_changes(by_network(before), by_network(rows), out);
        return before.size();
    };
    if (mode == AssetImportMode::Dry) {
        TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
            TRY(const std::size_t ignored, compare(snapshot));
            static_cast<void>(ignored);
            return {};
        }));
        return out;
    }
    TRY(const std::string changed,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const std::size_t before, compare(change));
            if (out.added + out.changed + out.removed == 0) {
                return {}; // Nothing to do is no change: no record.
            }
            TRY_STATUS(store::replace_assets(change, rows));
            return change.record({.action = "asset.import",
                                  .object = store::kAssetTable,
                                  .before = nlohmann::json{{"assets", before}}.dump(),
                                  .after = nlohmann::json{{"assets", out.assets},
                                                          {"added", out.added},
                                                          {"changed", out.changed},
                                                          {"removed", out.removed},
                                                          {"sha256", base::sha256_hex(csv)}}
                                               .dump()});
        }));
    if (!changed.empty()) {
        TRY_STATUS(world.reload_assets());
    }
    return out;
}

base::Result<AssetPut> put_asset(const World& world, const store::Command& command,
                                 const normalize::Asset& asset, AssetPutMode mode)
{
    AssetPut out{.kept = asset, .problem = normalize::problem_of(asset)};
    if (out.problem) {
        return out;
    }
    TRY(const std::string changed,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const auto rows, store::list_assets(change));
            const auto before = find_row(rows, asset.network);
            const bool is_new = before == rows.end();
            if (is_new && rows.size() >= base::limits::kAssetsMax) {
                return base::exhausted("the table has " + std::to_string(rows.size()) +
                                       " assets, and takes no more");
            }
            if (!is_new && mode == AssetPutMode::Add) {
                out.problem = normalize::AssetProblem{.kind = normalize::AssetProblem::Kind::Twice,
                                                      .found = before->network};
                return {};
            }
            out.kept.network = is_new ? asset.network : before->network;
            if (!is_new && same(*before, out.kept)) {
                return {}; // Nothing to do is no change: no record.
            }
            TRY_STATUS(store::put_asset(change, out.kept));
            return change.record({.action = is_new ? "asset.add" : "asset.change",
                                  .object = store::kAssetTable,
                                  .before = is_new ? "null" : json_of(*before),
                                  .after = json_of(out.kept)});
        }));
    if (!changed.empty()) {
        TRY_STATUS(world.reload_assets());
    }
    return out;
}

base::Status remove_asset(const World& world, const store::Command& command,
                          std::string_view network)
{
    TRY([[maybe_unused]] const std::string changed,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const auto rows, store::list_assets(change));
            const auto row = find_row(rows, network);
            if (row == rows.end()) {
                return base::not_found("no asset " + base::quoted(network));
            }
            TRY_STATUS(store::remove_asset(change, row->network));
            return change.record({.action = "asset.remove",
                                  .object = store::kAssetTable,
                                  .before = json_of(*row),
                                  .after = "null"});
        }));
    return world.reload_assets();
}

Sentence sentence_of(const normalize::AssetProblem& problem)
{
    using enum normalize::AssetProblem::Kind;
    const std::string found = base::quoted(problem.found);
    switch (problem.kind) {
    case Columns:
        return {.id = found + " bukan lima kolom network,name,organisation,contact,value; beri "
                              "tanda kutip pada teks yang memuat koma, dan tutup setiap kutipan",
                .en = found + " is not the five columns network,name,organisation,contact,value; "
                              "quote a text that holds a comma, and close every quote"};
    case Text:
        return {.id = found + " memuat byte yang bukan teks UTF-8; simpan berkas sebagai UTF-8",
                .en = found + " holds bytes that are no UTF-8 text; save the file as UTF-8"};
    case Network:
        return {.id = found + " bukan jaringan seperti 192.0.2.0/24 atau 2001:db8::/48",
                .en = found + " is not a network such as 192.0.2.0/24 or 2001:db8::/48"};
    case Name:
        return {.id = "nama aset (kolom kedua) kosong pada " + found,
                .en = "the name of the asset (second column) is missing in " + found};
    case Value:
        return {.id = "nilai " + found + " bukan 1, 2, atau 3 (3 = paling penting)",
                .en = "the value " + found + " is not 1, 2 or 3 (3 matters most)"};
    case Twice:
        if (problem.other_line == 0) {
            return {.id = "jaringan " + found + " sudah ada; satu jaringan satu pemilik",
                    .en = "the network " + found + " is there already; one network has one owner"};
        }
        return {.id = "jaringan " + found + " sudah ada di baris " +
                      std::to_string(problem.other_line) + "; satu jaringan satu pemilik",
                .en = "the network " + found + " is already on line " +
                      std::to_string(problem.other_line) + "; one network has one owner"};
    }
    return {};
}

} // namespace tanggap::service
