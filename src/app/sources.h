// `tanggap sources list|check`: source files, without a server.
#pragma once

#include "app/content.h"
#include "cli/console.h"

namespace tanggap::app {

struct SourcesOptions {
    ContentFolders folders = {};
    bool jsonl = false;
};

/// The sources that would be loaded, by id. Exit codes: 0, 3 no such folder.
int run_sources_list(const SourcesOptions& options, const cli::Console& console);

/// Every problem with its place, the samples of each source included. Exit codes: 0, 3, 6 errors.
int run_sources_check(const SourcesOptions& options, const cli::Console& console);

} // namespace tanggap::app
