// `tanggap rules list|check|import`: rule files, without a server.
#pragma once

#include <string>
#include <vector>

#include "app/content.h"
#include "cli/console.h"

namespace tanggap::app {

struct RulesOptions {
    ContentFolders folders = {};
    std::vector<std::string> paths = {}; ///< check: files and folders; empty: the loaded content
    bool jsonl = false;                  ///< an object a line
    bool strict = false;                 ///< check: warnings count as errors
};

/// The rules that would be loaded, by id. Exit codes: 0, 3 no such folder.
int run_rules_list(const RulesOptions& options, const cli::Console& console);

/// Every problem with its place. Exit codes: 0 none or only warnings, 3 no such file, 6 errors.
int run_rules_check(const RulesOptions& options, const cli::Console& console);

struct RulesImportOptions {
    std::string from;
    std::string data = "var";
    std::string content = {};
    bool replace = false; ///< over files of the same name with other content
    bool dry_run = false;
};

/// Copies the rule files below a folder to DATA/content/rules, the tree kept; what has errors stays
/// out and is said (rulings 11). Exit codes: 0, 3 no such folder, 5 a file is there with other
/// content, 6 no rule is right, 8 some are not.
int run_rules_import(const RulesImportOptions& options, const cli::Console& console);

} // namespace tanggap::app
