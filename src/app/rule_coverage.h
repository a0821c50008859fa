// `tanggap rules coverage LOGS…`: what the rules can find in the logs at hand.
#pragma once

#include <string>
#include <vector>

#include "app/content.h"
#include "app/decode_file.h"
#include "cli/console.h"

namespace tanggap::app {

struct RuleCoverageOptions {
    ContentFolders folders = {};
    std::vector<std::string> logs = {};  ///< files and folders of them
    std::vector<std::string> rules = {}; ///< files and folders in place of the loaded rules
    DecodeOptions decode = {};
    bool jsonl = false; ///< an object for each rule
};

/// Prints log sources with events and rules, techniques with rules that can fire, and every rule
/// that never can, with the reason. Exit codes: 0; 3 no such file; 6 no rule could be loaded; 8
/// some files could not be read.
int run_rule_coverage(const RuleCoverageOptions& options, const cli::Console& console);

} // namespace tanggap::app
