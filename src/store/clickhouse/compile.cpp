#include "store/clickhouse/compile.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <functional>

#include <fmt/format.h>

#include "base/text.h"
#include "model/detection.h"
#include "store/clickhouse/words.h"

namespace tanggap::store::clickhouse {
namespace {

using query::FieldType;
using query::Node;
using query::Operator;

std::string escape_parameter(std::string_view value)
{
    std::string out;
    out.reserve(value.size());
    for (const char c : value) {
        switch (c) {
        case '\\':
            out += "\\\\";
            break;
        case '\t':
            out += "\\t";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\0':
            out += "\\0";
            break;
        default:
            out += c;
        }
    }
    return out;
}

std::string_view sign(Operator op)
{
    switch (op) {
    case Operator::Less:
        return "<";
    case Operator::LessEqual:
        return "<=";
    case Operator::Greater:
        return ">";
    case Operator::GreaterEqual:
        return ">=";
    default:
        return "=";
    }
}

bool any_value(const Node& node)
{
    return node.op == Operator::Equals && node.wildcard && node.value == "*";
}

std::string lower_like(const Node& node)
{
    return base::to_lower_ascii(query::like_pattern(node));
}

class Compiler {
public:
    Compiler(const CompileOptions& options, Sql& sql) : options_(options), sql_(sql) {}

    base::Result<std::string> condition(const Node& node)
    {
        switch (node.op) {
        case Operator::And:
        case Operator::Or:
            return joined(node);
        case Operator::Not: {
            TRY(const std::string inner, condition(node.children.front()));
            return "NOT " + inner;
        }
        case Operator::Free:
            return free_text("original", node);
        case Operator::Is:
            return std::string("(level >= 0)");
        case Operator::Has:
            return std::string(node.value == "alert" ? "notEmpty(alerts)" : "(level >= 0)");
        default:
            return leaf(node);
        }
    }

private:
    base::Result<std::string> joined(const Node& node)
    {
        if (node.children.empty()) {
            return std::string(node.op == Operator::And ? "1" : "0");
        }
        std::string out = "(";
        for (const Node& child : node.children) {
            TRY(const std::string inner, condition(child));
            out += (out.size() > 1 ? node.op == Operator::And ? " AND " : " OR " : "") + inner;
        }
        return out + ")";
    }

    base::Result<std::string> leaf(const Node& node)
    {
        if (node.field.empty()) { // a regular expression over the record
            return fmt::format("match(original, {})", sql_.bind(node.value));
        }
        if (node.field == "@timestamp" || node.field == "event.ingested") {
            return time(node, node.field == "@timestamp" ? "ts" : "ingested");
        }
        if (node.field == "event.id") {
            return event_id(node);
        }
        if (node.field == "level") {
            return level(node);
        }
        if (node.field == "rule" || node.field == "alert") {
            return annotation(node);
        }
        if (node.field == "event.original") {
            return words_of("original", node);
        }
        if (node.field == "sensor" || node.field == "event.dataset") {
            return text(node.field == "sensor" ? "sensor" : "dataset", node);
        }
        const auto hot = find_hot(node.field);
        return hot ? with_others(kHotColumns[*hot], node) : sparse(node);
    }

    base::Result<std::string> time(const Node& node, std::string_view column)
    {
        if (any_value(node)) {
            return std::string("1");
        }
        TRY(const query::TimeSpan from,
            query::parse_time_span(node.value, options_.now, options_.zone_minutes));
        const auto at = [&](std::string_view op, base::Time when) {
            return fmt::format("{} {} fromUnixTimestamp64Micro({}, 'UTC')", column, op,
                               sql_.bind(std::to_string(when.micros()), "Int64"));
        };
        switch (node.op) {
        case Operator::Less:
            return "(" + at("<", from.begin) + ")";
        case Operator::LessEqual:
            return "(" + at("<", from.end) + ")";
        case Operator::Greater:
            return "(" + at(">=", from.end) + ")";
        case Operator::GreaterEqual:
            return "(" + at(">=", from.begin) + ")";
        default:
            break;
        }
        query::TimeSpan to = from;
        if (node.op == Operator::Range) {
            TRY(const query::TimeSpan end,
                query::parse_time_span(node.value_to, options_.now, options_.zone_minutes));
            to = end;
        }
        return "(" + at(">=", from.begin) + " AND " + at("<", to.end) + ")";
    }

