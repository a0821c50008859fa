#include "codec/csv_row.h"

#include <algorithm>

#include "base/text.h"

namespace tanggap::codec {
namespace {

/// Takes one cell and the separator behind it.
std::string take_cell(std::string_view& line, char separator)
{
    std::string out;
    if (!line.starts_with('"')) {
        const auto end = std::min(line.find(separator), line.size());
        out = base::trim(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
        return out;
    }
    std::size_t i = 1;
    for (; i < line.size(); ++i) {
        if (line[i] == '"' && (i + 1 == line.size() || line[i + 1] != '"')) {
            break;
        }
        i += line[i] == '"' ? 1 : 0;
        out += line[i];
    }
    const auto next = line.find(separator, std::min(i, line.size()));
    line.remove_prefix(next == std::string_view::npos ? line.size() : next + 1);
    return std::string(base::trim(out));
}

char separator_of(std::string_view csv)
{
    const std::string_view first = csv.substr(0, csv.find('\n'));
    return first.find(',') == first.npos && first.find(';') != first.npos ? ';' : ',';
}

bool is_head(std::string_view line, char separator, std::string_view head)
{
    return base::equals_ignore_case_ascii(take_cell(line, separator), head);
}

} // namespace

Table read_table(std::string_view csv, std::string_view head)
{
    csv.remove_prefix(csv.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    Table table{.separator = separator_of(csv), .lines = {}};
    for (std::size_t number = 1; !csv.empty(); ++number) {
        const auto end = std::min(csv.find('\n'), csv.size());
        const std::string_view line = base::trim(csv.substr(0, end));
        csv.remove_prefix(std::min(end + 1, csv.size()));
        const bool passed_over = line.empty() || line.starts_with('#') ||
                                 (number == 1 && is_head(line, table.separator, head));
        if (!passed_over) {
            table.lines.push_back({number, line});
        }
    }
    return table;
}

bool is_plain_text(std::string_view text)
{
    return base::is_utf8(text) && std::ranges::none_of(text, [](char c) {
               return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f';
           });
}

bool split_cells(std::string_view line, char separator, std::span<std::string> cells)
{
    const bool closed = std::ranges::count(line, '"') % 2 == 0;
    for (std::string& cell : cells) {
        cell = take_cell(line, separator);
    }
    return line.empty() && closed;
}

} // namespace tanggap::codec
