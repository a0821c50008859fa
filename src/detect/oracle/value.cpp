#define PCRE2_CODE_UNIT_WIDTH 8
#include "detect/oracle/value.h"

#include <arpa/inet.h>
#include <pcre2.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace tanggap::detect::oracle {
namespace {

const std::vector<std::string> kDashes{"-", "/", "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x80\x95"};

std::string lower(std::string text)
{
    for (auto& c : text) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c + 32);
        }
    }
    return text;
}

void add_bytes(Pieces& pieces, const std::string& bytes)
{
    if (bytes.empty()) {
        return;
    }
    if (pieces.empty() || pieces.back().kind != Piece::Kind::Bytes) {
        pieces.push_back({});
    }
    pieces.back().bytes += bytes;
}

/// `\*`, `\?` and `\\` are plain; any other backslash is itself.
Pieces read_pieces(const std::string& text)
{
    Pieces out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escapes =
            text[i] == '\\' && i + 1 < text.size() && std::strchr("*?\\", text[i + 1]) != nullptr;
        if (escapes) {
            ++i;
            add_bytes(out, std::string(1, text[i]));
        } else if (text[i] == '*') {
            out.push_back({.kind = Piece::Kind::Star, .bytes = {}});
        } else if (text[i] == '?') {
            out.push_back({.kind = Piece::Kind::Question, .bytes = {}});
        } else {
            add_bytes(out, std::string(1, text[i]));
        }
    }
    return out;
}