    base::Result<std::string> event_id(const Node& node)
    {
        if (any_value(node)) {
            return std::string("1");
        }
        TRY(const base::Uuid id, base::parse_uuid(node.value));
        return fmt::format("(event_id = {})", sql_.bind(id.text(), "UUID"));
    }

    base::Result<std::string> level(const Node& node)
    {
        if (any_value(node)) {
            return std::string("(level >= 0)");
        }
        TRY(const model::Level from, model::parse_level(node.value));
        const std::string low = sql_.bind(std::to_string(static_cast<int>(from)), "Int8");
        if (node.op == Operator::Range) {
            TRY(const model::Level to, model::parse_level(node.value_to));
            return fmt::format("(level >= {} AND level <= {})", low,
                               sql_.bind(std::to_string(static_cast<int>(to)), "Int8"));
        }
        return fmt::format("(level >= 0 AND level {} {})", sign(node.op), low);
    }

    base::Result<std::string> annotation(const Node& node)
    {
        const std::string_view column = node.field == "rule" ? "rule_ids" : "alerts";
        if (any_value(node)) {
            return fmt::format("notEmpty({})", column);
        }
        if (node.field == "alert") {
            if (node.op == Operator::Equals) {
                return fmt::format("has(alerts, {})", sql_.bind(node.value, "UInt64"));
            }
            return fmt::format("arrayExists(x -> {}, alerts)", number("toInt64(x)", node));
        }
        if (node.op == Operator::Regex) {
            return fmt::format("arrayExists(x -> match(x, {}), rule_ids)", sql_.bind(node.value));
        }
        if (node.wildcard) {
            return fmt::format("arrayExists(x -> lower(x) LIKE {}, rule_ids)",
                               sql_.bind(lower_like(node)));
        }
        return fmt::format("has(rule_ids, {})", sql_.bind(node.value));
    }

    /// A comparison of numbers; `value` is an expression.
    std::string number(std::string_view value, const Node& node)
    {
        if (node.op == Operator::Range) {
            return fmt::format("({0} >= {1} AND {0} <= {2})", value, sql_.bind(node.value, "Int64"),
                               sql_.bind(node.value_to, "Int64"));
        }
        return fmt::format("({} {} {})", value, sign(node.op), sql_.bind(node.value, "Int64"));
    }

    /// Words: equality and patterns without regard to case.
    std::string text(std::string_view column, const Node& node)
    {
        if (any_value(node)) {
            return fmt::format("({} != '')", column);
        }
        if (node.op == Operator::Regex) {
            return fmt::format("match({}, {})", column, sql_.bind(node.value));
        }
        if (node.type == FieldType::Integer) {
            return fmt::format("ifNull({}, 0)",
                               number(fmt::format("toFloat64OrNull({})", column), node));
        }
        if (node.wildcard) {
            return fmt::format("(lower({}) LIKE {})", column, sql_.bind(lower_like(node)));
        }
        const std::string value = sql_.bind(base::to_lower_ascii(node.value));
        const std::string same =
            column == kHashed ? fmt::format("{} = {} AND ", kHashColumn, hash_of(value)) : "";
        return fmt::format("({}lower({}) = {})", same, column, value);
    }

    /// A long text: the words or the phrase somewhere in it.
    base::Result<std::string> words_of(std::string_view column, const Node& node)
    {
        if (node.op == Operator::Equals && !any_value(node)) {
            return free_text(column, node);
        }
        return text(column, node);
    }

