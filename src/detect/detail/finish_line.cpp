#include <algorithm>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "detect/detail/rule_line.h"

namespace tanggap::detect {
namespace {

namespace limits = base::limits;
using codec::YamlNode;
using Op = Test::Op;

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
    LineFinisher(const RuleLine& line, Diagnoser& diagnose, std::size_t& tests)
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

    ClausePtr finish_value(const LineValue& value)
    {
        const auto& node = *value.node;
        if (node.is_null()) {
            return finish_null(node);
        }
        switch (line_.op) {
        case Op::Text:
            return finish_text(value);
        case Op::Regex:
            return finish_regex(value);
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

    ClausePtr finish_text(const LineValue& value)
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

    ClausePtr finish_regex(const LineValue& value)
    {
        std::vector<ClausePtr> any;
        for (const auto& expression : value.expressions) {
            any.push_back(finish_expression(*value.node, expression));
            if (any.back() == nullptr) {
                return nullptr;
            }
        }
        return any.size() == 1 ? any.front() : group(Clause::Kind::Any, std::move(any));
    }

    ClausePtr finish_expression(const YamlNode& node, const std::string& expression)
    {
        auto regex = Regex::compile(expression, line_.regex_flags);
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
        test.written = expression;
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
            diagnose_.error(node,
                            fmt::format("{} is no number to compare with", base::quoted(node.text)),
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

    const RuleLine& line_;
    Diagnoser& diagnose_;
    std::size_t& tests_;
};

} // namespace

ClausePtr finish_line(const RuleLine& line, std::string written, Diagnoser& diagnose,
                      std::size_t& tests)
{
    return LineFinisher(line, diagnose, tests).finish(std::move(written));
}

} // namespace tanggap::detect
