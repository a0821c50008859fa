#include "store/clickhouse/words.h"

#include "base/text.h"

namespace tanggap::store::clickhouse {
namespace {

/// What ClickHouse's splitByNonAlpha takes as part of a word.
bool is_word_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// A literal piece of the pattern; `open` ends touch a star, so a word there may go on.
struct Piece {
    std::string text;
    bool open_left = false;
    bool open_right = false;
};

std::vector<Piece> pieces_of(const query::Node& node)
{
    std::vector<Piece> pieces{{}};
    for (std::size_t i = 0; i < node.value.size(); ++i) {
        char c = node.value[i];
        if (node.wildcard && c == '*') {
            pieces.back().open_right = true;
            pieces.push_back({.text = {}, .open_left = true});
            continue;
        }
        if (node.wildcard && c == '\\' && i + 1 < node.value.size()) {
            c = node.value[++i];
        }
        pieces.back().text += c;
    }
    return pieces;
}

/// Adds the whole words of a piece: those with another sign, or a closed end, on both sides.
void add_tokens(const Piece& piece, bool edges_are_whole, std::vector<std::string>& tokens)
{
    const std::string text = base::to_lower_ascii(piece.text);
    for (std::size_t begin = 0; begin < text.size();) {
        if (!is_word_byte(text[begin])) {
            ++begin;
            continue;
        }
        std::size_t end = begin;
        while (end < text.size() && is_word_byte(text[end])) {
            ++end;
        }
        const bool left = begin > 0 || (edges_are_whole && !piece.open_left);
        const bool right = end < text.size() || (edges_are_whole && !piece.open_right);
        if (left && right) {
            tokens.push_back(text.substr(begin, end - begin));
        }
        begin = end;
    }
}

std::string quote_regex(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (!is_word_byte(c) && c != '_') { // RE2 takes no escape before a word character
            out += '\\';
        }
        out += c;
    }
    return out;
}

/// "(?:^|[^0-9a-z])web.*" for `web*`: needed where one end is closed and a star stands elsewhere.
std::string regex_of(const std::vector<Piece>& pieces)
{
    constexpr std::string_view kOther = "[^0-9a-z]";
    std::string out = "(?s)";
    if (!pieces.front().text.empty() && is_word_byte(pieces.front().text.front())) {
        out += "(?:^|" + std::string(kOther) + ")";
    }
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        out += (i > 0 ? "[0-9a-z_.-]*" : "") + quote_regex(base::to_lower_ascii(pieces[i].text));
    }
    if (!pieces.back().text.empty() && is_word_byte(pieces.back().text.back())) {
        out += "(?:$|" + std::string(kOther) + ")";
    }
    return out;
}

bool is_one_token(std::string_view text)
{
    for (const char c : text) {
        if (!is_word_byte(c)) {
            return false;
        }
    }
    return true;
}

} // namespace

WordSearch plan_word_search(const query::Node& node)
{
    WordSearch search;
    const std::vector<Piece> pieces = pieces_of(node);
    const bool phrase = node.quoted;
    for (const Piece& piece : pieces) {
        add_tokens(piece, !phrase, search.tokens);
    }
    if (!node.wildcard && !phrase && is_one_token(node.value)) {
        return search;
    }
    search.like = "%" + base::to_lower_ascii(query::like_pattern(node)) + "%";
    const bool anywhere = pieces.front().text.empty() && pieces.back().text.empty();
    if (node.wildcard && !phrase && !anywhere) {
        search.regex = regex_of(pieces);
    }
    return search;
}

} // namespace tanggap::store::clickhouse
