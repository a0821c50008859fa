#include "detect/detail/modifiers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "detect/detail/encode.h"

namespace tanggap::detect {
namespace {

namespace limits = base::limits;
using base::quoted;
using codec::YamlNode;
using Op = Test::Op;

/// One value of the line. Encodings and placeholders give several strings: any of them will do.
struct Value {
    const YamlNode* node = nullptr;
    std::vector<SigmaString> strings;
};

/// A line while its modifiers are applied.
struct Line {
    std::string field;
    std::vector<Value> values;
    const Placeholders* placeholders = nullptr;
    Op op = Op::Text;
    Casing casing = Casing::Ignored;
    Comparison comparison = Comparison::Equal;
    TimePart part = TimePart::None;
    RegexFlags regex_flags;
    Pattern::Shape wrapped = Pattern::Shape::Equals; ///< contains, startswith, endswith seen
    bool all = false;
    bool negated = false;
    bool offsets = false; ///< base64offset seen
};

using Problem = base::Error;
using Applied = base::Status;

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

Applied needs_text(const Line& line, std::string_view modifier)
{
    if (line.op != Op::Text) {
        return base::invalid(
            fmt::format("{} does not fit what the modifiers before it made", quoted(modifier)));
    }
    return {};
}

template <Pattern::Shape shape>
Applied wrap(Line& line)
{
    line.wrapped = shape;
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

Applied set_all(Line& line)
{
    line.all = true;
    if (line.values.size() < 2) {
        return base::invalid("'all' needs a list of at least two values");
    }
    return {};
}

Applied set_cased(Line& line)
{
    line.casing = Casing::Kept;
    return {};
}

Applied set_neq(Line& line)
{
    line.negated = true;
    return {};
}

Applied set_exists(Line& line)
{
    line.op = Op::Exists;
    if (line.values.size() != 1 || !line.values.front().node->as_bool()) {
        return base::invalid("'exists' needs true or false");
    }
    return {};
}

Applied set_regex(Line& line)
{
    if (line.wrapped != Pattern::Shape::Equals) {
        return base::invalid("'re' cannot follow contains, startswith or endswith");
    }
    TRY_STATUS(needs_text(line, "re"));
    line.op = Op::Regex;
    return {};
}

template <bool RegexFlags::* flag>
Applied set_regex_flag(Line& line)
{
    if (line.op != Op::Regex) {
        return base::invalid("'i', 'm' and 's' only follow 're'");
    }
    line.regex_flags.*flag = true;
    return {};
}

template <Comparison comparison>
Applied set_comparison(Line& line)
{
    if (line.op != Op::Compare) {
        TRY_STATUS(needs_text(line, "a comparison"));
    }
    line.op = Op::Compare;
    line.comparison = comparison;
    return {};
}

template <TimePart part>
Applied set_time_part(Line& line)
{
    TRY_STATUS(needs_text(line, "a time modifier"));
    line.op = Op::Compare;
    line.part = part;
    return {};
}

Applied set_network(Line& line)
{
    TRY_STATUS(needs_text(line, "cidr"));
    line.op = Op::Network;
    return {};
}

Applied set_reference(Line& line)
{
    TRY_STATUS(needs_text(line, "fieldref"));
    line.op = Op::Reference;
    return {};
}

Applied apply_windash(Line& line)
{
    TRY_STATUS(needs_text(line, "windash"));
    for (auto& value : line.values) {
        for (auto& string : value.strings) {
            string = with_dashes(string);
        }
    }
    return {};
}

/// Every way to write the Dash parts of `string` out.
base::Result<std::vector<std::string>> write_out(const SigmaString& string)
{
    constexpr std::array<std::string_view, 5> kDashes{"-", "/", "\xE2\x80\x93", "\xE2\x80\x94",
                                                      "\xE2\x80\x95"};
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

using Encoder = std::vector<std::string> (*)(const std::string&);

template <Encoder encoder>
Applied encode(Line& line)
{
    TRY_STATUS(needs_text(line, "an encoding"));
    for (auto& value : line.values) {
        std::vector<SigmaString> encoded;
        for (const auto& string : value.strings) {
            TRY(const auto plains, write_out(string));
            for (const auto& plain : plains) {
                for (const auto& text : encoder(plain)) {
                    if (text.empty()) {
                        return base::invalid(fmt::format(
                            "{} is too short to be found in Base64 text", quoted(plain)));
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
Applied encode_base64_value(Line& line)
{
    line.casing = Casing::Kept;
    line.offsets = encoder == &base64_offsets_of;
    return encode<encoder>(line);
}

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

Applied expand(Line& line)
{
    TRY_STATUS(needs_text(line, "expand"));
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
    Applied (*apply)(Line&);
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

std::shared_ptr<Clause> group(Clause::Kind kind, std::vector<ClausePtr> children)
{
    auto clause = std::make_shared<Clause>();
    clause->kind = kind;
    clause->children = std::move(children);
    return clause;
}

/// Makes the tests of a line once its modifiers are known.
class LineFinisher {
public:
    LineFinisher(const Line& line, Diagnoser& diagnose, std::size_t& tests)
        : line_(line), diagnose_(diagnose), tests_(tests)
    {
    }

    ClausePtr finish(std::string written)
    {
        std::vector<ClausePtr> values;
        for (const auto& value : line_.values) {
            values.push_back(finish_value(value));
            if (tests_ > limits::kRuleTestsMax) {
                diagnose_.error(*value.node, fmt::format("the rule has more than {} values to test",
                                                         limits::kRuleTestsMax));
                return nullptr;
            }
        }
        if (std::ranges::find(values, nullptr) != values.end()) {
            return nullptr;
        }
        auto clause = group(line_.all ? Clause::Kind::All : Clause::Kind::Any, std::move(values));
        if (line_.negated) {
            clause = group(Clause::Kind::Not, {clause});
        }
        clause->written = std::move(written);
        return clause;
    }

private:
    ClausePtr leaf(Test test)
    {
        ++tests_;
        auto clause = std::make_shared<Clause>();
        clause->kind = Clause::Kind::Test;
        clause->field = line_.field;
        clause->test = std::move(test);
        return clause;
    }

    ClausePtr finish_value(const Value& value)
    {
        const auto& node = *value.node;
        if (node.is_null()) {
            return finish_null(node);
        }
        switch (line_.op) {
        case Op::Text:
            return finish_text(value);
        case Op::Regex:
            return finish_regex(node);
        case Op::Network:
            return finish_network(node);
        case Op::Compare:
            return finish_comparison(node);
        case Op::Reference:
            return finish_reference(node);
        case Op::Exists:
            return finish_exists(node);
        case Op::Null:
            break;
        }
        return nullptr;
    }

    ClausePtr finish_null(const YamlNode& node)
    {
        if (line_.values.size() > 1 || line_.op != Op::Text ||
            line_.wrapped != Pattern::Shape::Equals || line_.field.empty()) {
            diagnose_.error(node, "null stands alone: not in a list, without other modifiers",
                            "give it a selection of its own and join them with 'or'; for the text "
                            "write 'null' in quotes");
            return nullptr;
        }
        Test test;
        test.op = Op::Null;
        test.written = "null";
        return leaf(std::move(test));
    }

    ClausePtr finish_text(const Value& value)
    {
        const bool keyword = line_.field.empty();
        const bool number = value.node->as_number().has_value();
        std::vector<ClausePtr> any;
        for (auto string : value.strings) {
            if (keyword && line_.wrapped == Pattern::Shape::Equals) {
                string.prepend_any();
                string.append(Part::Kind::Any);
            }
            Test test;
            test.written = string.written();
            test.pattern = Pattern(std::move(string), line_.casing);
            test.number = number && test.pattern.shape() == Pattern::Shape::Equals;
            any.push_back(leaf(std::move(test)));
        }
        return any.size() == 1 ? any.front() : group(Clause::Kind::Any, std::move(any));
    }

    ClausePtr finish_regex(const YamlNode& node)
    {
        auto regex = Regex::compile(node.text, line_.regex_flags);
        if (!regex) {
            diagnose_.error(node, regex.error().message,
                            "Sigma allows . ^ $ * + ? {n,m} [..] | ( )");
            return nullptr;
        }
        if ((*regex)->backtracks()) {
            diagnose_.warning(node,
                              "the regular expression looks around or back; it runs on the slow "
                              "engine, with limits",
                              "write it without (?=…), (?!…), (?<…) and \\1 if you can");
        }
        Test test;
        test.op = Op::Regex;
        test.regex = *regex;
        test.written = node.text;
        return leaf(std::move(test));
    }

    ClausePtr finish_network(const YamlNode& node)
    {
        const auto network = parse_network(node.text);
        if (!network) {
            diagnose_.error(node, network.error().message,
                            "for example 10.0.0.0/8 or 2001:db8::/32");
            return nullptr;
        }
        Test test;
        test.op = Op::Network;
        test.network = *network;
        test.written = node.text;
        return leaf(std::move(test));
    }

    ClausePtr finish_comparison(const YamlNode& node)
    {
        const auto number = node.as_number();
        if (!number) {
            diagnose_.error(node, fmt::format("{} is no number to compare with", quoted(node.text)),
                            "write the number without quotes");
            return nullptr;
        }
        Test test;
        test.op = Op::Compare;
        test.comparison = line_.comparison;
        test.part = line_.part;
        const auto integer = node.as_integer();
        test.bound = {
            .integral = integer.has_value(), .integer = integer.value_or(0), .real = *number};
        test.written = node.text;
        return leaf(std::move(test));
    }

    ClausePtr finish_reference(const YamlNode& node)
    {
        if (node.text.empty()) {
            diagnose_.error(node, "'fieldref' needs the name of a field");
            return nullptr;
        }
        Test test;
        test.op = Op::Reference;
        test.reference = node.text;
        test.reference_shape = line_.wrapped;
        test.casing = line_.casing;
        test.written = node.text;
        return leaf(std::move(test));
    }

    ClausePtr finish_exists(const YamlNode& node)
    {
        Test test;
        test.op = Op::Exists;
        test.written = node.text;
        auto clause = leaf(std::move(test));
        return *node.as_bool() ? clause : group(Clause::Kind::Not, {clause});
    }

    const Line& line_;
    Diagnoser& diagnose_;
    std::size_t& tests_;
};

bool take_values(const YamlNode& values, Line& line, Diagnoser& diagnose)
{
    const auto before = diagnose.errors();
    const auto take = [&](const YamlNode& node) {
        if (!node.is_scalar()) {
            diagnose.error(node, "a value is text or a number here, not a list or a map");
            return;
        }
        line.values.push_back({.node = &node, .strings = strings_of(node)});
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
bool apply_modifiers(const YamlNode& key, std::size_t offset, Line& line, Diagnoser& diagnose)
{
    const auto before = diagnose.errors();
    while (offset < key.text.size()) {
        const auto end = std::min(key.text.find('|', offset + 1), key.text.size());
        const auto name = std::string_view(key.text).substr(offset + 1, end - offset - 1);
        const auto found = std::ranges::find(kModifiers, name, &Modifier::name);
        if (found == kModifiers.end()) {
            diagnose.error_inside(key, offset + 1, fmt::format("unknown modifier {}", quoted(name)),
                                  did_you_mean(name, modifier_names()));
        } else if (const auto applied = found->apply(line); !applied) {
            const bool placeholder = name == "expand";
            diagnose.error_inside(key, offset + 1, applied.error().message,
                                  placeholder
                                      ? "list its values under 'placeholders:' of a file in "
                                        "content/mappings"
                                      : "");
        }
        offset = end;
    }
    return diagnose.errors() == before;
}

} // namespace

std::vector<std::string> modifier_names()
{
    std::vector<std::string> names;
    for (const auto& modifier : kModifiers) {
        names.emplace_back(modifier.name);
    }
    return names;
}

ClausePtr read_line(const YamlNode& key, const YamlNode& values, const Placeholders& placeholders,
                    Diagnoser& diagnose, std::size_t& tests)
{
    const auto bar = std::min(key.text.find('|'), key.text.size());
    Line line;
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
    return LineFinisher(line, diagnose, tests).finish(key.text);
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
