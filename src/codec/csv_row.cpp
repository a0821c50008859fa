#include "codec/csv_row.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"

namespace tanggap::codec {
namespace {

/// Where the quoted text that begins with `line` ends, behind the quote that closes it; `text` is
/// what stands in it. Nothing: it is not closed.
std::optional<std::size_t> read_quoted(std::string_view line, std::string& text)
{
    for (std::size_t i = 1; i < line.size(); ++i) {
        const bool quote = line[i] == '"';
        if (quote && !line.substr(i + 1).starts_with('"')) {
            return i + 1;
        }
        i += quote ? 1 : 0;
        text += line[i];
    }
    return std::nullopt;
}

/// Takes one cell and the separator behind it. Nothing: a quote stands where none may, or text
/// behind one.
std::optional<std::string> take_cell(std::string_view& line, char separator)
{
    line = base::trim(line);
    std::string quoted;
    const bool is_quoted = line.starts_with('"');
    const auto behind = is_quoted ? read_quoted(line, quoted) : std::size_t{0};
    if (!behind) {
        return std::nullopt;
    }
    const auto end = std::min(line.find(separator, *behind), line.size());
    const std::string_view plain = base::trim(line.substr(*behind, end - *behind));
    line.remove_prefix(std::min(end + 1, line.size()));
    if (is_quoted ? !plain.empty() : plain.contains('"')) {
        return std::nullopt;
    }
    return std::string(base::trim(is_quoted ? quoted : plain));
}

char separator_of(std::string_view line)
{
    return !line.contains(',') && line.contains(';') ? ';' : ',';
}

bool is_head(std::string_view line, char separator, std::string_view head)
{
    const auto cell = take_cell(line, separator);
    return cell && base::equals_ignore_case_ascii(*cell, head);
}

} // namespace

Table read_table(std::string_view csv, std::string_view head)
{
    csv.remove_prefix(csv.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    Table table;
    bool first = true;
    for (std::size_t number = 1; !csv.empty(); ++number) {
        const auto end = std::min(csv.find('\n'), csv.size());
        const std::string_view line = base::trim(csv.substr(0, end));
        csv.remove_prefix(std::min(end + 1, csv.size()));
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        table.separator = first ? separator_of(line) : table.separator;
        if (!std::exchange(first, false) || !is_head(line, table.separator, head)) {
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
    for (std::string& cell : cells) {
        auto taken = take_cell(line, separator);
        if (!taken) {
            return false;
        }
        cell = std::move(*taken);
    }
    return line.empty();
}

} // namespace tanggap::codec
