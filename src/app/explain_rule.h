// `tanggap rules explain RULE --event FILE`: one rule against the events of a file, line by line.
#pragma once

#include <cstdint>
#include <string>

#include "app/content.h"
#include "app/decode_file.h"
#include "cli/console.h"

namespace tanggap::app {

struct ExplainRuleOptions {
    ContentFolders folders = {};
    std::string rule;  ///< id, name or title of a loaded rule, or a rule file
    std::string event; ///< a log file; "-": standard input
    DecodeOptions decode = {};
    std::uint64_t record = 0; ///< ordinal in the file; 0: the first that matches, else the first
    bool json = false;
};

/// Prints the tree of the rule with what the event has at each line. Exit codes: 0 it ran, whatever
/// it found; 3 no such rule, file or record; 6 the rule has errors.
int run_explain_rule(const ExplainRuleOptions& options, const cli::Console& console);

} // namespace tanggap::app
