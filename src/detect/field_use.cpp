#include "detect/field_use.h"

#include <algorithm>

#include "detect/detail/compiled.h"
#include "detect/detail/event_view.h"
#include "detect/detail/pattern.h"

namespace tanggap::detect {
namespace {

using Compiled = RuleSet::Compiled;

/// The fields of the predicates below one node.
class Collector {
public:
    explicit Collector(const Compiled& set) : set_(set), names_(set.slots.size())
    {
        for (const auto& [name, slot] : set.slots) {
            names_[slot] = name;
        }
    }

    void collect(NodeIndex index, model::FieldSet& out) const
    {
        const auto& node = set_.nodes[index];
        if (node.kind == ExpressionNode::Kind::Predicate) {
            const auto& predicate = set_.predicates[node.predicate];
            add(predicate.column, out);
            if (predicate.test->op == Test::Op::Reference) {
                add(predicate.other, out);
            }
            return;
        }
        for (auto i = node.children_begin; i < node.children_end; ++i) {
            collect(set_.children[i], out);
        }
    }
    const std::string& name_of(SlotId slot) const { return names_[slot]; }

private:
    void add(ColumnId column, model::FieldSet& out) const
    {
        if (column == kAnyValue) {
            out.all = true;
            return;
        }
        for (const auto slot : set_.columns[column]) {
            out.names.insert(names_[slot]);
        }
    }

    const Compiled& set_;
    std::vector<std::string> names_;
};

} // namespace

FieldUse::FieldUse(std::shared_ptr<const RuleSet> rules) : rules_(std::move(rules))
{
    const Compiled& set = rules_->compiled();
    const Collector collector(set);
    for (const auto& route : set.routes) {
        deciding_.push_back(collector.name_of(route.slot));
    }
    for (const auto& partition : set.partitions) {
        auto& reads = by_partition_.emplace_back();
        for (const auto& instance : partition.instances) {
            collector.collect(instance.root, reads);
        }
        if (reads.names.contains(MemberFields::kOriginal)) {
            reads.all = true; // the record as it came holds every value
        }
    }
}

model::FieldSet FieldUse::of(const model::Event& head,
                             const std::function<bool(std::string_view)>& may_come) const
{
    const auto& partitions = rules_->compiled().partitions;
    model::FieldSet out;
    out.names.insert(deciding_.begin(), deciding_.end());
    const auto may_hold = [&](const RouteTest& test) {
        return may_come(test.field) ||
               any_value_of(head, test.field, [&](const model::Value& value) {
                   return test.values.empty() ||
                          std::ranges::any_of(test.values, [&](const std::string& wanted) {
                              return equals_lowered(value.text, wanted);
                          });
               });
    };
    for (std::size_t i = 0; i < partitions.size(); ++i) {
        if (std::ranges::all_of(partitions[i].variant->when, may_hold)) {
            out.all = out.all || by_partition_[i].all;
            out.names.insert(by_partition_[i].names.begin(), by_partition_[i].names.end());
        }
    }
    return out;
}

} // namespace tanggap::detect
