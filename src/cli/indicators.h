// `tanggap indicator import` and `remove`: lists of values of attacks that events are compared
// with.
#pragma once

#include <string>

#include "cli/console.h"
#include "cli/server.h"

namespace tanggap::cli {

struct IndicatorImportOptions {
    ServerOptions server = {};
    std::string file = {}; ///< a plain list, CSV, MISP or STIX; "-" for standard input
    std::string list = {}; ///< name of the list; empty: from the file's name
    bool dry_run = false;
    bool json = false;
};

/// The file takes the place of the list. Exit codes: 0, 3 no such file, 4 key, 6 nothing in it, 7.
int run_indicator_import(const IndicatorImportOptions& options, const Console& console);

struct IndicatorRemoveOptions {
    ServerOptions server = {};
    std::string list = {};
};
int run_indicator_remove(const IndicatorRemoveOptions& options, const Console& console);

} // namespace tanggap::cli
