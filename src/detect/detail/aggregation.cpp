#include "detect/detail/aggregation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"

namespace tanggap::detect {
namespace {

namespace limits = base::limits;
using Type = CorrelationRule::Type;
using Op = CorrelationBound::Op;

struct OpRow {
    std::string_view sign;
    Op op;
};
/// The longer sign first where one begins with another.
constexpr std::array kOps{OpRow{">=", Op::GreaterEqual}, OpRow{"<=", Op::LessEqual},
                          OpRow{"!=", Op::NotEqual},     OpRow{"==", Op::Equal},
                          OpRow{">", Op::Greater},       OpRow{"<", Op::Less},
                          OpRow{"=", Op::Equal}};

bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_name(char c)
{
    return !is_space(c) && c != '(' && c != ')' && c != '<' && c != '>' && c != '=' && c != '!' &&
           c != ',' && c != '|';
}

/// Takes words and signs off the front of the text.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) { skip(); }

    std::string_view word()
    {
        std::size_t end = 0;
        while (end < text_.size() && is_name(text_[end])) {
            ++end;
        }
        return take(end);
    }
    bool sign(std::string_view wanted)
    {
        const bool found = text_.starts_with(wanted);
        take(found ? wanted.size() : 0);
        return found;
    }
    bool done() const { return text_.empty(); }
    std::string_view rest() const { return text_; }

private:
    std::string_view take(std::size_t length)
    {
        const auto taken = text_.substr(0, length);
        text_.remove_prefix(length);
        skip();
        return taken;
    }
    void skip()
    {
        while (!text_.empty() && is_space(text_.front())) {
            text_.remove_prefix(1);
        }
    }

    std::string_view text_;
};

class AggregationReader {
public:
    AggregationReader(const codec::YamlNode& at, std::size_t offset, Diagnoser& diagnose)
        : at_(at),
          offset_(offset),
          diagnose_(diagnose),
          reader_(std::string_view(at.text).substr(offset))
    {
        out_.place = {.file = diagnose.file(), .line = at.line, .column = at.column};
    }

    std::optional<Aggregation> read()
    {
        const auto before = diagnose_.errors();
        read_function();
        if (diagnose_.errors() == before) {
            read_group();
        }
        if (diagnose_.errors() == before) {
            read_bound();
        }
        return diagnose_.errors() == before ? std::optional(std::move(out_)) : std::nullopt;
    }

private:
    void fail(std::string message, std::string hint)
    {
        diagnose_.error_inside(at_, offset_, std::move(message), std::move(hint));
    }

    void read_function()
    {
        const auto name = base::to_lower_ascii(reader_.word());
        if (name == "near") {
            fail("the old 'near' is not read",
                 "write a correlation document of type temporal over one rule for each selection");
            return;
        }
        if (name == "min" || name == "max") {
            fail(fmt::format("the old '{}()' has no correlation that means the same", name),
                 "compare the field itself, for example 'field|gt: 100'");
            return;
        }
        if (name != "count" && name != "sum" && name != "avg") {
            fail(fmt::format("{} is no aggregation", base::quoted(name)), "count, sum or avg");
            return;
        }
        const bool opened = reader_.sign("(");
        const auto field = reader_.word();
        if (!opened || !reader_.sign(")")) {
            fail(fmt::format("'{}' needs its field in parentheses", name),
                 fmt::format("for example {}(dst_ip)", name));
            return;
        }
        if (field.empty() && name != "count") {
            fail(fmt::format("'{}()' needs a field", name), "");
            return;
        }
        out_.rule.type = name == "sum"   ? Type::ValueSum
                         : name == "avg" ? Type::ValueAverage
                         : field.empty() ? Type::EventCount
                                         : Type::ValueCount;
        if (!field.empty()) {
            out_.rule.value_fields.emplace_back(field);
        }
    }

    void read_group()
    {
        auto rest = reader_;
        if (!base::equals_ignore_case_ascii(rest.word(), "by")) {
            return;
        }
        reader_ = rest;
        do {
            out_.rule.group_by.emplace_back(reader_.word());
        } while (reader_.sign(","));
        if (std::ranges::any_of(out_.rule.group_by, &std::string::empty)) {
            fail("after 'by' the name of a field was expected", "");
        }
    }

    void read_bound()
    {
        const auto* const op =
            std::ranges::find_if(kOps, [&](const OpRow& row) { return reader_.sign(row.sign); });
        const auto digits = reader_.word();
        double value = 0;
        const auto [end, fault] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        const bool number = fault == std::errc{} && end == digits.data() + digits.size();
        const bool counts =
            out_.rule.type == Type::EventCount || out_.rule.type == Type::ValueCount;
        if (op == kOps.end() || !number || !std::isfinite(value) || value < 0 ||
            (counts && value > static_cast<double>(limits::kCorrelationCountMax))) {
            fail("the aggregation ends with a comparison and a number",
                 fmt::format("for example > 10; a count is at most {}",
                             limits::kCorrelationCountMax));
        } else if (!reader_.done()) {
            fail(fmt::format("{} follows the aggregation, which ends the condition",
                             base::quoted(reader_.rest())),
                 "move it before the '|'");
        } else {
            out_.rule.bounds.push_back({.op = op->op, .value = value});
        }
    }

    const codec::YamlNode& at_;
    std::size_t offset_;
    Diagnoser& diagnose_;
    Reader reader_;
    Aggregation out_;
};

} // namespace

std::optional<Aggregation> parse_aggregation(const codec::YamlNode& at, std::size_t offset,
                                             Diagnoser& diagnose)
{
    return AggregationReader(at, offset, diagnose).read();
}

} // namespace tanggap::detect
