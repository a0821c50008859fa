// `tanggap hunt`: rules over files, without a server. Memory does not grow with the files.
//
// Threads are alike: each reads the next piece (one at a time), hunts it, and hands in what it
// found; what is next in order is then counted and printed. The output is the same for any number
// of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "app/content.h"
#include "app/hunt/finding.h"
#include "app/hunt/print.h"
#include "app/hunt/progress.h"
#include "base/time.h"
#include "model/detection.h"

namespace tanggap::app {

struct HuntOptions {
    enum class Form : std::uint8_t {
        Table,     ///< for people: by level and rule
        Timeline,  ///< for people: one finding a line, by time
        JsonLines, ///< one finding a line
        Csv,       ///< one finding a row
    };

    std::vector<std::string> files;      ///< also folders and archives; "-": standard input
    std::vector<std::string> rules;      ///< files and folders; empty: the rules of the content
    std::vector<std::string> indicators; ///< files of indicators, each in any format we read
    Form form = Form::JsonLines;
    std::string html;          ///< file for a page of its own, besides `form`; empty: none
    bool summary_json = false; ///< the summary as one JSON object instead of text
    bool strict = false;       ///< refuse expressions that need the backtracking engine
    bool tamper = false;       ///< signs of tampering also as JSON lines and CSV rows
    std::optional<model::Level> fail_on;
    std::string source;   ///< content id; empty: chosen from each file's first records
    std::string timezone; ///< empty: UTC
    std::optional<base::Time> reference_time; ///< empty: each file's time of last change
    std::optional<base::Time> since;          ///< events before are not hunted
    std::optional<base::Time> until;          ///< nor events from here on
    hunting::FindingFilter filter;
    std::size_t threads = 0; ///< 0: as many as the machine has
    hunting::PrintStyle style;
    hunting::ProgressStyle progress = hunting::ProgressStyle::None;
    const std::atomic<bool>* stop = nullptr; ///< set: end after the pieces at hand
};

/// Units: seconds of wall time. records = events + quarantined (rulings 52).
struct HuntSummary {
    std::uint64_t files = 0;
    std::uint64_t unreadable = 0; ///< files that could not be read, or not to their end
    std::uint64_t records = 0;
    std::uint64_t events = 0;
    std::uint64_t quarantined = 0;
    std::uint64_t detections = 0;
    std::uint64_t tamper_signs = 0; ///< no detections: what an event log itself shows
    bool interrupted = false;
    double seconds = 0;
    std::optional<model::Level> highest; ///< level found
};

/// Exit codes of rulings 50: 0 it ran; 8 some input could not be read; 10 a finding of `fail_on`
/// or above; 130 it was interrupted; 6 no rule could be loaded.
int exit_code_of(const HuntOptions& options, const HuntSummary& summary);

/// Findings go to `out`; what is wrong with rules and files, and the summary, to `errors`.
/// Errors: Invalid where no rule or source loads, or an option names nothing; NotFound for --rules.
base::Result<HuntSummary> hunt(const HuntOptions& options, const Content& content,
                               std::ostream& out, std::ostream& errors);

} // namespace tanggap::app
