#include "query/text.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace tanggap::query::detail {
namespace {

/// Characters that a backslash makes ordinary in a bare word; before others it is itself ordinary,
/// so that C:\Windows can be typed.
constexpr std::string_view kEscapable = "\\*\" ():<>/-";

void append_literal(std::string& pattern, char c)
{
    if (c == '*' || c == '\\') {
        pattern += '\\';
    }
    pattern += c;
}

bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Edits between two words: replace, insert, remove, swap neighbours (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(above.begin(), above.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            row[j + 1] =
                std::min({above[j] + (a[i] == b[j] ? 0 : 1), above[j + 1] + 1, row[j] + 1});
            if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]) {
                row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
            }
        }
        before.swap(above);
        above.swap(row);
    }
    return above[b.size()];
}

} // namespace

std::string RawValue::literal() const
{
    return unescape_pattern(pattern);
}

bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool ends_word(char c)
{
    return is_space(c) || c == '(' || c == ')' || c == '"';
}

bool is_keyword_at(std::string_view text, std::size_t at, std::string_view word)
{
    if (!base::equals_ignore_case_ascii(text.substr(std::min(at, text.size()), word.size()),
                                        word)) {
        return false;
    }
    const std::size_t end = at + word.size();
    return end == text.size() || ends_word(text[end]);
}

RawValue read_word(std::string_view text, std::size_t at)
{
    RawValue value{.begin = at};
    while (at < text.size() && !ends_word(text[at])) {
        const char c = text[at];
        if (c == '\\' && at + 1 < text.size() && kEscapable.contains(text[at + 1])) {
            append_literal(value.pattern, text[at + 1]);
            at += 2;
            continue;
        }
        if (c == '*') {
            value.wildcard = true;
            value.pattern += '*';
        } else {
            append_literal(value.pattern, c);
        }
        ++at;
    }
    value.end = at;
    return value;
}

bool read_quoted(std::string_view text, std::size_t at, RawValue& value)
{
    constexpr std::string_view kEscapableInQuotes = "\\*\"";
    value = {.quoted = true, .begin = at};
    for (++at; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"') {
            value.end = at + 1;
            return true;
        }
        if (c == '\\' && at + 1 < text.size() && kEscapableInQuotes.contains(text[at + 1])) {
            append_literal(value.pattern, text[++at]);
        } else if (c == '*') {
            value.wildcard = true;
            value.pattern += '*';
        } else {
            append_literal(value.pattern, c);
        }
    }
    value.end = text.size();
    return false;
}

std::size_t name_length(std::string_view text, std::size_t at)
{
    const auto starts = [](char c) {
        return (is_letter_or_digit(c) && (c > '9')) || c == '_' || c == '@';
    };
    if (at >= text.size() || !starts(text[at])) {
        return 0;
    }
    std::size_t end = at + 1;
    while (end < text.size() &&
           (is_letter_or_digit(text[end]) || std::string_view("_.-@").contains(text[end]))) {
        ++end;
    }
    return end - at;
}

std::string unescape_pattern(std::string_view pattern)
{
    std::string out;
    out.reserve(pattern.size());
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\\' && i + 1 < pattern.size()) {
            ++i;
        }
        out += pattern[i];
    }
    return out;
}

bool is_plain(std::string_view pattern, bool wildcard, Place place)
{
    const auto ordinary = [&](char c) {
        const bool anywhere = is_letter_or_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
                              std::string_view("_.@%+,;/-").contains(c);
        return anywhere || (c == '*' && wildcard) || (c == ':' && place == Place::Value);
    };
    if (pattern.empty() || !std::ranges::all_of(pattern, ordinary)) {
        return false;
    }
    if (pattern.front() == '-' || pattern.front() == '/') {
        return false;
    }
    return place == Place::Value ||
           std::ranges::none_of(
               std::initializer_list<std::string_view>{"and", "or", "not"},
               [&](auto word) { return base::equals_ignore_case_ascii(word, pattern); });
}

std::string closest(std::string_view word, const std::vector<std::string>& known)
{
    const std::string wanted = base::to_lower_ascii(word.substr(0, 64));
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(1, wanted.size() / 3) + 1;
    for (const std::string& candidate : known) {
        std::string name = base::to_lower_ascii(candidate);
        // "src_ip" and "ip" are as good as "src.ip" to whoever typed them.
        const bool tail = name.size() > wanted.size() && wanted.size() > 1 &&
                          name.ends_with(wanted) && name[name.size() - wanted.size() - 1] == '.';
        const std::size_t found = tail ? 1 : distance(wanted, name);
        if (found < best_distance) {
            best_distance = found;
            best = candidate;
        }
    }
    return best;
}

} // namespace tanggap::query::detail
