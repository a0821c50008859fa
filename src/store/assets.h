// The table of assets, as commands change it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "normalize/enrich.h"
#include "store/activity.h"

namespace tanggap::store {

/// What its activity records are about: the table has one history.
inline const ObjectRef kAssetTable{.kind = "asset", .id = "00000000-0000-7000-8000-000000000001"};

base::Result<std::vector<normalize::Asset>> list_assets(Snapshot& snapshot);
base::Status replace_assets(Change& change, std::span<const normalize::Asset> assets);
/// One row; `asset.network` is as it is written in the table where it is there already.
base::Status put_asset(Change& change, const normalize::Asset& asset);
base::Status remove_asset(Change& change, std::string_view network);

} // namespace tanggap::store
