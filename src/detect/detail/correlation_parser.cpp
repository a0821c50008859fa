// The correlation part of a rule.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "detect/detail/rule_parser.h"

namespace tanggap::detect {
namespace {

namespace limits = base::limits;
using codec::YamlNode;
using Type = CorrelationRule::Type;
using BoundOp = CorrelationBound::Op;

struct TypeRow {
    std::string_view name;
    std::optional<Type> type; ///< nothing: known elsewhere, refused here by name
    std::string_view instead; ///< what to write instead
};

constexpr std::array kTypes{
    TypeRow{"event_count", Type::EventCount, {}},
    TypeRow{"value_count", Type::ValueCount, {}},
    TypeRow{"temporal", Type::Temporal, {}},
    TypeRow{"temporal_ordered", Type::TemporalOrdered, {}},
    TypeRow{"value_sum", Type::ValueSum, {}},
    TypeRow{"value_avg", Type::ValueAverage, {}},
    TypeRow{"value_percentile", Type::ValuePercentile, {}},
    TypeRow{"value_median", std::nullopt, "write value_percentile with 'percentile: 50'"},
    TypeRow{"temporal_extended", std::nullopt,
            "Sigma 2.1.0 has temporal with a count; chain correlations for more"},
    TypeRow{"temporal_ordered_extended", std::nullopt,
            "Sigma 2.1.0 has temporal_ordered with a count; chain correlations for more"},
};

struct BoundRow {
    std::string_view name;
    BoundOp op;
};
constexpr std::array kBounds{
    BoundRow{"lt", BoundOp::Less},    BoundRow{"lte", BoundOp::LessEqual},
    BoundRow{"gt", BoundOp::Greater}, BoundRow{"gte", BoundOp::GreaterEqual},
    BoundRow{"eq", BoundOp::Equal},   BoundRow{"neq", BoundOp::NotEqual},
};

template <class Rows>
std::vector<std::string> names_of(const Rows& rows)
{
    std::vector<std::string> names;
    for (const auto& row : rows) {
        names.emplace_back(row.name);
    }
    return names;
}

class CorrelationReader {
public:
    explicit CorrelationReader(Diagnoser& diagnose) : diagnose_(diagnose) {}

    std::optional<CorrelationRule> read(const YamlNode& node)
    {
        if (!node.is_mapping()) {
            diagnose_.error(node, "'correlation' is a map with type, rules, group-by and timespan");
            return std::nullopt;
        }
        const auto before = diagnose_.errors();
        refuse_unknown(node);
        read_type(node);
        read_members(node);
        read_strings(node, "group-by", rule_.group_by);
        read_aliases(node);
        read_timespan(node);
        read_condition(node);
        if (const auto* generate = node.find("generate")) {
            rule_.generate = generate->as_bool().value_or(false);
            if (!generate->as_bool()) {
                diagnose_.error(*generate, "'generate' is true or false");
            }
        }
        return diagnose_.errors() == before ? std::optional(std::move(rule_)) : std::nullopt;
    }

private:
    void refuse_unknown(const YamlNode& node)
    {
        static const std::vector<std::string> kKnown{"type",     "rules",     "aliases", "group-by",
                                                     "timespan", "condition", "generate"};
        for (const auto& entry : node.entries) {
            if (std::ranges::find(kKnown, entry.key.text) == kKnown.end()) {
                diagnose_.error(
                    entry.key, fmt::format("a correlation has no {}", base::quoted(entry.key.text)),
                    did_you_mean(entry.key.text, kKnown));
            }
        }
    }

    const YamlNode* required(const YamlNode& node, std::string_view key)
    {
        const auto* found = node.find(key);
        if (found == nullptr) {
            diagnose_.error(node, fmt::format("the correlation has no {}", base::quoted(key)));
        }
        return found;
    }

    void read_type(const YamlNode& node)
    {
        const auto* type = required(node, "type");
        if (type == nullptr) {
            return;
        }
        const auto row = std::ranges::find(kTypes, type->text, &TypeRow::name);
        if (row == kTypes.end()) {
            diagnose_.error(*type,
                            fmt::format("unknown correlation type {}", base::quoted(type->text)),
                            did_you_mean(type->text, names_of(kTypes)));
        } else if (!row->type) {
            diagnose_.error(
                *type,
                fmt::format("the correlation type {} is not supported", base::quoted(type->text)),
                std::string(row->instead));
        } else {
            rule_.type = *row->type;
        }
    }

