// `tanggap hunt`: rules over files, without a server. Memory does not grow with the files.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "app/content.h"
#include "base/time.h"
#include "model/detection.h"

namespace tanggap::app {

struct HuntOptions {
    enum class Form : std::uint8_t {
        Table,     ///< for people: one block a rule
        JsonLines, ///< one finding a line
    };

    std::vector<std::string> files;
    std::vector<std::string> rules; ///< files and folders; empty: the rules of the content
    Form form = Form::JsonLines;
    bool summary_json = false; ///< the summary as one JSON object instead of text
    bool strict = false;       ///< refuse expressions that need the backtracking engine
    std::optional<model::Level> fail_on;
    std::string source;   ///< content id; empty: chosen from each file's first records
    std::string timezone; ///< empty: UTC
    std::optional<base::Time> reference_time; ///< empty: each file's time of last change
};

/// Units: seconds of wall time. records = events + quarantined (rulings 52).
struct HuntSummary {
    std::uint64_t files = 0;
    std::uint64_t unreadable = 0; ///< files that could not be read, or not to their end
    std::uint64_t records = 0;
    std::uint64_t events = 0;
    std::uint64_t quarantined = 0;
    std::uint64_t detections = 0;
    double seconds = 0;
    std::optional<model::Level> highest; ///< level found
};

/// Exit codes of rulings 50: 0 it ran; 8 some input could not be read; 10 a finding of `fail_on`
/// or above; 6 no rule could be loaded.
int exit_code_of(const HuntOptions& options, const HuntSummary& summary);

/// Findings go to `out`; what is wrong with rules and files, and the summary, to `errors`.
/// Errors: Invalid where no rule or source loads, or an option names nothing; NotFound for --rules.
base::Result<HuntSummary> hunt(const HuntOptions& options, const Content& content,
                               std::ostream& out, std::ostream& errors);

} // namespace tanggap::app
