#include "detect/coverage.h"

#include <algorithm>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "detect/detail/compiled.h"
#include "detect/detail/event_view.h"
#include "detect/detail/router.h"

namespace tanggap::detect {
namespace {

using Compiled = RuleSet::Compiled;
using Gap = RuleCoverage::Gap;

constexpr std::size_t kMissingMax = 5;

struct Seen {
    std::uint64_t events = 0;
    std::vector<bool> slots; ///< that came with a value or without one
};

/// What a condition can come to, whatever the values of the fields seen are.
struct Possible {
    bool can_hold = true;
    bool can_fail = true;
};

class Judge {
public:
    Judge(const Compiled& set, const Seen& seen, const std::vector<std::string>& names)
        : set_(set), seen_(seen), names_(names)
    {
    }

    Possible possible(NodeIndex index) const
    {
        const auto& node = set_.nodes[index];
        if (node.kind == ExpressionNode::Kind::Predicate) {
            return possible(set_.predicates[node.predicate]);
        }
        if (node.kind == ExpressionNode::Kind::Not) {
            const auto inner = possible(set_.children[node.children_begin]);
            return {.can_hold = inner.can_fail, .can_fail = inner.can_hold};
        }
        const bool all = node.kind == ExpressionNode::Kind::All;
        Possible out{.can_hold = all, .can_fail = !all};
        for (auto i = node.children_begin; i < node.children_end; ++i) {
            const auto child = possible(set_.children[i]);
            out.can_hold = all ? out.can_hold && child.can_hold : out.can_hold || child.can_hold;
            out.can_fail = all ? out.can_fail || child.can_fail : out.can_fail && child.can_fail;
        }
        return out;
    }

    /// Fields without which the node, which cannot be `wanted`, stays so.
    void missing(NodeIndex index, bool wanted, std::vector<std::string>& out) const
    {
        const auto& node = set_.nodes[index];
        if (node.kind == ExpressionNode::Kind::Predicate) {
            const auto& predicate = set_.predicates[node.predicate];
            add_missing(predicate.column, out);
            if (predicate.test->op == Test::Op::Reference) {
                add_missing(predicate.other, out);
            }
            return;
        }
        const bool inverted = node.kind == ExpressionNode::Kind::Not;
        for (auto i = node.children_begin; i < node.children_end; ++i) {
            const auto child = possible(set_.written_children[i]);
            if (wanted != inverted ? !child.can_hold : !child.can_fail) {
                missing(set_.written_children[i], wanted != inverted, out);
            }
        }
    }

private:
    Possible possible(const Predicate& predicate) const
    {
        using Op = Test::Op;
        if (predicate.test->op == Op::Null || predicate.column == kAnyValue) {
            return {};
        }
        const bool can = is_seen(predicate.column) &&
                         (predicate.test->op != Op::Reference || is_seen(predicate.other));
        return {.can_hold = can, .can_fail = true};
    }

    bool is_seen(ColumnId column) const
    {
        return column == kAnyValue || std::ranges::any_of(set_.columns[column], [&](SlotId slot) {
                   return seen_.slots[slot];
               });
    }

    void add_missing(ColumnId column, std::vector<std::string>& out) const
    {
        if (is_seen(column) || out.size() >= kMissingMax) {
            return;
        }
        std::string name;
        for (const auto slot : set_.columns[column]) {
            name += (name.empty() ? "" : " or ") + names_[slot];
        }
        if (std::ranges::find(out, name) == out.end()) {
            out.push_back(std::move(name));
        }
    }

    const Compiled& set_;
    const Seen& seen_;
    const std::vector<std::string>& names_;
};

} // namespace

struct Coverage::State {
    explicit State(std::shared_ptr<const RuleSet> given)
        : rules(std::move(given)),
          set(rules->compiled()),
          view(set),
          router(set),
          partitions(set.partitions.size()),
          names(set.slots.size())
    {
        for (const auto& [name, slot] : set.slots) {
            names[slot] = name;
        }
        for (auto& partition : partitions) {
            partition.slots.resize(names.size());
        }
    }

    void take(const model::Event& event)
    {
        view.index(event);
        for (const auto index : router.route(view).partitions) {
            auto& seen = partitions[index];
            ++seen.events;
            view.each_slot([&](SlotId slot) { seen.slots[slot] = true; });
        }
    }

    RuleCoverage of_rule(RuleIndex index) const
    {
        const auto& rule = set.rules[index];
        RuleCoverage out{.rule = rule.info, .gap = Gap::Mapping, .events = 0, .missing = {}};
        std::vector<std::string> missing;
        for (const auto partition : rule.partitions) {
            const auto& seen = partitions[partition];
            out.gap = out.gap == Gap::Mapping ? Gap::Events : out.gap;
            out.events += seen.events;
            if (seen.events == 0 || out.gap == Gap::None) {
                continue;
            }
            out.gap = Gap::Fields;
            const Judge judge(set, seen, names);
            for (const auto& instance : set.partitions[partition].instances) {
                if (instance.rule != index) {
                    continue;
                }
                if (judge.possible(instance.root).can_hold) {
                    out.gap = Gap::None;
                } else {
                    judge.missing(instance.root, true, missing);
                }
            }
        }
        if (out.gap == Gap::Fields) {
            out.missing = std::move(missing);
        }
        return out;
    }

    /// Without a condition it needs each of its rules; with one, some of them may do.
    RuleCoverage of_correlation(const CompiledCorrelation& correlation,
                                const std::map<RuleIndex, RuleCoverage>& known) const
    {
        RuleCoverage out{
            .rule = set.rules[correlation.rule].info, .gap = Gap::None, .events = 0, .missing = {}};
        bool any = false;
        for (const auto& member : correlation.members) {
            const auto& one = known.at(member.rule);
            any = any || one.gap == Gap::None;
            if (one.gap != Gap::None) {
                out.missing.push_back(one.rule->title);
            }
        }
        const bool needs_all = correlation.spec.bounds.empty();
        if (any && (!needs_all || out.missing.empty())) {
            out.missing.clear();
        } else {
            out.gap = Gap::Members;
        }
        return out;
    }

    std::shared_ptr<const RuleSet> rules;
    const Compiled& set;
    EventView view;
    Router router;
    std::vector<Seen> partitions;
    std::vector<std::string> names; ///< by slot
};

Coverage::Coverage(std::shared_ptr<const RuleSet> rules)
    : state_(std::make_unique<State>(std::move(rules)))
{
}

Coverage::~Coverage() = default;

void Coverage::take(const model::Event& event)
{
    state_->take(event);
}

std::vector<RuleCoverage> Coverage::rules() const
{
    const auto& set = state_->set;
    std::map<RuleIndex, RuleCoverage> known;
    for (RuleIndex i = 0; i < set.rules.size(); ++i) {
        if (set.rules[i].condition != nullptr) {
            known.emplace(i, state_->of_rule(i));
        }
    }
    for (const auto& correlation : set.correlations) { // those it counts stand before it
        known.emplace(correlation.rule, state_->of_correlation(correlation, known));
    }
    std::map<const model::RuleInfo*, const RuleCoverage*> by_info;
    for (const auto& [index, one] : known) {
        by_info.emplace(one.rule.get(), &one);
    }
    std::vector<RuleCoverage> out;
    for (const auto& info : set.infos) {
        if (const auto found = by_info.find(info.get()); found != by_info.end()) {
            out.push_back(*found->second);
        }
    }
    return out;
}

} // namespace tanggap::detect
