#include "detect/detail/pattern.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "detect/detail/short_word.h"

namespace tanggap::detect {
namespace {

using Kind = Part::Kind;

/// Bytes of the UTF-8 character that `value` opens with; a stray byte counts as one character.
std::size_t character_length(std::string_view value)
{
    const auto lead = static_cast<unsigned char>(value.front());
    const std::size_t claimed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
    std::size_t length = 1;
    while (length < claimed && length < value.size() &&
           (static_cast<unsigned char>(value[length]) & 0xC0) == 0x80) {
        ++length;
    }
    return length == claimed ? length : 1;
}

bool starts_with(std::string_view value, std::string_view literal, Casing casing)
{
    if (value.size() < literal.size()) {
        return false;
    }
    const auto head = value.substr(0, literal.size());
    return casing == Casing::Kept ? head == literal : equals_lowered(head, literal);
}

/// How many bytes of `value` the part takes; npos where it does not fit. Any is not asked.
std::size_t take(const Part& part, std::string_view value, Casing casing)
{
    constexpr auto kNone = std::string_view::npos;
    switch (part.kind) {
    case Kind::Text:
        return starts_with(value, part.text, casing) ? part.text.size() : kNone;
    case Kind::One:
        return value.empty() ? kNone : character_length(value);
    case Kind::Dash: {
        const auto length = dash_length(value);
        return length == 0 ? kNone : length;
    }
    case Kind::Any:
        break;
    }
    return kNone;
}

bool is_shape(const SigmaString& string, std::initializer_list<Kind> kinds)
{
    return std::ranges::equal(string.parts, kinds, {}, &Part::kind);
}

Pattern::Shape shape_of(const SigmaString& string)
{
    if (string.is_plain()) {
        return Pattern::Shape::Equals;
    }
    if (is_shape(string, {Kind::Any})) {
        return Pattern::Shape::Everything;
    }
    if (is_shape(string, {Kind::Text, Kind::Any})) {
        return Pattern::Shape::Prefix;
    }
    if (is_shape(string, {Kind::Any, Kind::Text})) {
        return Pattern::Shape::Suffix;
    }
    if (is_shape(string, {Kind::Any, Kind::Text, Kind::Any})) {
        return Pattern::Shape::Contains;
    }
    return Pattern::Shape::Glob;
}

} // namespace

bool equals_lowered(std::string_view text, std::string_view lowered)
{
    if (text.size() != lowered.size()) {
        return false;
    }
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    while (text.size() > kWord) {
        if (lower_word(short_word(text)) != short_word(lowered)) {
            return false;
        }
        text.remove_prefix(kWord);
        lowered.remove_prefix(kWord);
    }
    return lower_word(short_word(text)) == short_word(lowered);
}

bool contains_lowered(std::string_view text, std::string_view lowered)
{
    const auto found =
        std::ranges::search(text, lowered, {}, [](char c) { return lower_ascii(c); });
    return lowered.empty() || !found.empty();
}

Pattern::Pattern(SigmaString string, Casing casing) : string_(std::move(string)), casing_(casing)
{
    if (casing == Casing::Ignored) {
        for (auto& part : string_.parts) {
            part.text = base::to_lower_ascii(part.text);
        }
    }
    shape_ = shape_of(string_);
    for (const auto& part : string_.parts) {
        if (part.text.size() > literal_.size()) {
            literal_ = part.text;
        }
    }
}

bool Pattern::matches(std::string_view value) const
{
    const bool kept = casing_ == Casing::Kept;
    switch (shape_) {
    case Shape::Everything:
        return true;
    case Shape::Equals:
        return kept ? value == literal_ : equals_lowered(value, literal_);
    case Shape::Prefix:
        return starts_with(value, literal_, casing_);
    case Shape::Suffix:
        return value.size() >= literal_.size() &&
               starts_with(value.substr(value.size() - literal_.size()), literal_, casing_);
    case Shape::Contains:
        return kept ? value.contains(literal_) : contains_lowered(value, literal_);
    case Shape::Glob:
        return glob_matches(value);
    }
    return false;
}

Pattern::Spelled Pattern::spelled_dashes() const
{
    constexpr std::size_t kTextsMax = 25;
    auto parts = std::span(string_.parts);
    const bool any_before = !parts.empty() && parts.front().kind == Kind::Any;
    parts = parts.subspan(any_before ? 1 : 0);
    const bool any_after = !parts.empty() && parts.back().kind == Kind::Any;
    parts = parts.first(parts.size() - (any_after ? 1 : 0));
    Spelled out{.shape = any_before && any_after ? Shape::Contains
                         : any_before            ? Shape::Suffix
                         : any_after             ? Shape::Prefix
                                                 : Shape::Equals,
                .texts = {""}};
    for (const auto& part : parts) {
        const bool dash = part.kind == Kind::Dash;
        if ((!dash && part.kind != Kind::Text) ||
            (dash && out.texts.size() * kDashes.size() > kTextsMax)) {
            return {};
        }
        std::vector<std::string> longer;
        for (const auto& text : out.texts) {
            if (!dash) {
                longer.push_back(text + part.text);
                continue;
            }
            for (const auto one : kDashes) {
                longer.push_back(text + std::string(one));
            }
        }
        out.texts = std::move(longer);
    }
    return out;
}

/// Goes back to the last `*` only, which is enough: an earlier one could take no less.
/// Cost: value × parts at worst.
bool Pattern::glob_matches(std::string_view value) const
{
    constexpr auto kNone = std::string_view::npos;
    const auto& parts = string_.parts;
    std::size_t at = 0;
    std::size_t part = 0;
    std::size_t after_any = kNone;
    std::size_t resume_at = 0;
    while (true) {
        if (part < parts.size() && parts[part].kind == Kind::Any) {
            after_any = ++part;
            resume_at = at;
            if (part == parts.size()) {
                return true;
            }
            continue;
        }
        const auto taken =
            part < parts.size() ? take(parts[part], value.substr(at), casing_) : kNone;
        if (taken != kNone) {
            at += taken;
            ++part;
            continue;
        }
        if (part == parts.size() && at == value.size()) {
            return true;
        }
        if (after_any == kNone || resume_at >= value.size()) {
            return false;
        }
        resume_at += character_length(value.substr(resume_at));
        at = resume_at;
        part = after_any;
    }
}

} // namespace tanggap::detect
