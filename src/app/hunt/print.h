// A hunt's findings for people and spreadsheets: the summary table, the timeline, CSV.
#pragma once

#include <iosfwd>
#include <string>

#include "app/hunt/overview.h"

namespace tanggap::app::hunting {

enum class Language : std::uint8_t { Indonesian, English };
/// LC_ALL, LC_MESSAGES or LANG: "id…" is Indonesian, others English.
Language language_of_environment();

struct PrintStyle {
    bool colour = false;
    Language language = Language::English;
    std::size_t columns = 100; ///< of the terminal
};

/// By level and rule: counts, first and last, hosts, techniques, one example each.
void print_summary(std::ostream& out, const Overview& overview, const PrintStyle& style);
/// One line a finding, by time. Says so where not all were kept.
void print_timeline(std::ostream& out, const Overview& overview, const PrintStyle& style);

/// RFC 4180. A cell that a spreadsheet would run as a formula gets a ' in front.
std::string csv_head();
std::string csv_row(const Finding& finding);

} // namespace tanggap::app::hunting