/// Bytes of the character at `at`; bytes that are no UTF-8 stand each for itself.
std::size_t character(const std::string& text, std::size_t at)
{
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t wanted = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1;
    for (std::size_t i = 1; i < wanted; ++i) {
        if (at + i >= text.size() || (static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) {
            return 1;
        }
    }
    return wanted;
}

/// Every place of `text` that can be reached by the pieces so far.
bool fits(const Pieces& pieces, const std::string& text)
{
    std::vector<bool> here(text.size() + 1);
    here[0] = true;
    for (const auto& piece : pieces) {
        std::vector<bool> next(text.size() + 1);
        for (std::size_t i = 0; i <= text.size(); ++i) {
            if (!here[i]) {
                continue;
            }
            if (piece.kind == Piece::Kind::Star) {
                for (auto j = i; j < text.size(); j += character(text, j)) {
                    next[j] = true;
                }
                next[text.size()] = true;
                break;
            }
            if (piece.kind == Piece::Kind::Question && i < text.size()) {
                next[i + character(text, i)] = true;
            }
            if (piece.kind == Piece::Kind::Bytes &&
                text.compare(i, piece.bytes.size(), piece.bytes) == 0) {
                next[i + piece.bytes.size()] = true;
            }
            if (piece.kind == Piece::Kind::Dash) {
                for (const auto& dash : kDashes) {
                    if (text.compare(i, dash.size(), dash) == 0) {
                        next[i + dash.size()] = true;
                    }
                }
            }
        }
        here = std::move(next);
    }
    return here[text.size()];
}

bool is_word_at(const std::string& text, std::size_t at)
{
    const auto c = static_cast<unsigned char>(text[at]);
    return std::isalnum(c) != 0 || c == '_' || c >= 0x80;
}

std::size_t dash_at(const std::string& text, std::size_t at)
{
    for (const auto& dash : kDashes) {
        if (text.compare(at, dash.size(), dash) == 0) {
            return dash.size();
        }
    }
    return 0;
}

/// A dash or slash with no word before it and one behind it may be any of the five.
Pieces with_any_dash(const Pieces& pieces)
{
    Pieces out;
    for (const auto& piece : pieces) {
        if (piece.kind != Piece::Kind::Bytes) {
            out.push_back(piece);
            continue;
        }
        bool word_before = false;
        for (std::size_t i = 0; i < piece.bytes.size();) {
            const auto length = dash_at(piece.bytes, i);
            const auto behind = i + length;
            const bool opens = length > 0 && !word_before && behind < piece.bytes.size() &&
                               dash_at(piece.bytes, behind) == 0 && is_word_at(piece.bytes, behind);
            if (opens) {
                out.push_back({.kind = Piece::Kind::Dash, .bytes = {}});
            } else {
                add_bytes(out, piece.bytes.substr(i, std::max<std::size_t>(length, 1)));
            }
            word_before = length == 0 && is_word_at(piece.bytes, i);
            i += std::max<std::size_t>(length, 1);
        }
    }
    return out;
}

/// All ways to write the pieces as plain text; nothing where there are wildcards.
std::optional<std::vector<std::string>> plain_texts(const Pieces& pieces)
{
    std::vector<std::string> out{""};
    for (const auto& piece : pieces) {
        std::vector<std::string> longer;
        for (const auto& head : out) {
            if (piece.kind == Piece::Kind::Bytes) {
                longer.push_back(head + piece.bytes);
            } else if (piece.kind == Piece::Kind::Dash) {
                for (const auto& dash : kDashes) {
                    longer.push_back(head + dash);
                }
            } else {
                return std::nullopt;
            }
        }
        out = std::move(longer);
    }
    return out;
}

/// Source: RFC 4648 §4, bit by bit.
std::string base64(const std::string& bytes)
{
    static const char* const kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bits;
    for (const char c : bytes) {
        for (int bit = 7; bit >= 0; --bit) {
            bits += (static_cast<unsigned char>(c) >> bit & 1) != 0 ? '1' : '0';
        }
    }
    bits.resize((bits.size() + 5) / 6 * 6, '0');
    std::string out;
    for (std::size_t i = 0; i < bits.size(); i += 6) {
        out += kLetters[std::stoi(bits.substr(i, 6), nullptr, 2)];
    }
    out.resize((out.size() + 3) / 4 * 4, '=');
    return out;
}

/// Letters that depend on no byte outside of `bytes` when it begins `offset` bytes into the text.
std::string base64_inside(const std::string& bytes, std::size_t offset)
{
    const auto whole = base64(std::string(offset, '.') + bytes);
    const auto first = (offset * 8 + 5) / 6;
    const auto last = (offset + bytes.size()) * 8 / 6;
    return whole.substr(first, last > first ? last - first : 0);
}

std::string utf16(const std::string& text, bool big, bool mark)
{
    std::string out;
    const auto unit = [&](unsigned value) {
        const auto high = static_cast<char>(value >> 8);
        const auto low = static_cast<char>(value & 0xFF);
        out += big ? high : low;
        out += big ? low : high;
    };
    if (mark) {
        unit(0xFEFF);
    }
    for (std::size_t i = 0; i < text.size();) {
        const auto length = character(text, i);
        unsigned point = static_cast<unsigned char>(text[i]);
        if (length > 1) {
            point &= 0xFFU >> (length + 1);
            for (std::size_t k = 1; k < length; ++k) {
                point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
            }
        }
        if (point >= 0x10000) {
            unit(0xD800 + ((point - 0x10000) >> 10));
            unit(0xDC00 + ((point - 0x10000) & 0x3FF));
        } else {
            unit(point);
        }
        i += length;
    }
    return out;
}

using Placeholders = std::vector<std::pair<std::string, std::string>>;

/// Name of the placeholder that begins at `at`; empty where none does.
std::string placeholder_at(const std::string& text, std::size_t at)
{
    const auto close = text[at] == '%' ? text.find('%', at + 1) : std::string::npos;
    if (close == std::string::npos) {
        return {};
    }
    const auto name = text.substr(at + 1, close - at - 1);
    const bool word = std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
    });
    return word ? name : std::string();
}

std::optional<std::vector<Pieces>> expanded(const Pieces& pieces, const Placeholders& placeholders)
{
    std::vector<Pieces> out(1);
    for (const auto& piece : pieces) {
        if (piece.kind != Piece::Kind::Bytes) {
            for (auto& one : out) {
                one.push_back(piece);
            }
            continue;
        }
        for (std::size_t i = 0; i < piece.bytes.size();) {
            const auto name = placeholder_at(piece.bytes, i);
            if (name.empty()) {
                const bool escaped = piece.bytes.compare(i, 2, "\\%") == 0;
                for (auto& one : out) {
                    add_bytes(one, escaped ? "%" : std::string(1, piece.bytes[i]));
                }
                i += escaped ? 2 : 1;
                continue;
            }
            std::vector<Pieces> longer;
            for (const auto& [known, value] : placeholders) {
                if (known == name) {
                    for (auto one : out) {
                        for (const auto& more : read_pieces(value)) {
                            if (more.kind == Piece::Kind::Bytes) {
                                add_bytes(one, more.bytes);
                            } else {
                                one.push_back(more);
                            }
                        }
                        longer.push_back(std::move(one));
                    }
                }
            }
            if (longer.empty()) {
                return std::nullopt;
            }
            out = std::move(longer);
            i += name.size() + 2;
        }
    }
    return out;
}

