#include "detect/detail/reasons.h"

#include <algorithm>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "detect/detail/event_view.h"
#include "detect/detail/value_match.h"

namespace tanggap::detect {
namespace {

namespace limits = base::limits;

std::string shown(std::string_view text)
{
    return std::string(text.substr(0, limits::kReasonValueBytesMax));
}

/// What one test found.
struct Found {
    bool matched = false;
    bool present = false;
    std::string event_field;
    std::string value;
};

/// Asks every value a keyword looks at.
Found ask_any_value(const Test& test, const model::Event& event)
{
    Found found{.matched = false, .present = true, .event_field = {}, .value = {}};
    const auto ask = [&](std::string_view name, const model::Value& value) {
        if (!found.matched && value_matches(test, value)) {
            found.matched = true;
            found.event_field = name;
            found.value = shown(value.text);
        }
    };
    for (const auto& field : event.fields) {
        ask(field.name, field.value);
    }
    if (original_is_text(event.original)) {
        ask(MemberFields::kOriginal, model::string_value(event.original));
    }
    return found;
}

bool reference_holds(const Test& test, const Variant& variant, const model::Event& event,
                     const model::Value& value)
{
    return std::ranges::any_of(variant.fields_of(test.reference), [&](const std::string& name) {
        return any_value_of(event, name, [&](const model::Value& other) {
            return reference_matches(test, value, other);
        });
    });
}

Found ask(const Clause& leaf, const Variant& variant, const model::Event& event)
{
    const auto& test = leaf.test;
    if (leaf.field.empty()) {
        return ask_any_value(test, event);
    }
    Found found;
    bool null_seen = false;
    for (const auto& name : variant.fields_of(leaf.field)) {
        found.matched = any_value_of(event, name, [&](const model::Value& value) {
            null_seen = null_seen || value.kind == model::Value::Kind::Null;
            const bool holds = test.op == Test::Op::Reference
                                   ? reference_holds(test, variant, event, value)
                                   : value_matches(test, value);
            if (holds || !found.present) {
                found.present = true;
                found.event_field = name;
                found.value = shown(value.text);
            }
            return holds;
        });
        if (found.matched) {
            return found;
        }
    }
    if (test.op == Test::Op::Exists) {
        found.matched = found.present;
    }
    if (test.op == Test::Op::Null) {
        found.matched = null_seen || !found.present;
    }
    return found;
}

/// Lines and selections carry names; the nodes between them are only logic.
struct Walk {
    const Variant& variant;
    const model::Event& event;
};

bool holds(const Clause& clause, const Walk& walk)
{
    const auto child_holds = [&](const ClausePtr& child) { return holds(*child, walk); };
    switch (clause.kind) {
    case Clause::Kind::Test:
        return ask(clause, walk.variant, walk.event).matched;
    case Clause::Kind::All:
        return std::ranges::all_of(clause.children, child_holds);
    case Clause::Kind::Any:
        return std::ranges::any_of(clause.children, child_holds);
    case Clause::Kind::Not:
        return !holds(*clause.children.front(), walk);
    }
    return false;
}

/// The value that a test which holds found, by number; nothing where it holds since there is none.
std::optional<std::uint32_t> found_by(const Predicate& predicate, const EventView& view)
{
    const auto& test = *predicate.test;
    std::optional<std::uint32_t> found;
    view.any_of_column(predicate.column, [&](std::uint32_t number) {
        const auto& value = view.value(number);
        const bool holds =
            test.op == Test::Op::Reference
                ? view.any_of_column(predicate.other,
                                     [&](std::uint32_t other) {
                                         return reference_matches(test, value, view.value(other));
                                     })
                : value_matches(test, value);
        found = holds || !found ? number : found;
        return holds;
    });
    return found;
}

/// The tests of a rule that hold, which its bound condition knows already.
class Collector {
public:
    Collector(const RuleSet::Compiled& set, const EventView& view,
              const std::function<bool(NodeIndex)>& holds)
        : set_(set), view_(view), holds_(holds)
    {
    }

