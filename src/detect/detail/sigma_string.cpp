#include "detect/detail/sigma_string.h"

#include <algorithm>

namespace tanggap::detect {
namespace {

bool is_word(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || byte == '_' || byte >= 0x80;
}

/// Whether `text` ends with a character of a word; a dash is none, however many bytes it has.
bool ends_with_word(std::string_view text)
{
    return !text.empty() && is_word(text.back()) &&
           std::ranges::none_of(kDashes,
                                [&](std::string_view dash) { return text.ends_with(dash); });
}

} // namespace

std::size_t dash_length(std::string_view text)
{
    for (const auto dash : kDashes) {
        if (text.starts_with(dash)) {
            return dash.size();
        }
    }
    return 0;
}

bool SigmaString::is_plain() const
{
    return std::ranges::all_of(parts, [](const Part& p) { return p.kind == Part::Kind::Text; });
}

std::string SigmaString::plain() const
{
    std::string out;
    for (const auto& part : parts) {
        out += part.text;
    }
    return out;
}

std::string SigmaString::written() const
{
    std::string out;
    for (const auto& part : parts) {
        switch (part.kind) {
        case Part::Kind::Any:
            out += '*';
            break;
        case Part::Kind::One:
            out += '?';
            break;
        case Part::Kind::Dash:
            out += '-';
            break;
        case Part::Kind::Text:
            for (const char c : part.text) {
                if (c == '*' || c == '?') {
                    out += '\\';
                }
                out += c;
            }
            break;
        }
    }
    return out;
}

void SigmaString::append_text(std::string_view text)
{
    if (text.empty()) {
        return;
    }
    if (!parts.empty() && parts.back().kind == Part::Kind::Text) {
        parts.back().text += text;
    } else {
        parts.push_back({.kind = Part::Kind::Text, .text = std::string(text)});
    }
}

void SigmaString::append(Part::Kind wildcard)
{
    const bool again =
        wildcard == Part::Kind::Any && !parts.empty() && parts.back().kind == Part::Kind::Any;
    if (!again) {
        parts.push_back({.kind = wildcard, .text = {}});
    }
}

void SigmaString::prepend_any()
{
    if (parts.empty() || parts.front().kind != Part::Kind::Any) {
        parts.insert(parts.begin(), {.kind = Part::Kind::Any, .text = {}});
    }
}

SigmaString parse_sigma_string(std::string_view text)
{
    SigmaString out;
    bool escaped = false;
    for (const char c : text) {
        const std::string_view self(&c, 1);
        if (escaped) {
            escaped = false;
            if (c != '*' && c != '?' && c != '\\') {
                out.append_text("\\");
            }
            out.append_text(self);
        } else if (c == '\\') {
            escaped = true;
        } else if (c == '*') {
            out.append(Part::Kind::Any);
        } else if (c == '?') {
            out.append(Part::Kind::One);
        } else {
            out.append_text(self);
        }
    }
    if (escaped) {
        out.append_text("\\");
    }
    return out;
}

SigmaString plain_string(std::string_view text)
{
    SigmaString out;
    out.append_text(text);
    return out;
}

std::string expression_of(const SigmaString& string)
{
    std::string out;
    for (const auto& part : string.parts) {
        switch (part.kind) {
        case Part::Kind::Any:
            out += "(?s:.*)";
            break;
        case Part::Kind::One:
            out += "(?s:.)";
            break;
        case Part::Kind::Dash:
            out += "(?:-|/|\xE2\x80\x93|\xE2\x80\x94|\xE2\x80\x95)";
            break;
        case Part::Kind::Text:
            for (const char c : part.text) {
                out += is_word(c) ? "" : "\\";
                out += c;
            }
            break;
        }
    }
    return out;
}

SigmaString with_dashes(const SigmaString& string)
{
    SigmaString out;
    for (const auto& part : string.parts) {
        if (part.kind != Part::Kind::Text) {
            out.append(part.kind);
            continue;
        }
        const std::string_view text = part.text;
        for (std::size_t i = 0; i < text.size();) {
            const auto length = dash_length(text.substr(i));
            const bool word_before = ends_with_word(text.substr(0, i));
            const bool word_after = i + length < text.size() && is_word(text[i + length]) &&
                                    dash_length(text.substr(i + length)) == 0;
            if (length > 0 && !word_before && word_after) {
                out.append(Part::Kind::Dash);
                i += length;
            } else {
                out.append_text(text.substr(i, std::max<std::size_t>(length, 1)));
                i += std::max<std::size_t>(length, 1);
            }
        }
    }
    return out;
}

} // namespace tanggap::detect
