// The detection part of a rule: selections, then the condition over them.
#include <algorithm>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "detect/detail/aggregation.h"
#include "detect/detail/condition.h"
#include "detect/detail/rule_parser.h"

namespace tanggap::detect {
namespace {

using codec::YamlNode;

/// Tests of a clause, a shared selection counted each time; stops counting above `most`.
std::size_t count_tests(const Clause& clause, std::size_t most)
{
    std::size_t count = 1;
    for (const auto& child : clause.children) {
        if (count > most) {
            break;
        }
        count += count_tests(*child, most - std::min(count, most));
    }
    return count;
}

class DetectionReader {
public:
    DetectionReader(const Placeholders& placeholders, Diagnoser& diagnose)
        : placeholders_(placeholders), diagnose_(diagnose)
    {
    }

    ParsedDetection read(const YamlNode& detection)
    {
        if (!detection.is_mapping()) {
            diagnose_.error(detection, "'detection' is a map of selections and a condition");
            return {};
        }
        const auto before = diagnose_.errors();
        for (const auto& entry : detection.entries) {
            if (entry.key.text != "condition" && entry.key.text != "timeframe") {
                read_entry(entry);
            }
        }
        ParsedDetection out;
        out.condition = read_whole_condition(detection);
        if (const auto* condition = detection.find("condition")) {
            out.aggregation = read_aggregation(*condition, detection);
        }
        if (diagnose_.errors() != before) {
            return {};
        }
        return out;
    }

    /// The selections of a filter stand beside its `rules`.
    ClausePtr read_filter(const YamlNode& filter, const std::string& title)
    {
        if (!filter.is_mapping()) {
            diagnose_.error(filter, "'filter' is a map of rules, selections and a condition");
            return nullptr;
        }
        const auto before = diagnose_.errors();
        for (const auto& entry : filter.entries) {
            if (entry.key.text != "condition" && entry.key.text != "rules") {
                read_entry(entry);
            }
        }
        // People see the names in reasons and explanations, beside those of the rule.
        name_prefix(title);
        const auto* condition = filter.find("condition");
        if (condition != nullptr && !condition->is_scalar()) {
            diagnose_.error(*condition, "a filter has exactly one condition");
            return nullptr;
        }
        auto clause = read_whole_condition(filter);
        if (clause && !negates(*clause)) {
            diagnose_.warning(
                *condition,
                "the filter's condition has no 'not': the rules will match only "
                "where it holds",
                fmt::format("to leave such events out write 'not ({})'", condition->text));
        }
        return diagnose_.errors() == before ? clause : nullptr;
    }

private:
    static bool negates(const Clause& clause)
    {
        return clause.kind == Clause::Kind::Not ||
               std::ranges::any_of(clause.children,
                                   [](const ClausePtr& child) { return negates(*child); });
    }

    void name_prefix(const std::string& title)
    {
        for (auto& [name, clause] : selections_) {
            auto named = std::make_shared<Clause>(*clause);
            named->selection = fmt::format("{}: {}", title, name);
            clause = std::move(named);
        }
    }

    ClausePtr read_whole_condition(const YamlNode& map)
    {
        const auto* condition = map.find("condition");
        if (condition == nullptr) {
            diagnose_.error(map, "there is no condition", "add 'condition: selection'");
            return nullptr;
        }
        auto clause = read_condition(*condition);
        warn_unused(map);
        if (clause &&
            count_tests(*clause, base::limits::kRuleTestsMax) > base::limits::kRuleTestsMax) {
            diagnose_.error(
                *condition,
                fmt::format("the condition asks more than {} values", base::limits::kRuleTestsMax),
                "split the rule");
        }
        return clause;
    }

