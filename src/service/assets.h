// The table of assets: what people keep in a file, as events are enriched with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "normalize/enrich.h"
#include "service/alerts.h"
#include "service/world.h"
#include "store/activity.h"

namespace tanggap::service {

/// What an import did, or, dry, would do. With problems nothing was taken.
struct AssetImport {
    std::size_t assets = 0; ///< in the file
    std::size_t added = 0;
    std::size_t changed = 0;
    std::size_t removed = 0;
    std::vector<normalize::AssetProblem> problems;
};
enum class AssetImportMode : std::uint8_t { Apply, Dry };

/// The file takes the place of the whole table; events from now on are enriched with it, those that
/// are stored keep what was known then. The command's record says how many rows changed and the
/// file's SHA-256.
base::Result<AssetImport> import_assets(const World& world, const store::Command& command,
                                        std::string_view csv, AssetImportMode mode);

struct AssetPut {
    normalize::Asset kept;                          ///< the row as it is now
    std::optional<normalize::AssetProblem> problem; ///< then nothing was taken
};
enum class AssetPutMode : std::uint8_t {
    AddOrChange,
    Add, ///< a network that is there is a problem
};
/// One row: a new one, or new texts for a network that is there, however it is written.
/// Errors: Exhausted for a new one above limits::kAssetsMax.
base::Result<AssetPut> put_asset(const World& world, const store::Command& command,
                                 const normalize::Asset& asset, AssetPutMode mode);
/// Errors: NotFound.
base::Status remove_asset(const World& world, const store::Command& command,
                          std::string_view network);

/// By network.
base::Result<std::vector<normalize::Asset>> list_assets(const World& world);

/// What is wrong with a row and what to write instead.
Sentence sentence_of(const normalize::AssetProblem& problem);

} // namespace tanggap::service