    void read_members(const YamlNode& node)
    {
        const auto* rules = required(node, "rules");
        if (rules == nullptr) {
            return;
        }
        std::vector<const YamlNode*> given;
        for (const auto& item : rules->items) {
            given.push_back(&item);
        }
        if (rules->is_scalar()) {
            given.push_back(rules);
        }
        for (const auto* item : given) {
            add_member(*item);
        }
        if (given.empty() || given.size() > limits::kCorrelationRulesMax) {
            diagnose_.error(*rules, fmt::format("'rules' names 1 to {} rules by id or name",
                                                limits::kCorrelationRulesMax));
        }
    }

    bool is_member(const std::string& name) const
    {
        return std::ranges::find(rule_.members, name, &CorrelationRule::Member::name) !=
               rule_.members.end();
    }

    void add_member(const YamlNode& item)
    {
        const bool again = is_member(item.text);
        if (!item.is_scalar() || item.text.empty()) {
            diagnose_.error(item, "a rule is named here by its id or its name");
        } else if (again) {
            diagnose_.error(item,
                            fmt::format("the rule {} is named twice", base::quoted(item.text)));
        } else {
            rule_.members.push_back(
                {.name = item.text,
                 .place = {.file = diagnose_.file(), .line = item.line, .column = item.column}});
        }
    }

    void read_strings(const YamlNode& node, std::string_view key, std::vector<std::string>& out)
    {
        const auto* list = node.find(key);
        if (list == nullptr) {
            return;
        }
        if (list->is_scalar() && !list->text.empty()) {
            out.push_back(list->text);
            return;
        }
        for (const auto& item : list->items) {
            if (!item.is_scalar() || item.text.empty()) {
                diagnose_.error(item,
                                fmt::format("{} is a list of field names", base::quoted(key)));
            }
            out.push_back(item.text);
        }
        if (out.empty()) {
            diagnose_.error(*list, fmt::format("{} names at least one field", base::quoted(key)));
        }
    }

    /// Which of the rules an alias speaks of is known once all rules are.
    void read_aliases(const YamlNode& node)
    {
        const auto* aliases = node.find("aliases");
        if (aliases == nullptr) {
            return;
        }
        for (const auto& alias : aliases->entries) {
            for (const auto& field : alias.value.entries) {
                if (!field.value.is_scalar() || field.value.text.empty()) {
                    diagnose_.error(field.value, "an alias names one field of the rule");
                }
                rule_.aliases.push_back({.name = alias.key.text,
                                         .member = {.name = field.key.text,
                                                    .place = {.file = diagnose_.file(),
                                                              .line = field.key.line,
                                                              .column = field.key.column}},
                                         .field = field.value.text});
            }
            if (alias.value.entries.empty()) {
                diagnose_.error(alias.value, "an alias is a map from rule to field");
            }
        }
        if (!aliases->is_mapping()) {
            diagnose_.error(*aliases, "'aliases' is a map from a name to rules and their fields");
        }
    }

    void read_timespan(const YamlNode& node)
    {
        const auto* span = required(node, "timespan");
        if (span == nullptr) {
            return;
        }
        if (const auto duration = parse_timespan(*span, diagnose_)) {
            rule_.timespan = *duration;
            rule_.timespan_text = span->text;
        }
    }

    bool is_temporal() const
    {
        return rule_.type == Type::Temporal || rule_.type == Type::TemporalOrdered;
    }

    void read_condition(const YamlNode& node)
    {
        const auto* condition = node.find("condition");
        if (condition == nullptr) {
            if (!is_temporal()) {
                diagnose_.error(node, "the correlation needs a condition",
                                "for example 'condition: {gte: 10}'");
            }
            return;
        }
        if (condition->is_scalar()) {
            diagnose_.error(*condition,
                            "a condition in words belongs to the extended correlations, which are "
                            "not supported",
                            "write a map with lt, lte, gt, gte, eq or neq");
            return;
        }
        for (const auto& entry : condition->entries) {
            read_criterion(entry);
        }
        if (rule_.bounds.empty()) {
            diagnose_.error(*condition, "the condition is a map with lt, lte, gt, gte, eq or neq");
        }
        const bool of_values = !is_temporal() && rule_.type != Type::EventCount;
        if (of_values && rule_.value_fields.empty()) {
            diagnose_.error(*condition,
                            "the correlation measures a field: its condition needs 'field'",
                            "for example 'condition: {field: User, gte: 10}'");
        }
        if (!of_values && !rule_.value_fields.empty()) {
            diagnose_.error(*condition, "'field' only belongs to the correlations named value_…");
        }
        const bool of_numbers = rule_.type == Type::ValueSum || rule_.type == Type::ValueAverage ||
                                (rule_.type == Type::ValuePercentile && rule_.percentile);
        if (of_numbers && rule_.value_fields.size() > 1) {
            diagnose_.error(*condition, "a sum, an average or a percentile is of one field",
                            "write one correlation for each and chain them");
        }
    }

