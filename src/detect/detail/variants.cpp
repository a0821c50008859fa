#include "detect/detail/variants.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "detect/detail/encode.h"

namespace tanggap::detect {
namespace {

namespace limits = base::limits;

/// "%Servers%" at the start of `text`, without its signs; empty where there is none.
std::string_view placeholder_at(std::string_view text)
{
    if (!text.starts_with('%')) {
        return {};
    }
    const auto close = text.find('%', 1);
    const auto name =
        close == std::string_view::npos ? std::string_view{} : text.substr(1, close - 1);
    const bool word = std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || (lower_ascii(c) >= 'a' && lower_ascii(c) <= 'z') ||
               c == '_' || c == '-' || c == '.';
    });
    return word ? name : std::string_view{};
}

void append_string(std::vector<SigmaString>& heads, const SigmaString& tail)
{
    for (auto& head : heads) {
        for (const auto& part : tail.parts) {
            if (part.kind == Part::Kind::Text) {
                head.append_text(part.text);
            } else {
                head.append(part.kind);
            }
        }
    }
}

} // namespace

base::Result<std::vector<std::string>> write_out(const SigmaString& string)
{
    std::vector<std::string> out{""};
    for (const auto& part : string.parts) {
        if (part.kind == Part::Kind::Any || part.kind == Part::Kind::One) {
            return base::invalid("a value with wildcards cannot be encoded; put contains, "
                                 "startswith or endswith after the encoding");
        }
        std::vector<std::string> longer;
        for (const auto& head : out) {
            if (part.kind == Part::Kind::Text) {
                longer.push_back(head + part.text);
                continue;
            }
            for (const auto dash : kDashes) {
                longer.push_back(head + std::string(dash));
            }
        }
        if (longer.size() > limits::kValueVariantsMax) {
            return base::invalid(fmt::format("windash below an encoding gives more than {} values",
                                             limits::kValueVariantsMax));
        }
        out = std::move(longer);
    }
    return out;
}

base::Result<std::vector<std::string>> expand_expression(std::string_view expression,
                                                         const Placeholders& placeholders)
{
    std::vector<std::string> out{""};
    while (!expression.empty()) {
        const auto name = placeholder_at(expression);
        if (name.empty()) {
            const bool escaped = expression.starts_with("\\%");
            for (auto& head : out) {
                head += expression.substr(escaped ? 1 : 0, 1);
            }
            expression.remove_prefix(escaped ? 2 : 1);
            continue;
        }
        const auto list = placeholders.find(std::string(name));
        if (list == placeholders.end() || list->second.empty()) {
            return base::invalid(fmt::format("the placeholder %{}% has no values here", name));
        }
        std::vector<std::string> longer;
        for (const auto& value : list->second) {
            for (const auto& head : out) {
                longer.push_back(head + expression_of(parse_sigma_string(value)));
            }
        }
        if (longer.size() > limits::kValueVariantsMax) {
            return base::invalid(
                fmt::format("placeholders give more than {} values", limits::kValueVariantsMax));
        }
        out = std::move(longer);
        expression.remove_prefix(name.size() + 2);
    }
    return out;
}

base::Result<std::vector<SigmaString>> expand_string(const SigmaString& string,
                                                     const Placeholders& placeholders)
{
    std::vector<SigmaString> out(1);
    for (const auto& part : string.parts) {
        std::string_view text = part.text;
        if (part.kind != Part::Kind::Text) {
            append_string(out, {.parts = {part}});
        }
        while (!text.empty()) {
            const auto name = placeholder_at(text);
            if (name.empty()) {
                const bool escaped = text.starts_with("\\%");
                append_string(out, plain_string(text.substr(escaped ? 1 : 0, 1)));
                text.remove_prefix(escaped ? 2 : 1);
                continue;
            }
            const auto list = placeholders.find(std::string(name));
            if (list == placeholders.end() || list->second.empty()) {
                return base::invalid(fmt::format("the placeholder %{}% has no values here", name));
            }
            std::vector<SigmaString> longer;
            for (const auto& value : list->second) {
                auto copies = out;
                append_string(copies, parse_sigma_string(value));
                longer.insert(longer.end(), copies.begin(), copies.end());
            }
            if (longer.size() > limits::kValueVariantsMax) {
                return base::invalid(fmt::format("placeholders give more than {} values",
                                                 limits::kValueVariantsMax));
            }
            out = std::move(longer);
            text.remove_prefix(name.size() + 2);
        }
    }
    return out;
}

} // namespace tanggap::detect