    void collect(const Clause& clause, NodeIndex node, const std::string& selection)
    {
        if (clause.kind == Clause::Kind::Not || out.size() >= limits::kDetectionReasonsMax) {
            return;
        }
        // A selection that does not hold explains nothing, even where some of its lines do.
        if (clause.kind != Clause::Kind::Any && !holds_(node)) {
            return;
        }
        const auto& name = clause.selection.empty() ? selection : clause.selection;
        if (clause.kind == Clause::Kind::Test) {
            add(clause, set_.predicates[set_.nodes[node].predicate], name);
            return;
        }
        if (clause.children.size() == 1) { // bound to one node with its child
            collect(*clause.children.front(), node, name);
            return;
        }
        const auto bound = std::span(set_.written_children)
                               .subspan(set_.nodes[node].children_begin, clause.children.size());
        for (std::size_t i = 0; i < bound.size(); ++i) {
            collect(*clause.children[i], bound[i], name);
        }
    }

    std::vector<model::MatchReason> out;

private:
    void add(const Clause& test, const Predicate& predicate, const std::string& selection)
    {
        const auto found = found_by(predicate, view_);
        out.push_back({.selection = selection,
                       .field = test.field,
                       .event_field = found ? std::string(view_.name(*found)) : std::string(),
                       .value = found ? shown(view_.value(*found).text) : std::string(),
                       .pattern = test.test.written});
    }

    const RuleSet::Compiled& set_;
    const EventView& view_;
    const std::function<bool(NodeIndex)>& holds_;
};

std::string label_of(const Clause& clause)
{
    if (!clause.selection.empty()) {
        return clause.selection;
    }
    if (!clause.written.empty()) {
        return clause.written;
    }
    switch (clause.kind) {
    case Clause::Kind::All:
        return "all of";
    case Clause::Kind::Any:
        return "any of";
    case Clause::Kind::Not:
        return "not";
    case Clause::Kind::Test:
        return clause.test.written;
    }
    return {};
}

ExplainNode explain_test(const Clause& clause, const Walk& walk)
{
    const auto found = ask(clause, walk.variant, walk.event);
    return {.text = clause.test.written,
            .matched = found.matched,
            .found = found.value,
            .absent = !found.present && !clause.field.empty(),
            .children = {}};
}

ExplainNode explain_node(const Clause& clause, const Walk& walk)
{
    if (clause.kind == Clause::Kind::Test) {
        return explain_test(clause, walk);
    }
    ExplainNode node{.text = label_of(clause),
                     .matched = holds(clause, walk),
                     .found = {},
                     .absent = false,
                     .children = {}};
    for (const auto& child : clause.children) {
        node.children.push_back(explain_node(*child, walk));
    }
    // The body of a selection needs no node of its own.
    const bool body = !clause.selection.empty() && node.children.size() == 1 &&
                      clause.children.front()->written.empty();
    if (body && !node.children.front().children.empty()) {
        auto inner = std::move(node.children.front());
        node.children = std::move(inner.children);
        node.text += inner.text == "any of" ? " (any of)" : "";
    }
    // A line with one value reads better as one node: "cs-method: GET".
    const bool line = !clause.written.empty() && clause.kind != Clause::Kind::Not;
    if (line && node.children.size() == 1 && node.children.front().children.empty()) {
        node.text += ": " + base::quoted(node.children.front().text, 200);
        node.found = node.children.front().found;
        node.absent = node.children.front().absent;
        node.children.clear();
    }
    return node;
}

} // namespace

bool variant_applies(const Variant& variant, const model::Event& event)
{
    return std::ranges::all_of(variant.when, [&](const RouteTest& test) {
        return any_value_of(event, test.field, [&](const model::Value& value) {
            return value.kind != model::Value::Kind::Null &&
                   (test.values.empty() ||
                    std::ranges::any_of(test.values, [&](const std::string& wanted) {
                        return equals_lowered(value.text, wanted);
                    }));
        });
    });
}

std::vector<model::MatchReason> reasons_of(const RuleSet::Compiled& set, const Clause& condition,
                                           NodeIndex root, const EventView& view,
                                           const std::function<bool(NodeIndex)>& holds)
{
    Collector collector(set, view, holds);
    collector.collect(condition, root, {});
    return std::move(collector.out);
}

ExplainNode explain_clause(const Clause& condition, const Variant& variant,
                           const model::Event& event)
{
    return explain_node(condition, {.variant = variant, .event = event});
}

} // namespace tanggap::detect