std::shared_ptr<void> compiled(const std::string& expression, std::uint32_t flags)
{
    int error = 0;
    PCRE2_SIZE offset = 0;
    auto* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(),
                               flags | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY,
                               &error, &offset, nullptr);
    return {code, FreeExpression{}};
}

/// Where the last character of a text is cut, RE2 sees its end there and PCRE2 does not: of
/// expressions that match nothing but the end (`b*$`) the two then differ. Events hold whole
/// characters only, so no event shows it.
bool found(const std::shared_ptr<void>& expression, const std::string& text)
{
    auto* code = static_cast<pcre2_code*>(expression.get());
    auto* data = pcre2_match_data_create(1, nullptr);
    const auto result = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0,
                                    0, data, nullptr);
    pcre2_match_data_free(data);
    return result >= 0;
}

/// Address as bits, most significant first; "4" or "6" in front.
std::string address_bits(std::string text)
{
    text = text.substr(0, text.find('%'));
    unsigned char bytes[16];
    std::string bits;
    std::size_t count = 0;
    if (inet_pton(AF_INET, text.c_str(), bytes) == 1) {
        bits = "4";
        count = 4;
    } else if (inet_pton(AF_INET6, text.c_str(), bytes) == 1) {
        bits = "6";
        count = 16;
    }
    for (std::size_t i = 0; i < count; ++i) {
        for (int bit = 7; bit >= 0; --bit) {
            bits += (bytes[i] >> bit & 1) != 0 ? '1' : '0';
        }
    }
    // ::ffff:a.b.c.d is a.b.c.d.
    const std::string mapped = "6" + std::string(80, '0') + std::string(16, '1');
    return bits.compare(0, mapped.size(), mapped) == 0 ? "4" + bits.substr(mapped.size()) : bits;
}

bool in_network(const std::string& network, const std::string& text)
{
    const auto slash = network.find('/');
    const auto base = network.substr(0, slash);
    auto bits = address_bits(base);
    const auto address = address_bits(text);
    auto length = slash == std::string::npos
                      ? std::string::npos
                      : static_cast<std::size_t>(std::stoul(network.substr(slash + 1)));
    const bool mapped = !bits.empty() && bits[0] == '4' && base.find(':') != std::string::npos;
    if (mapped && length != std::string::npos) {
        if (length < 96) {
            return false; // an IPv6 network that only begins like a mapped address
        }
        length -= 96;
    }
    bits = length == std::string::npos ? bits : bits.substr(0, length + 1);
    return !bits.empty() && address.compare(0, bits.size(), bits) == 0;
}

