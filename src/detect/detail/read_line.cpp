#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "detect/detail/rule_line.h"

namespace tanggap::detect {
namespace {

using codec::YamlNode;

std::string number_text(double value)
{
    std::array<char, 64> buffer{};
    const auto [end, fault] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return fault == std::errc{} ? std::string(buffer.data(), end) : std::string{};
}

/// The strings a plain YAML value stands for. A number also keeps the way it is written, so that
/// 0x17 finds both "23" and "0x17".
std::vector<SigmaString> strings_of(const YamlNode& node)
{
    if (const auto integer = node.as_integer()) {
        std::vector<SigmaString> out{plain_string(fmt::format("{}", *integer))};
        if (out.front().plain() != node.text) {
            out.push_back(plain_string(node.text));
        }
        return out;
    }
    if (const auto number = node.as_number()) {
        std::vector<SigmaString> out{plain_string(number_text(*number))};
        if (out.front().plain() != node.text) {
            out.push_back(plain_string(node.text));
        }
        return out;
    }
    return {parse_sigma_string(node.text)};
}

bool take_values(const YamlNode& values, RuleLine& line, Diagnoser& diagnose)
{
    const auto before = diagnose.errors();
    const auto take = [&](const YamlNode& node) {
        if (!node.is_scalar()) {
            diagnose.error(node, "a value is text or a number here, not a list or a map");
            return;
        }
        line.values.push_back({.node = &node, .strings = strings_of(node), .expressions = {}});
    };
    if (values.is_sequence()) {
        for (const auto& item : values.items) {
            take(item);
        }
        if (values.items.empty()) {
            diagnose.error(values, "the list is empty", "remove the line or give it a value");
        }
    } else {
        take(values);
    }
    return diagnose.errors() == before;
}

/// Applies "|contains|all"; each unknown or unfit modifier is reported at its own place.
bool apply_modifiers(const YamlNode& key, std::size_t offset, RuleLine& line, Diagnoser& diagnose)
{
    const auto before = diagnose.errors();
    while (offset < key.text.size()) {
        const auto end = std::min(key.text.find('|', offset + 1), key.text.size());
        const auto name = std::string_view(key.text).substr(offset + 1, end - offset - 1);
        const auto applied = apply_modifier(name, line);
        if (!applied && applied.error().code == base::Code::NotFound) {
            diagnose.error_inside(key, offset + 1, applied.error().message,
                                  did_you_mean(name, modifier_names()), name.size());
        } else if (!applied) {
            const bool placeholder = name == "expand";
            diagnose.error_inside(key, offset + 1, applied.error().message,
                                  placeholder
                                      ? "list its values under 'placeholders:' of a file in "
                                        "content/mappings"
                                      : "",
                                  name.size());
        }
        offset = end;
    }
    return diagnose.errors() == before;
}

} // namespace

ClausePtr read_line(const YamlNode& key, const YamlNode& values, const Placeholders& placeholders,
                    Diagnoser& diagnose, std::size_t& tests)
{
    const auto bar = std::min(key.text.find('|'), key.text.size());
    RuleLine line;
    line.field = key.text.substr(0, bar);
    line.placeholders = &placeholders;
    const bool values_good = take_values(values, line, diagnose);
    const bool modifiers_good = apply_modifiers(key, bar, line, diagnose);
    if (!values_good || !modifiers_good) {
        return nullptr;
    }
    if (line.offsets && line.wrapped == Pattern::Shape::Equals) {
        diagnose.warning(
            key, "'base64offset' without 'contains' only finds a value that is nothing else",
            "add |contains");
    }
    return finish_line(line, key.text, diagnose, tests);
}

ClausePtr read_keywords(const YamlNode& values, const Placeholders& placeholders,
                        Diagnoser& diagnose, std::size_t& tests)
{
    YamlNode key;
    key.line = values.line;
    key.column = values.column;
    return read_line(key, values, placeholders, diagnose, tests);
}

} // namespace tanggap::detect