    base::Result<std::string> free_text(std::string_view column, const Node& node)
    {
        const WordSearch search = plan_word_search(node);
        std::string out = "(";
        for (const std::string& token : search.tokens) {
            out += fmt::format("{}hasToken(lower({}), {})", out.size() > 1 ? " AND " : "", column,
                               sql_.bind(token));
        }
        if (!search.like.empty()) {
            out += fmt::format("{}lower({}) LIKE {}", out.size() > 1 ? " AND " : "", column,
                               sql_.bind(search.like));
        }
        if (!search.regex.empty()) {
            out += fmt::format(" AND match(lower({}), {})", column, sql_.bind(search.regex));
        }
        return out + ")";
    }

    base::Result<std::string> address(std::string_view column, const Node& node)
    {
        if (any_value(node)) {
            return fmt::format("({} != toIPv6('::'))", column);
        }
        TRY(const query::AddressRange from, query::parse_address_range(node.value));
        query::AddressRange to = from;
        if (node.op == Operator::Range) {
            TRY(const query::AddressRange end, query::parse_address_range(node.value_to));
            to = end;
        }
        if (node.op == Operator::Equals && from.first == from.last) {
            return fmt::format("({} = {})", column, bind_address(from.first));
        }
        if (node.op != Operator::Equals && node.op != Operator::Range) {
            const bool first = node.op == Operator::Less || node.op == Operator::GreaterEqual;
            return fmt::format("({0} != toIPv6('::') AND {0} {1} {2})", column, sign(node.op),
                               bind_address(first ? from.first : from.last));
        }
        return fmt::format("({0} != toIPv6('::') AND {0} >= {1} AND {0} <= {2})", column,
                           bind_address(from.first), bind_address(to.last));
    }

    std::string bind_address(const std::array<std::uint8_t, 16>& bytes)
    {
        std::array<char, INET6_ADDRSTRLEN> buffer{};
        inet_ntop(AF_INET6, bytes.data(), buffer.data(), buffer.size());
        return sql_.bind(buffer.data(), "IPv6");
    }

    base::Result<std::string> hot(const Column& column, const Node& node)
    {
        switch (column.kind) {
        case ColumnKind::Address:
            return address(column.column, node);
        case ColumnKind::Integer:
            return any_value(node) ? fmt::format("({} >= 0)", column.column)
                                   : fmt::format("({} >= 0 AND {})", column.column,
                                                 number(column.column, node));
        case ColumnKind::Text:
            return node.type == FieldType::Text
                       ? words_of(column.column, node)
                       : base::Result<std::string>(text(column.column, node));
        case ColumnKind::Word:
            break;
        }
        return text(column.column, node);
    }

    /// The column, or a value that it could not hold.
    base::Result<std::string> with_others(const Column& column, const Node& node)
    {
        TRY(std::string main, hot(column, node));
        if (!options_.others) {
            return main;
        }
        const std::string prefix = sql_.bind(std::string(column.field) + "=");
        const std::string value = fmt::format("substring(x, length({}) + 1)", prefix);
        std::string wanted = "1";
        if (!any_value(node) && column.kind == ColumnKind::Address) {
            TRY(const std::string range, address("toIPv6OrDefault(" + value + ")", node));
            wanted = range;
        } else if (!any_value(node)) {
            wanted = column.kind == ColumnKind::Integer
                         ? fmt::format("ifNull({}, 0)",
                                       number(fmt::format("toFloat64OrNull({})", value), node))
                         : text(value, node);
        }
        return fmt::format("({} OR (others != '' AND arrayExists(x -> startsWith(x, {}) AND {}, "
                           "splitByChar('\\x1e', others))))",
                           main, prefix, wanted);
    }

    /// A field of the map. The first two conditions are what the bloom filters answer.
    base::Result<std::string> sparse(const Node& node)
    {
        const std::string key = sql_.bind(node.field);
        std::string has_key = fmt::format("has(mapKeys(extra), {})", key);
        if (any_value(node)) {
            return has_key;
        }
        const bool plain =
            node.op == Operator::Equals && !node.wildcard && node.type != FieldType::Integer;
        const std::string has_value =
            plain ? fmt::format(" AND has(arrayMap(x -> lower(x), mapValues(extra)), {})",
                                sql_.bind(base::to_lower_ascii(node.value)))
                  : std::string();
        std::string wanted;
        if (node.type == FieldType::Address) {
            TRY(const std::string range, address("toIPv6OrDefault(v)", node));
            wanted = range;
        } else {
            wanted = text("v", node);
        }
        return fmt::format(
            "({}{} AND arrayExists((k, v) -> k = {} AND {}, mapKeys(extra), mapValues(extra)))",
            has_key, has_value, key, wanted);
    }

