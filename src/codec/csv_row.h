// Lines of the small tables that people keep in a spreadsheet: no cell holds a line break.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tanggap::codec {

/// One line of a table.
struct TableLine {
    std::size_t number = 0; ///< 1-based, in the file
    std::string_view text;  ///< trimmed; lives as long as the file
};

/// A table as lines. Passed over: a byte order mark, empty lines, those with #, and the first of
/// the others where its first cell is `head`.
struct Table {
    /// ';' where the first line that is no comment has no comma (so do spreadsheets write them in
    /// Indonesia).
    char separator = ',';
    std::vector<TableLine> lines;
};
Table read_table(std::string_view csv, std::string_view head);

/// UTF-8 without control characters but the tab.
bool is_plain_text(std::string_view text);

/// One line as cells, trimmed, those in quotes also around them; those that it does not have are
/// empty. False: it has more, a quote is not closed, or stands elsewhere than around a whole cell.
/// Source: RFC 4180 §2.
bool split_cells(std::string_view line, char separator, std::span<std::string> cells);

} // namespace tanggap::codec
