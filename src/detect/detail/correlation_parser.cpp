// The correlation part of a rule.
#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "detect/detail/rule_parser.h"

namespace tanggap::detect {
namespace {

namespace limits = base::limits;
using base::quoted;
using codec::YamlNode;
using Type = CorrelationRule::Type;
using BoundOp = CorrelationBound::Op;

struct TypeRow {
    std::string_view name;
    std::optional<Type> type; ///< nothing: known to Sigma, not done here
};

constexpr std::array kTypes{
    TypeRow{"event_count", Type::EventCount},
    TypeRow{"value_count", Type::ValueCount},
    TypeRow{"temporal", Type::Temporal},
    TypeRow{"temporal_ordered", Type::TemporalOrdered},
    TypeRow{"value_sum", std::nullopt},
    TypeRow{"value_avg", std::nullopt},
    TypeRow{"value_percentile", std::nullopt},
    TypeRow{"temporal_extended", std::nullopt},
    TypeRow{"temporal_ordered_extended", std::nullopt},
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
                diagnose_.error(entry.key,
                                fmt::format("a correlation has no {}", quoted(entry.key.text)),
                                did_you_mean(entry.key.text, kKnown));
            }
        }
    }

    const YamlNode* required(const YamlNode& node, std::string_view key)
    {
        const auto* found = node.find(key);
        if (found == nullptr) {
            diagnose_.error(node, fmt::format("the correlation has no {}", quoted(key)));
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
            diagnose_.error(*type, fmt::format("unknown correlation type {}", quoted(type->text)),
                            did_you_mean(type->text, names_of(kTypes)));
        } else if (!row->type) {
            diagnose_.error(
                *type, fmt::format("the correlation type {} is not supported", quoted(type->text)),
                "supported are event_count, value_count, temporal, temporal_ordered");
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
            diagnose_.error(item, fmt::format("the rule {} is named twice", quoted(item.text)));
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
                diagnose_.error(item, fmt::format("{} is a list of field names", quoted(key)));
            }
            out.push_back(item.text);
        }
        if (out.empty()) {
            diagnose_.error(*list, fmt::format("{} names at least one field", quoted(key)));
        }
    }

    void read_aliases(const YamlNode& node)
    {
        const auto* aliases = node.find("aliases");
        if (aliases == nullptr) {
            return;
        }
        for (const auto& alias : aliases->entries) {
            for (const auto& field : alias.value.entries) {
                if (!is_member(field.key.text)) {
                    diagnose_.error(field.key,
                                    fmt::format("the alias names {}, which is none of the rules",
                                                quoted(field.key.text)));
                }
                rule_.aliases[alias.key.text][field.key.text] = field.value.text;
            }
            if (alias.value.entries.empty()) {
                diagnose_.error(alias.value, "an alias is a map from rule to field");
            }
        }
    }

    void read_timespan(const YamlNode& node)
    {
        const auto* span = required(node, "timespan");
        if (span == nullptr) {
            return;
        }
        constexpr std::uint64_t kDay = 86'400;
        constexpr std::uint64_t kSpanMaxSeconds = 366 * kDay;
        std::uint64_t number = 0;
        const auto& text = span->text;
        const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
        const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
        const std::uint64_t seconds = unit == "s"   ? 1
                                      : unit == "m" ? 60
                                      : unit == "h" ? 3'600
                                      : unit == "d" ? kDay
                                                    : 0;
        if (fault != std::errc{} || seconds == 0 || number == 0 ||
            number > kSpanMaxSeconds / seconds) {
            diagnose_.error(*span, fmt::format("{} is no timespan", quoted(text)),
                            "a number and s, m, h or d, for example 10m; at most 366d");
            return;
        }
        rule_.timespan = std::chrono::seconds(number * seconds);
        rule_.timespan_text = text;
    }

    void read_condition(const YamlNode& node)
    {
        const auto* condition = node.find("condition");
        const bool counts = rule_.type == Type::EventCount || rule_.type == Type::ValueCount;
        if (condition == nullptr) {
            if (counts) {
                diagnose_.error(node, "a count needs a condition",
                                "for example 'condition: {gte: 10}'");
            }
            return;
        }
        if (rule_.type == Type::TemporalOrdered) {
            diagnose_.error(*condition,
                            "'temporal_ordered' takes no condition: every rule must occur, "
                            "in the order given",
                            "remove the condition, or use 'temporal'");
            return;
        }
        for (const auto& entry : condition->entries) {
            read_bound(entry);
        }
        if (rule_.bounds.empty()) {
            diagnose_.error(*condition, "the condition is a map with lt, lte, gt, gte, eq or neq");
        }
        if (rule_.type == Type::ValueCount && rule_.value_fields.empty()) {
            diagnose_.error(*condition, "'value_count' needs 'field' in its condition");
        }
    }

    void read_bound(const codec::YamlEntry& entry)
    {
        if (entry.key.text == "field") {
            if (rule_.type != Type::ValueCount) {
                diagnose_.error(entry.key, "'field' only belongs to value_count");
            } else if (entry.value.is_scalar()) {
                rule_.value_fields.push_back(entry.value.text);
            } else {
                for (const auto& item : entry.value.items) {
                    rule_.value_fields.push_back(item.text);
                }
            }
            return;
        }
        const auto row = std::ranges::find(kBounds, entry.key.text, &BoundRow::name);
        const auto number = entry.value.as_integer();
        if (row == kBounds.end()) {
            diagnose_.error(entry.key, fmt::format("unknown comparison {}", quoted(entry.key.text)),
                            "lt, lte, gt, gte, eq or neq");
        } else if (!number || *number < 0 ||
                   static_cast<std::size_t>(*number) > limits::kCorrelationCountMax) {
            diagnose_.error(entry.value,
                            fmt::format("{} is no number from 0 to {}", quoted(entry.value.text),
                                        limits::kCorrelationCountMax));
        } else {
            rule_.bounds.push_back({.op = row->op, .count = static_cast<std::uint64_t>(*number)});
        }
    }

    Diagnoser& diagnose_;
    CorrelationRule rule_;
};

} // namespace

std::optional<CorrelationRule> parse_correlation(const YamlNode& correlation, Diagnoser& diagnose)
{
    return CorrelationReader(diagnose).read(correlation);
}

} // namespace tanggap::detect
