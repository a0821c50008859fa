// `tanggap parse --raw FILE.evtx`: records of event logs as they are, not as events.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/console.h"

namespace tanggap::app {

/// As other parsers print them: JSON with "#attributes" or with attributes beside their element
/// (GUIDs bare, times with six digits), or XML as Windows shows it.
enum class EvtxForm : std::uint8_t { Json, SeparateAttributes, Xml };

struct PrintEvtxOptions {
    std::vector<std::string> files; ///< "-": standard input; also packed with gzip or zstd
    EvtxForm form = EvtxForm::Json;
    bool strict = false;  ///< exit 8 when a record could not be read
    bool recover = false; ///< read on behind a damaged record in its chunk
};

/// One record a line (of XML: with the line breaks of its values); what cannot be read is named on
/// stderr. Returns: as run_parse.
int print_evtx(const PrintEvtxOptions& options, const cli::Console& console);

} // namespace tanggap::app
