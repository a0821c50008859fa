// `tanggap asset import`: the table that says whose address it is.
#pragma once

#include <string>

#include "cli/console.h"
#include "cli/server.h"

namespace tanggap::cli {

struct AssetImportOptions {
    ServerOptions server = {};
    std::string file = {}; ///< CSV, or "-" for standard input
    bool dry_run = false;
    bool json = false;
};

/// Sends the whole table. Exit codes: 0, 3 no such file, 4 key, 6 wrong rows (each is said), 7.
int run_asset_import(const AssetImportOptions& options, const Console& console);

} // namespace tanggap::cli