/// A decimal number, whole; "7", "-7.5", "1e3".
std::optional<long double> number_in(const std::string& text)
{
    const bool begins = !text.empty() && (std::isdigit(static_cast<unsigned char>(text[0])) != 0 ||
                                          text[0] == '-' || text[0] == '.');
    char* end = nullptr;
    const auto value = std::strtold(text.c_str(), &end);
    const bool hexadecimal = text.find_first_of("xX") != std::string::npos;
    if (!begins || *end != '\0' || hexadecimal || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

std::optional<long double> number_of(const model::Value& value)
{
    using Kind = model::Value::Kind;
    if (value.kind == Kind::Bool) {
        return std::nullopt;
    }
    if (value.kind == Kind::Integer) {
        return static_cast<long double>(value.integer);
    }
    if (value.kind == Kind::Float) {
        return static_cast<long double>(value.real);
    }
    return number_in(std::string(value.text));
}

int days_in(int year, int month)
{
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    static const int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap ? 29 : kDays[month - 1];
}

/// Day of the week, Monday 0. Source: Gauss, by counting days.
int weekday_of(int year, int month, int day)
{
    long days = 0; // since Monday, 0001-01-01
    for (int y = 1; y < year; ++y) {
        days += 337 + days_in(y, 2);
    }
    for (int m = 1; m < month; ++m) {
        days += days_in(year, m);
    }
    return static_cast<int>((days + day - 1) % 7);
}

int day_of_year(int year, int month, int day)
{
    for (int m = 1; m < month; ++m) {
        day += days_in(year, m);
    }
    return day;
}

/// ISO 8601: the week belongs to the year that has its Thursday.
int week_of(int year, int month, int day)
{
    const int weekday = weekday_of(year, month, day);
    const int week = (day_of_year(year, month, day) - (weekday + 1) + 10) / 7;
    if (week < 1) {
        return week_of(year - 1, 12, 31);
    }
    const int last = day_of_year(year, 12, 31);
    const bool next_year = day_of_year(year, month, day) + 3 - weekday > last;
    return next_year ? 1 : week;
}

/// Part of a time as it is written.
std::optional<long double> time_part(const std::string& text, const std::string& part)
{
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    const auto digits = [&](std::size_t at, std::size_t count) {
        return text.size() >= at + count &&
               std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                           text.begin() + static_cast<std::ptrdiff_t>(at + count),
                           [](unsigned char c) { return std::isdigit(c) != 0; });
    };
    const bool date =
        digits(0, 4) && text[4] == '-' && digits(5, 2) && text[7] == '-' && digits(8, 2);
    if (!date) {
        return std::nullopt;
    }
    year = std::stoi(text.substr(0, 4));
    month = std::stoi(text.substr(5, 2));
    day = std::stoi(text.substr(8, 2));
    if (text.size() > 10) {
        const bool clock =
            std::strchr("Tt ", text[10]) != nullptr && digits(11, 2) && text.size() > 13 &&
            text[13] == ':' && digits(14, 2) &&
            !(text.size() > 16 && std::isdigit(static_cast<unsigned char>(text[16])) != 0);
        if (!clock) {
            return std::nullopt;
        }
        hour = std::stoi(text.substr(11, 2));
        minute = std::stoi(text.substr(14, 2));
    }
    if (month < 1 || month > 12 || day < 1 || day > days_in(year, month) || hour > 23 ||
        minute > 59) {
        return std::nullopt;
    }
    return part == "minute"  ? minute
           : part == "hour"  ? hour
           : part == "day"   ? day
           : part == "week"  ? week_of(year, month, day)
           : part == "month" ? month
                             : year;
}

bool compares(const Question& question, const model::Value& value)
{
    const auto left = question.part.empty() ? number_of(value)
                                            : time_part(std::string(value.text), question.part);
    const auto right = number_in(question.number);
    if (!left || !right) {
        return false;
    }
    return question.compare == "lt"    ? *left < *right
           : question.compare == "lte" ? *left <= *right
           : question.compare == "gt"  ? *left > *right
           : question.compare == "gte" ? *left >= *right
                                       : *left == *right;
}

bool text_holds(const Question& question, const model::Value& value)
{
    const auto text = question.cased ? std::string(value.text) : lower(std::string(value.text));
    for (auto pieces : question.any) {
        for (auto& piece : pieces) {
            piece.bytes = question.cased ? piece.bytes : lower(piece.bytes);
        }
        if (fits(pieces, text)) {
            return true;
        }
        // 4625 is 4625.0.
        const bool both = question.is_number && value.kind == model::Value::Kind::Float &&
                          pieces.size() == 1 && pieces[0].kind == Piece::Kind::Bytes;
        if (both && number_in(pieces[0].bytes) == static_cast<long double>(value.real)) {
            return true;
        }
    }
    return false;
}

/// Modifiers in order, over one value.
class Reader {
public:
    Reader(const codec::YamlNode& node, const Placeholders& placeholders)
        : node_(node), placeholders_(placeholders)
    {
        if (const auto integer = node.as_integer()) {
            question_.is_number = true;
            question_.any.push_back({});
            add_bytes(question_.any.back(), std::to_string(*integer));
            if (node.text != std::to_string(*integer)) {
                question_.any.push_back({});
                add_bytes(question_.any.back(), node.text);
            }
        } else if (const auto number = node.as_number()) {
            question_.is_number = true;
            char shortest[64];
            int digits = 1;
            do {
                std::snprintf(shortest, sizeof shortest, "%.*g", digits, *number);
            } while (std::strtod(shortest, nullptr) != *number && ++digits < 18);
            question_.any.push_back({});
            add_bytes(question_.any.back(), shortest);
            question_.any.push_back({});
            add_bytes(question_.any.back(), node.text);
        } else {
            question_.any.push_back(read_pieces(node.text));
        }
    }

    std::optional<Question> read(const std::vector<std::string>& modifiers, bool keyword)
    {
        if (node_.is_null()) {
            question_.kind = Question::Kind::Null;
            return modifiers.empty() && !keyword ? std::optional(question_) : std::nullopt;
        }
        for (const auto& modifier : modifiers) {
            if (!apply(modifier)) {
                return std::nullopt;
            }
        }
        if (question_.kind == Question::Kind::Text && keyword && !wrapped_) {
            wrap("contains");
        }
        if (question_.kind == Question::Kind::Expression && !compile()) {
            return std::nullopt;
        }
        question_.is_number = question_.is_number && !wrapped_ && !(keyword && wrapped_);
        return question_;
    }

private:
    using Kind = Question::Kind;

    bool unchanged() const { return question_.kind == Kind::Text && !changed_; }

    bool become(Kind kind)
    {
        const bool may = unchanged();
        question_.kind = kind;
        return may;
    }

    void wrap(const std::string& where)
    {
        wrapped_ = true;
        changed_ = true;
        for (auto& pieces : question_.any) {
            if (where != "startswith") {
                pieces.insert(pieces.begin(), {.kind = Piece::Kind::Star, .bytes = {}});
            }
            if (where != "endswith") {
                pieces.push_back({.kind = Piece::Kind::Star, .bytes = {}});
            }
        }
    }

    template <class Encode>
    bool encode(Encode encoder)
    {
        std::vector<Pieces> out;
        for (const auto& pieces : question_.any) {
            const auto plains = plain_texts(pieces);
            if (question_.kind != Kind::Text || !plains) {
                return false;
            }
            for (const auto& plain : *plains) {
                for (const auto& text : encoder(plain)) {
                    out.push_back({});
                    add_bytes(out.back(), text);
                }
            }
        }
        changed_ = true;
        question_.any = std::move(out);
        return true;
    }

    bool apply(const std::string& modifier)
    {
        using Texts = std::vector<std::string>;
        if (modifier == "contains" || modifier == "startswith" || modifier == "endswith") {
            return apply_place(modifier);
        }
        if (modifier == "all" || modifier == "neq") {
            return true; // of the whole line
        }
        if (modifier == "cased") {
            question_.cased = true;
            return true;
        }
        if (modifier == "exists") {
            question_.exists = node_.as_bool().value_or(true);
            return become(Kind::Exists) && node_.as_bool().has_value();
        }
        if (modifier == "windash") {
            for (auto& pieces : question_.any) {
                pieces = with_any_dash(pieces);
            }
            changed_ = true;
            return question_.kind == Kind::Text;
        }
        if (modifier == "re") {
            texts_ = {node_.text};
            return become(Kind::Expression);
        }
        if (question_.kind == Kind::Expression) {
            return apply_flag(modifier);
        }
        if (modifier == "base64") {
            question_.cased = true;
            return encode([](const std::string& text) { return Texts{base64(text)}; });
        }
        if (modifier == "base64offset") {
            question_.cased = true;
            return encode([](const std::string& text) {
                return Texts{base64_inside(text, 0), base64_inside(text, 1),
                             base64_inside(text, 2)};
            });
        }
        if (modifier == "wide" || modifier == "utf16le" || modifier == "utf16be" ||
            modifier == "utf16") {
            return encode([&](const std::string& text) {
                return Texts{utf16(text, modifier == "utf16be", modifier == "utf16")};
            });
        }
        if (modifier == "cidr") {
            question_.network = node_.text;
            return become(Kind::Network);
        }
        if (modifier == "fieldref") {
            question_.field = node_.text;
            return become(Kind::Field);
        }
        if (modifier == "expand") {
            return expand();
        }
        return apply_number(modifier);
    }

    bool apply_place(const std::string& modifier)
    {
        if (question_.kind == Kind::Field) {
            question_.where = modifier;
            return true;
        }
        if (question_.kind == Kind::Expression) {
            for (auto& text : texts_) {
                text = modifier == "startswith" ? "\\A(?:" + text + ")"
                       : modifier == "endswith" ? "(?:" + text + ")\\z"
                                                : text;
            }
            return true;
        }
        wrap(modifier);
        return question_.kind == Kind::Text;
    }

    bool apply_flag(const std::string& modifier)
    {
        if (modifier == "i" || modifier == "ignorecase") {
            flags_ |= PCRE2_CASELESS;
        } else if (modifier == "m" || modifier == "multiline") {
            flags_ |= PCRE2_MULTILINE;
        } else if (modifier == "s" || modifier == "dotall") {
            flags_ |= PCRE2_DOTALL;
        } else {
            return modifier == "expand" && expand();
        }
        return true;
    }

    bool apply_number(const std::string& modifier)
    {
        const bool part = modifier == "minute" || modifier == "hour" || modifier == "day" ||
                          modifier == "week" || modifier == "month" || modifier == "year";
        const bool comparison =
            modifier == "lt" || modifier == "lte" || modifier == "gt" || modifier == "gte";
        if ((!part && !comparison) || !node_.as_number()) {
            return false;
        }
        const bool follows = question_.kind == Kind::Number && comparison;
        question_.number = node_.as_integer() ? std::to_string(*node_.as_integer()) : node_.text;
        if (part) {
            question_.part = modifier;
        } else {
            question_.compare = modifier;
        }
        return follows || become(Kind::Number);
    }

    bool expand()
    {
        if (question_.kind == Kind::Expression) {
            return expand_expressions();
        }
        std::vector<Pieces> out;
        for (const auto& pieces : question_.any) {
            const auto some = expanded(pieces, placeholders_);
            if (!some) {
                return false;
            }
            out.insert(out.end(), some->begin(), some->end());
        }
        changed_ = true;
        question_.any = std::move(out);
        return question_.kind == Kind::Text;
    }

    bool expand_expressions()
    {
        std::vector<std::string> out;
        for (const auto& text : texts_) {
            std::vector<std::string> heads{""};
            for (std::size_t i = 0; i < text.size();) {
                const auto name = placeholder_at(text, i);
                std::vector<std::string> longer;
                if (name.empty()) {
                    const bool escaped = text.compare(i, 2, "\\%") == 0;
                    for (const auto& head : heads) {
                        longer.push_back(head + (escaped ? "%" : std::string(1, text[i])));
                    }
                    i += escaped ? 2 : 1;
                } else {
                    for (const auto& [known, value] : placeholders_) {
                        for (const auto& head : heads) {
                            if (known == name) {
                                longer.push_back(head + as_expression(value));
                            }
                        }
                    }
                    i += name.size() + 2;
                }
                heads = std::move(longer);
            }
            out.insert(out.end(), heads.begin(), heads.end());
        }
        texts_ = std::move(out);
        return !texts_.empty();
    }

    static std::string as_expression(const std::string& value)
    {
        std::string out;
        for (const auto& piece : read_pieces(value)) {
            out += piece.kind == Piece::Kind::Star       ? "(?s:.*)"
                   : piece.kind == Piece::Kind::Question ? "(?s:.)"
                                                         : "\\Q" + piece.bytes + "\\E";
        }
        return out;
    }

    bool compile()
    {
        for (const auto& text : texts_) {
            question_.expressions.push_back(compiled(text, flags_));
            if (question_.expressions.back() == nullptr) {
                return false;
            }
        }
        return true;
    }

    const codec::YamlNode& node_;
    const Placeholders& placeholders_;
    Question question_;
    std::vector<std::string> texts_;
    std::uint32_t flags_ = 0;
    bool changed_ = false;
    bool wrapped_ = false;
};

} // namespace