    /// What stands behind the bar of the one condition, with `timeframe`.
    std::optional<Aggregation> read_aggregation(const YamlNode& condition,
                                                const YamlNode& detection)
    {
        const auto* timeframe = detection.find("timeframe");
        const YamlNode* counted = nullptr;
        for (const auto& item : condition.items) {
            counted = item.text.contains('|') ? &item : counted;
        }
        counted = condition.text.contains('|') ? &condition : counted;
        if (counted == nullptr) {
            if (timeframe != nullptr) {
                diagnose_.error(*timeframe,
                                "'timeframe' belongs to the old aggregations, and there is none",
                                "write a correlation document with a timespan");
            }
            return std::nullopt;
        }
        auto out = parse_aggregation(*counted, counted->text.find('|') + 1, diagnose_);
        if (condition.items.size() > 1) {
            diagnose_.error(*counted, "an aggregation stands alone, not in a list of conditions");
        }
        if (!out) {
            return std::nullopt;
        }
        if (timeframe == nullptr) {
            diagnose_.error(*counted, "the aggregation has no 'timeframe'",
                            "add for example 'timeframe: 10m' beside the condition");
        } else if (const auto span = parse_timespan(*timeframe, diagnose_)) {
            out->rule.timespan = *span;
            out->rule.timespan_text = timeframe->text;
        }
        return out;
    }

    void read_entry(const codec::YamlEntry& entry)
    {
        auto body = read_selection(entry.value);
        auto selection = std::make_shared<Clause>();
        selection->kind = Clause::Kind::All;
        selection->selection = entry.key.text;
        if (body) {
            selection->children.push_back(std::move(body));
        }
        // A broken selection keeps its name, so that the condition is still read for its own
        // errors.
        selections_[entry.key.text] = std::move(selection);
    }

    ClausePtr read_selection(const YamlNode& node)
    {
        if (node.is_mapping()) {
            return read_map(node);
        }
        if (node.is_sequence()) {
            return read_list(node);
        }
        return read_keywords(node, placeholders_, diagnose_, tests_);
    }

    ClausePtr read_map(const YamlNode& map)
    {
        auto all = std::make_shared<Clause>();
        all->kind = Clause::Kind::All;
        for (const auto& entry : map.entries) {
            if (auto line = read_line(entry.key, entry.value, placeholders_, diagnose_, tests_)) {
                all->children.push_back(std::move(line));
            }
        }
        if (map.entries.empty()) {
            diagnose_.error(map, "the selection is empty", "give it a field or remove it");
        }
        return all;
    }

    ClausePtr read_list(const YamlNode& list)
    {
        if (list.items.empty()) {
            diagnose_.error(list, "the selection is empty", "give it a value or remove it");
            return nullptr;
        }
        if (std::ranges::all_of(list.items, &YamlNode::is_scalar)) {
            return read_keywords(list, placeholders_, diagnose_, tests_);
        }
        auto any = std::make_shared<Clause>();
        any->kind = Clause::Kind::Any;
        for (const auto& item : list.items) {
            if (item.is_sequence()) {
                diagnose_.error(item, "a list inside a list means nothing here",
                                "write its values into the outer list");
            } else if (auto one = read_selection(item)) {
                any->children.push_back(std::move(one));
            }
        }
        return any;
    }

    ClausePtr read_condition(const YamlNode& condition)
    {
        if (!condition.is_sequence()) {
            return parse_condition(condition, selections_, diagnose_, used_);
        }
        auto any = std::make_shared<Clause>();
        any->kind = Clause::Kind::Any;
        for (const auto& item : condition.items) {
            if (auto one = parse_condition(item, selections_, diagnose_, used_)) {
                any->children.push_back(std::move(one));
            }
        }
        if (condition.items.empty()) {
            diagnose_.error(condition, "the list of conditions is empty");
        }
        return any;
    }

    void warn_unused(const YamlNode& detection)
    {
        for (const auto& entry : detection.entries) {
            const auto& name = entry.key.text;
            if (selections_.contains(name) && std::ranges::find(used_, name) == used_.end()) {
                diagnose_.warning(
                    entry.key,
                    fmt::format("the condition does not use the selection {}", base::quoted(name)),
                    "remove it, or name it in the condition");
            }
        }
    }

    const Placeholders& placeholders_;
    Diagnoser& diagnose_;
    Selections selections_;
    std::vector<std::string> used_;
    std::size_t tests_ = 0;
};

} // namespace

ParsedDetection parse_detection(const YamlNode& detection, const Placeholders& placeholders,
                                Diagnoser& diagnose)
{
    return DetectionReader(placeholders, diagnose).read(detection);
}

ClausePtr parse_filter(const YamlNode& filter, const std::string& title,
                       const Placeholders& placeholders, Diagnoser& diagnose)
{
    return DetectionReader(placeholders, diagnose).read_filter(filter, title);
}

} // namespace tanggap::detect
