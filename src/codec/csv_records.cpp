#include "codec/csv_records.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "codec/detail/json_text.h"

namespace tanggap::codec {
namespace {

constexpr std::size_t kWindowBytes = std::size_t{64} * 1024;
constexpr std::size_t kColumnsMax = 1'024;

/// Takes one row from the front of `text`; false where its end is not in there.
/// Shape: cells in quotes may hold separators, line ends and doubled quotes.
bool take_row(std::string_view& text, char separator, bool whole, std::vector<std::string>& cells)
{
    cells.clear();
    std::string cell;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            const bool doubled = c == '"' && i + 1 < text.size() && text[i + 1] == '"';
            if (c != '"' || doubled) {
                cell += c;
            }
            i += doubled ? 1 : 0;
            quoted = c != '"' || doubled;
        } else if (c == '"' && cell.empty()) {
            quoted = true;
        } else if (c == separator) {
            cells.push_back(std::move(cell));
            cell.clear();
        } else if (c == '\n') {
            if (cell.ends_with('\r')) {
                cell.pop_back();
            }
            cells.push_back(std::move(cell));
            text.remove_prefix(i + 1);
            return true;
        } else {
            cell += c;
        }
    }
    if (!whole || quoted) {
        return false;
    }
    if (!cell.empty() || !cells.empty()) {
        cells.push_back(std::move(cell));
    }
    text = {};
    return true;
}

/// Names of columns as programs write them: "EventID", "Event Id", "@timestamp", "user.name".
bool is_name(std::string_view cell)
{
    constexpr std::size_t kNameBytesMax = 128;
    constexpr std::string_view kInside = " _-.()#/@%";
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               static_cast<unsigned char>(c) >= 0x80;
    };
    return !cell.empty() && cell.size() <= kNameBytesMax &&
           (letter(cell.front()) || cell.front() == '_' || cell.front() == '@') &&
           std::ranges::all_of(cell, [&](char c) {
               return letter(c) || (c >= '0' && c <= '9') ||
                      kInside.find(c) != std::string_view::npos;
           });
}

/// Words of which one is among the columns of any table of events: a row of values is not to be
/// taken for names.
bool is_telling(std::string_view cell)
{
    constexpr std::string_view kWords[] = {"time",   "date",     "event",   "host",     "user",
                                           "source", "src",      "message", "computer", "address",
                                           "level",  "severity", "_ip",     "ip_"};
    const std::string lower = base::to_lower_ascii(cell);
    return lower == "id" || lower == "ip" || std::ranges::any_of(kWords, [&](auto word) {
               return lower.find(word) != std::string::npos;
           });
}

bool are_names(const std::vector<std::string>& cells)
{
    constexpr std::size_t kColumnsMin = 3;
    const std::set<std::string_view> different(cells.begin(), cells.end());
    return cells.size() >= kColumnsMin && cells.size() <= kColumnsMax &&
           different.size() == cells.size() && std::ranges::all_of(cells, is_name) &&
           std::ranges::any_of(cells, is_telling);
}

class CsvReader final : public RecordReader {
public:
    CsvReader(std::unique_ptr<ByteReader> bytes, char separator)
        : bytes_(std::move(bytes)), separator_(separator), buffer_(kWindowBytes)
    {
    }

    base::Result<bool> next(model::Record& record) override
    {
        record.full_length = 0;
        record.full_sha256.clear();
        if (names_.empty()) {
            TRY(const bool found, next_row(record));
            if (!found) {
                return false;
            }
            names_ = cells_;
        }
        do {
            TRY(const bool found, next_row(record));
            if (!found) {
                return false;
            }
        } while (broken_.empty() && cells_.size() == 1 && base::trim(cells_[0]).empty());
        if (!broken_.empty()) {
            record.bytes = std::exchange(broken_, {});
        } else if (cells_.size() > names_.size()) {
            record.bytes = as_row();
        } else {
            write_object(record.bytes);
        }
        return true;
    }
    Framing framing() const override { return Framing::CsvRows; }
    std::uint64_t position() const override { return bytes_->position(); }

private:
    /// Reads a row into cells_, or what cannot be one into broken_. False: the end.
    base::Result<bool> next_row(model::Record& record)
    {
        for (;;) {
            std::string_view rest = std::string_view(waiting_).substr(taken_);
            const std::size_t before = rest.size();
            if (!rest.empty() && take_row(rest, separator_, ended_, cells_)) {
                taken_ += before - rest.size();
                if (cells_.empty()) {
                    continue;
                }
                return true;
            }
            if (ended_ || before > base::limits::kLineBytesMax) {
                if (failure_ && before == 0) {
                    return std::unexpected(*failure_);
                }
                broken_.assign(rest.substr(0, base::limits::kLineBytesMax));
                taken_ += broken_.size();
                record.full_length = 0;
                return !broken_.empty();
            }
            read_more();
        }
    }

    void read_more()
    {
        waiting_.erase(0, taken_);
        taken_ = 0;
        const auto got = bytes_->read(buffer_);
        if (!got) {
            failure_ = got.error();
        }
        ended_ = !got || *got == 0;
        waiting_.append(buffer_.data(), got.value_or(0));
    }

    std::string as_row() const
    {
        std::string out;
        for (const std::string& cell : cells_) {
            out += (out.empty() ? "" : std::string(1, separator_)) + cell;
        }
        return out;
    }

    void write_object(std::string& out) const
    {
        out = "{";
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            if (cells_[i].empty()) {
                continue;
            }
            out += out.size() > 1 ? "," : "";
            detail::append_json_string(out, names_[i]);
            out += ':';
            detail::append_json_string(out, cells_[i]);
        }
        out += '}';
    }

    std::unique_ptr<ByteReader> bytes_;
    char separator_;
    std::vector<char> buffer_;
    std::string waiting_;
    std::size_t taken_ = 0;
    bool ended_ = false;
    std::optional<base::Error> failure_;
    std::vector<std::string> names_;
    std::vector<std::string> cells_;
    std::string broken_;
};

} // namespace

char csv_separator(std::string_view head, bool whole)
{
    for (const char separator : {',', ';', '\t'}) {
        std::string_view rest = head;
        std::vector<std::string> cells;
        if (!take_row(rest, separator, whole, cells) || !are_names(cells)) {
            continue;
        }
        const std::size_t columns = cells.size();
        std::size_t rows = 0;
        bool fits = true;
        while (fits && !rest.empty() && take_row(rest, separator, whole, cells)) {
            const bool blank = cells.size() <= 1 && (cells.empty() || base::trim(cells[0]).empty());
            fits = blank || cells.size() == columns;
            rows += blank ? 0 : 1;
        }
        if (fits && rows > 0) {
            return separator;
        }
    }
    return 0;
}

std::unique_ptr<RecordReader> read_csv(std::unique_ptr<ByteReader> bytes, char separator)
{
    return std::make_unique<CsvReader>(std::move(bytes), separator);
}

} // namespace tanggap::codec