void FreeExpression::operator()(void* code) const
{
    pcre2_code_free(static_cast<pcre2_code*>(code));
}

bool holds(const Question& question, const model::Value& value)
{
    switch (question.kind) {
    case Question::Kind::Text:
        return text_holds(question, value);
    case Question::Kind::Expression:
        return std::any_of(question.expressions.begin(), question.expressions.end(),
                           [&](const auto& one) { return found(one, std::string(value.text)); });
    case Question::Kind::Network:
        return in_network(question.network, std::string(value.text));
    case Question::Kind::Number:
        return compares(question, value);
    case Question::Kind::Exists:
    case Question::Kind::Null:
    case Question::Kind::Field:
        break;
    }
    return false;
}

bool refers(const Question& question, const model::Value& value, const model::Value& other)
{
    const auto left = question.cased ? std::string(value.text) : lower(std::string(value.text));
    const auto right = question.cased ? std::string(other.text) : lower(std::string(other.text));
    const auto at = left.find(right);
    if (question.where == "contains") {
        return at != std::string::npos;
    }
    if (question.where == "startswith") {
        return at == 0;
    }
    if (question.where == "endswith") {
        return left.size() >= right.size() &&
               left.compare(left.size() - right.size(), right.size(), right) == 0;
    }
    return left == right;
}

std::optional<Question> read_question(const std::vector<std::string>& modifiers,
                                      const codec::YamlNode& node, bool keyword,
                                      const Placeholders& placeholders)
{
    return Reader(node, placeholders).read(modifiers, keyword);
}

} // namespace tanggap::detect::oracle
