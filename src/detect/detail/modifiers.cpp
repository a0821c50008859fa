#include "detect/detail/modifiers.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "detect/detail/encode.h"
#include "detect/detail/rule_line.h"
#include "detect/detail/variants.h"

namespace tanggap::detect {
namespace {

using Op = Test::Op;
using Applied = base::Status;

Applied needs_text(const RuleLine& line, std::string_view modifier)
{
    if (line.op != Op::Text) {
        return base::invalid(fmt::format("{} does not fit what the modifiers before it made",
                                         base::quoted(modifier)));
    }
    return {};
}

/// For what reads the value as it is written.
Applied needs_unchanged(const RuleLine& line, std::string_view modifier)
{
    TRY_STATUS(needs_text(line, modifier));
    if (line.changed) {
        return base::invalid(fmt::format("{} reads the value as it is written: put it first",
                                         base::quoted(modifier)));
    }
    return {};
}

/// An expression is searched for anywhere, so that `contains` changes nothing.
void anchor(RuleLine& line, Pattern::Shape shape)
{
    for (auto& value : line.values) {
        for (auto& expression : value.expressions) {
            if (shape == Pattern::Shape::Prefix) {
                expression = fmt::format("\\A(?:{})", expression);
            } else if (shape == Pattern::Shape::Suffix) {
                expression = fmt::format("(?:{})\\z", expression);
            }
        }
    }
}

template <Pattern::Shape shape>
Applied wrap(RuleLine& line)
{
    if (line.op == Op::Regex) {
        anchor(line, shape);
        return {};
    }
    line.wrapped = shape;
    line.changed = true;
    if (line.op == Op::Reference) {
        return {};
    }
    TRY_STATUS(needs_text(line, "contains, startswith or endswith"));
    for (auto& value : line.values) {
        for (auto& string : value.strings) {
            if (shape != Pattern::Shape::Prefix) {
                string.prepend_any();
            }
            if (shape != Pattern::Shape::Suffix) {
                string.append(Part::Kind::Any);
            }
        }
    }
    return {};
}

Applied set_all(RuleLine& line)
{
    line.all = true;
    if (line.values.size() < 2) {
        return base::invalid("'all' needs a list of at least two values");
    }
    return {};
}

Applied set_cased(RuleLine& line)
{
    line.casing = Casing::Kept;
    return {};
}

Applied set_neq(RuleLine& line)
{
    line.negated = true;
    return {};
}

Applied set_exists(RuleLine& line)
{
    TRY_STATUS(needs_unchanged(line, "exists"));
    if (line.field.empty()) {
        return base::invalid("'exists' needs a field");
    }
    line.op = Op::Exists;
    if (line.values.size() != 1 || !line.values.front().node->as_bool()) {
        return base::invalid("'exists' needs true or false");
    }
    return {};
}

Applied set_regex(RuleLine& line)
{
    TRY_STATUS(needs_unchanged(line, "re"));
    line.op = Op::Regex;
    for (auto& value : line.values) {
        value.expressions = {value.node->text};
    }
    return {};
}

template <bool RegexFlags::* flag>
Applied set_regex_flag(RuleLine& line)
{
    if (line.op != Op::Regex) {
        return base::invalid("'i', 'm' and 's' only follow 're'");
    }
    line.regex_flags.*flag = true;
    return {};
}

template <Comparison comparison>
Applied set_comparison(RuleLine& line)
{
    if (line.op != Op::Compare) {
        TRY_STATUS(needs_unchanged(line, "a comparison"));
    }
    line.op = Op::Compare;
    line.comparison = comparison;
    return {};
}

template <TimePart part>
Applied set_time_part(RuleLine& line)
{
    TRY_STATUS(needs_unchanged(line, "a time modifier"));
    line.op = Op::Compare;
    line.part = part;
    return {};
}

Applied set_network(RuleLine& line)
{
    TRY_STATUS(needs_unchanged(line, "cidr"));
    line.op = Op::Network;
    return {};
}

Applied set_reference(RuleLine& line)
{
    TRY_STATUS(needs_unchanged(line, "fieldref"));
    line.op = Op::Reference;
    return {};
}

Applied apply_windash(RuleLine& line)
{
    TRY_STATUS(needs_text(line, "windash"));
    line.changed = true;
    for (auto& value : line.values) {
        for (auto& string : value.strings) {
            string = with_dashes(string);
        }
    }
    return {};
}

using Encoder = std::vector<std::string> (*)(const std::string&);

template <Encoder encoder>
Applied encode(RuleLine& line)
{
    TRY_STATUS(needs_text(line, "an encoding"));
    line.changed = true;
    for (auto& value : line.values) {
        std::vector<SigmaString> encoded;
        for (const auto& string : value.strings) {
            TRY(const auto plains, write_out(string));
            for (const auto& plain : plains) {
                for (const auto& text : encoder(plain)) {
                    if (text.empty()) {
                        return base::invalid(fmt::format(
                            "{} is too short to be found in Base64 text", base::quoted(plain)));
                    }
                    encoded.push_back(plain_string(text));
                }
            }
        }
        value.strings = std::move(encoded);
    }
    return {};
}

std::vector<std::string> base64_of(const std::string& plain)
{
    return {encode_base64(plain)};
}

std::vector<std::string> base64_offsets_of(const std::string& plain)
{
    const auto all = encode_base64_offsets(plain);
    return {all.begin(), all.end()};
}

template <Utf16 form>
std::vector<std::string> utf16_of(const std::string& plain)
{
    return {encode_utf16(plain, form)};
}

/// Base64 text keeps its case: another case is another value.
template <Encoder encoder>
Applied encode_base64_value(RuleLine& line)
{
    line.casing = Casing::Kept;
    line.offsets = encoder == &base64_offsets_of;
    return encode<encoder>(line);
}

Applied expand_expressions(RuleLine& line)
{
    for (auto& value : line.values) {
        std::vector<std::string> expanded;
        for (const auto& expression : value.expressions) {
            TRY(auto some, expand_expression(expression, *line.placeholders));
            expanded.insert(expanded.end(), some.begin(), some.end());
        }
        value.expressions = std::move(expanded);
    }
    return {};
}

Applied expand(RuleLine& line)
{
    if (line.op == Op::Regex) {
        return expand_expressions(line);
    }
    TRY_STATUS(needs_text(line, "expand"));
    line.changed = true;
    for (auto& value : line.values) {
        std::vector<SigmaString> expanded;
        for (const auto& string : value.strings) {
            TRY(auto some, expand_string(string, *line.placeholders));
            expanded.insert(expanded.end(), some.begin(), some.end());
        }
        value.strings = std::move(expanded);
    }
    return {};
}

struct Modifier {
    std::string_view name;
    Applied (*apply)(RuleLine&);
};

/// Every modifier there is: a new one is one row and one function.
constexpr std::array kModifiers{
    Modifier{"contains", &wrap<Pattern::Shape::Contains>},
    Modifier{"startswith", &wrap<Pattern::Shape::Prefix>},
    Modifier{"endswith", &wrap<Pattern::Shape::Suffix>},
    Modifier{"all", &set_all},
    Modifier{"cased", &set_cased},
    Modifier{"exists", &set_exists},
    Modifier{"neq", &set_neq},
    Modifier{"windash", &apply_windash},
    Modifier{"re", &set_regex},
    Modifier{"i", &set_regex_flag<&RegexFlags::ignore_case>},
    Modifier{"ignorecase", &set_regex_flag<&RegexFlags::ignore_case>},
    Modifier{"m", &set_regex_flag<&RegexFlags::multi_line>},
    Modifier{"multiline", &set_regex_flag<&RegexFlags::multi_line>},
    Modifier{"s", &set_regex_flag<&RegexFlags::dot_all>},
    Modifier{"dotall", &set_regex_flag<&RegexFlags::dot_all>},
    Modifier{"base64", &encode_base64_value<&base64_of>},
    Modifier{"base64offset", &encode_base64_value<&base64_offsets_of>},
    Modifier{"utf16", &encode<&utf16_of<Utf16::WithMark>>},
    Modifier{"utf16le", &encode<&utf16_of<Utf16::LittleEndian>>},
    Modifier{"utf16be", &encode<&utf16_of<Utf16::BigEndian>>},
    Modifier{"wide", &encode<&utf16_of<Utf16::LittleEndian>>},
    Modifier{"lt", &set_comparison<Comparison::Less>},
    Modifier{"lte", &set_comparison<Comparison::LessEqual>},
    Modifier{"gt", &set_comparison<Comparison::Greater>},
    Modifier{"gte", &set_comparison<Comparison::GreaterEqual>},
    Modifier{"minute", &set_time_part<TimePart::Minute>},
    Modifier{"hour", &set_time_part<TimePart::Hour>},
    Modifier{"day", &set_time_part<TimePart::Day>},
    Modifier{"week", &set_time_part<TimePart::Week>},
    Modifier{"month", &set_time_part<TimePart::Month>},
    Modifier{"year", &set_time_part<TimePart::Year>},
    Modifier{"cidr", &set_network},
    Modifier{"fieldref", &set_reference},
    Modifier{"expand", &expand},
};

} // namespace

base::Status apply_modifier(std::string_view name, RuleLine& line)
{
    const auto* const found = std::ranges::find(kModifiers, name, &Modifier::name);
    if (found == kModifiers.end()) {
        return base::not_found(fmt::format("unknown modifier {}", base::quoted(name)));
    }
    return found->apply(line);
}

std::vector<std::string> modifier_names()
{
    std::vector<std::string> names;
    for (const auto& modifier : kModifiers) {
        names.emplace_back(modifier.name);
    }
    return names;
}

} // namespace tanggap::detect
