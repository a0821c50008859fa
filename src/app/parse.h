// `tanggap parse FILE…`: what a file says, one event a line.
#pragma once

#include <string>
#include <vector>

#include "app/decode_file.h"
#include "cli/console.h"

namespace tanggap::app {

struct ParseOptions {
    std::vector<std::string> files; ///< "-": standard input
    DecodeOptions decode;
    bool strict = false; ///< exit 8 when a record was quarantined
    bool quarantine =
        false; ///< quarantined records are printed too, as {"tanggap":{"quarantine":…}}
};

/// Prints events as JSON lines on `console.out`, what was quarantined on `console.err`.
/// Returns: 0; 8 with `strict` and a quarantined record, or when some file could not be read
/// (the error's own code when nothing could); 2 for a wrong option.
int run_parse(const ParseOptions& options, const normalize::Sources& sources,
              const cli::Console& console);

} // namespace tanggap::app