    const CompileOptions& options_;
    Sql& sql_;
};

} // namespace

std::string Sql::bind(std::string_view value, std::string_view type)
{
    std::string name = "p" + std::to_string(parameters.size());
    std::string placeholder = fmt::format("{{{}:{}}}", name, type);
    parameters.emplace_back(std::move(name), escape_parameter(value));
    return placeholder;
}

bool matches_everything(const Node* filter)
{
    return filter == nullptr || (filter->op == Operator::And && filter->children.empty());
}

bool asks_only_counts(const Node* filter, const CompileOptions& options)
{
    if (matches_everything(filter)) {
        return true;
    }
    switch (filter->op) {
    case Operator::And:
    case Operator::Or:
    case Operator::Not:
        return std::ranges::all_of(
            filter->children, [&](const Node& child) { return asks_only_counts(&child, options); });
    case Operator::Free:
    case Operator::Is:
    case Operator::Has:
        return false;
    default:
        break;
    }
    const auto hot = find_hot(filter->field);
    return !options.others && hot && kHotColumns[*hot].column == kCountedWith;
}

void add_period(Sql& sql, base::Time from, base::Time to)
{
    sql.text += fmt::format("ts >= fromUnixTimestamp64Micro({}, 'UTC') AND ts < "
                            "fromUnixTimestamp64Micro({}, 'UTC')",
                            sql.bind(std::to_string(from.micros()), "Int64"),
                            sql.bind(std::to_string(to.micros()), "Int64"));
}

base::Status compile_filter(const Node& node, const CompileOptions& options, Sql& sql)
{
    TRY(const std::string condition, Compiler(options, sql).condition(node));
    sql.text += condition;
    return {};
}

base::Result<Countable> compile_countable(std::string_view name, Sql& sql)
{
    const query::FieldInfo* info = query::event_scope().find(name);
    const std::string field = info != nullptr ? info->canonical : std::string(name);
    if (field == "sensor" || field == "event.dataset") {
        const std::string column = field == "sensor" ? "sensor" : "dataset";
        return Countable{.expression = column, .present = column + " != ''"};
    }
    if (field == "level") {
        return Countable{.expression = "toString(level)", .present = "level >= 0", .level = true};
    }
    if (field == "rule") {
        return Countable{.expression = "arrayJoin(rule_ids)", .present = "notEmpty(rule_ids)"};
    }
    if (field == "alert") {
        return Countable{.expression = "toString(arrayJoin(alerts))",
                         .present = "notEmpty(alerts)"};
    }
    if (const auto hot = find_hot(field)) {
        const Column& column = kHotColumns[*hot];
        const std::string text(column.column);
        const bool by_day = counted_by_day(column);
        switch (column.kind) {
        case ColumnKind::Address:
            return Countable{.expression = text,
                             .present = text + " != toIPv6('::')",
                             .address = true,
                             .by_day = by_day};
        case ColumnKind::Integer:
            return Countable{.expression = text, .present = text + " >= 0", .by_day = by_day};
        default:
            return Countable{.expression = text, .present = text + " != ''", .by_day = by_day};
        }
    }
    if (info != nullptr &&
        (info->type == FieldType::Time || info->type == FieldType::Text || field == "event.id")) {
        return base::invalid("the most frequent values of " + field +
                             " are not counted: it differs in every event");
    }
    if (info == nullptr && !field.contains('.')) {
        return base::invalid(base::quoted(field) + " is not a field of events");
    }
    const std::string key = sql.bind(field);
    return Countable{.expression = fmt::format("extra[{}]", key),
                     .present = fmt::format("has(mapKeys(extra), {})", key)};
}

} // namespace tanggap::store::clickhouse
