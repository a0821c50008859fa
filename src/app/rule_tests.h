// `tanggap rules test PATH…`: rules against the samples that travel with them.
#pragma once

#include <string>
#include <vector>

#include "app/content.h"
#include "cli/console.h"

namespace tanggap::app {

struct RuleTestsOptions {
    ContentFolders folders = {};
    std::vector<std::string> paths = {}; ///< rule files, files of samples, folders of both
    bool jsonl = false;                  ///< an object for each sample
    bool strict = false;                 ///< a rule without samples is a failure
};

/// Each sample by itself, with the rules below the paths and those that are loaded anyway.
/// Exit codes: 0 every sample did what it should; 3 no such file, or no samples; 6 not so, or a
/// file has errors.
int run_rule_tests(const RuleTestsOptions& options, const cli::Console& console);

} // namespace tanggap::app