    void read_criterion(const codec::YamlEntry& entry)
    {
        if (entry.key.text == "field") {
            read_value_fields(entry.value);
        } else if (entry.key.text == "percentile") {
            read_percentile(entry);
        } else {
            read_bound(entry);
        }
    }

    void read_value_fields(const YamlNode& fields)
    {
        if (fields.is_scalar() && !fields.text.empty()) {
            rule_.value_fields.push_back(fields.text);
        }
        for (const auto& item : fields.items) {
            rule_.value_fields.push_back(item.text);
        }
        if (rule_.value_fields.empty() ||
            std::ranges::any_of(rule_.value_fields, &std::string::empty)) {
            diagnose_.error(fields, "'field' is the name of a field or a list of names");
        }
    }

    /// Source: pySigma's value_percentile; the specification has no word for which percentile.
    void read_percentile(const codec::YamlEntry& entry)
    {
        rule_.percentile = entry.value.as_number();
        if (rule_.type != Type::ValuePercentile) {
            diagnose_.error(entry.key, "'percentile' only belongs to value_percentile");
        } else if (!rule_.percentile || *rule_.percentile < 0 || *rule_.percentile > 100) {
            diagnose_.error(entry.value, "'percentile' is a number from 0 to 100");
        }
    }

    void read_bound(const codec::YamlEntry& entry)
    {
        const auto* const row = std::ranges::find(kBounds, entry.key.text, &BoundRow::name);
        const auto number = entry.value.as_number();
        if (row == kBounds.end()) {
            diagnose_.error(entry.key,
                            fmt::format("unknown comparison {}", base::quoted(entry.key.text)),
                            "lt, lte, gt, gte, eq or neq");
            return;
        }
        const bool counts =
            is_temporal() || rule_.type == Type::EventCount || rule_.type == Type::ValueCount;
        const bool whole = entry.value.as_integer() && *number >= 0 &&
                           *number <= static_cast<double>(limits::kCorrelationCountMax);
        if (counts && !whole) {
            diagnose_.error(entry.value, fmt::format("{} is no number from 0 to {}",
                                                     base::quoted(entry.value.text),
                                                     limits::kCorrelationCountMax));
        } else if (!number || !std::isfinite(*number)) {
            diagnose_.error(entry.value,
                            fmt::format("{} is no number", base::quoted(entry.value.text)));
        } else {
            rule_.bounds.push_back({.op = row->op, .value = *number});
        }
    }

    Diagnoser& diagnose_;
    CorrelationRule rule_;
};

} // namespace

std::optional<base::Duration> parse_timespan(const YamlNode& node, Diagnoser& diagnose)
{
    constexpr std::uint64_t kDay = 86'400;
    constexpr std::uint64_t kSpanMaxSeconds = 366 * kDay;
    std::uint64_t number = 0;
    const auto& text = node.text;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const std::uint64_t seconds = unit == "s"   ? 1
                                  : unit == "m" ? 60
                                  : unit == "h" ? 3'600
                                  : unit == "d" ? kDay
                                  : unit == "w" ? 7 * kDay
                                                : 0;
    if (fault != std::errc{} || seconds == 0 || number == 0 || number > kSpanMaxSeconds / seconds) {
        diagnose.error(node, fmt::format("{} is no timespan", base::quoted(text)),
                       "a number and s, m, h, d or w, for example 10m; at most 366d");
        return std::nullopt;
    }
    return std::chrono::seconds(number * seconds);
}

std::optional<CorrelationRule> parse_correlation(const YamlNode& correlation, Diagnoser& diagnose)
{
    return CorrelationReader(diagnose).read(correlation);
}

} // namespace tanggap::detect
