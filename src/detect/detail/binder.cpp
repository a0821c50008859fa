// Rules to predicates, shared where two rules ask the same, and to the witnesses that wake a rule.
#include <algorithm>
#include <array>
#include <set>
#include <span>

#include <fmt/format.h>

#include "detect/detail/compiled.h"

namespace tanggap::detect {
namespace {

using Kind = ExpressionNode::Kind;

/// Two tests with the same key give the same answer on every value.
std::string key_of(ColumnId column, ColumnId other, const Test& test)
{
    std::string key = fmt::format("{}/{}/{}/", column, other, static_cast<int>(test.op));
    switch (test.op) {
    case Test::Op::Text:
        key += fmt::format("{}{}", static_cast<int>(test.pattern.casing()), test.number ? 1 : 0);
        for (const auto& part : test.pattern.string().parts) {
            key +=
                fmt::format("{}:{}:{}", static_cast<int>(part.kind), part.text.size(), part.text);
        }
        break;
    case Test::Op::Compare:
        key += fmt::format("{}/{}/{}/{}/{}", static_cast<int>(test.comparison),
                           static_cast<int>(test.part), test.bound.integral, test.bound.integer,
                           test.bound.real);
        break;
    case Test::Op::Network:
        key.append(reinterpret_cast<const char*>(test.network.base.bytes.data()), 16);
        key += fmt::format("{}/{}", test.network.bits, test.network.base.v4);
        break;
    case Test::Op::Regex:
        key += fmt::format("{}", static_cast<const void*>(test.regex.get()));
        break;
    case Test::Op::Reference:
        key += fmt::format("{}/{}", static_cast<int>(test.reference_shape),
                           static_cast<int>(test.casing));
        break;
    case Test::Op::Exists:
    case Test::Op::Null:
        break;
    }
    return key;
}

/// In how many of a thousand values a literal is expected to be found, and what it costs to look
/// for it: short ones, and those that common words hold, stand everywhere; a whole value that is
/// one plain word is one of few.
double literal_cost(const Pattern& pattern)
{
    constexpr std::array kByLength{1000.0, 1000.0, 500.0, 200.0, 60.0, 20.0, 8.0, 4.0};
    const auto& literal = pattern.literal();
    const double by_length = literal.size() < kByLength.size()
                                 ? kByLength[literal.size()]
                                 : 16.0 / static_cast<double>(literal.size());
    const double by_words = stands_in_common_word(literal) ? 200.0 : 0.0;
    if (pattern.shape() == Pattern::Shape::Equals) {
        return 2.0 + by_words + (literal.find_first_of("\\/. ") == literal.npos ? 60.0 : 0.0);
    }
    return by_length + by_words;
}

} // namespace

Binder::Binder(RuleSet::Compiled& set) : set_(set)
{
    set_.columns.emplace_back(); // kAnyValue
}

SlotId Binder::slot_of(const std::string& field)
{
    return set_.slots.emplace(field, static_cast<SlotId>(set_.slots.size())).first->second;
}

ColumnId Binder::column_of(const Variant& variant, const std::string& sigma_field)
{
    if (sigma_field.empty()) {
        return kAnyValue;
    }
    std::vector<SlotId> slots;
    for (const auto& field : variant.fields_of(sigma_field)) {
        slots.push_back(slot_of(field));
    }
    const auto next = static_cast<ColumnId>(set_.columns.size());
    const auto [found, fresh] = columns_.emplace(slots, next);
    if (fresh) {
        set_.columns.push_back(std::move(slots));
    }
    return found->second;
}

std::uint32_t Binder::partition_of(const Variant& variant)
{
    const auto next = static_cast<std::uint32_t>(set_.partitions.size());
    const auto [found, fresh] = partitions_.emplace(&variant, next);
    if (fresh) {
        set_.partitions.emplace_back().variant = &variant;
    }
    return found->second;
}

void Binder::bind(RuleIndex rule, std::span<const Variant* const> variants)
{
    for (const auto* variant : variants) {
        const auto partition = partition_of(*variant);
        const auto root = bind_clause(*set_.rules[rule].condition, *variant);
        set_.partitions[partition].instances.push_back({.rule = rule, .root = root});
        set_.rules[rule].partitions.push_back(partition);
    }
}

NodeIndex Binder::bind_clause(const Clause& clause, const Variant& variant)
{
    if (clause.kind == Clause::Kind::Test) {
        return bind_test(clause, variant);
    }
    std::vector<NodeIndex> children;
    for (const auto& child : clause.children) {
        children.push_back(bind_clause(*child, variant));
    }
    if (children.size() == 1 && clause.kind != Clause::Kind::Not) {
        return children.front();
    }
    const auto begin = static_cast<std::uint32_t>(set_.children.size());
    set_.written_children.insert(set_.written_children.end(), children.begin(), children.end());
    set_.children.insert(set_.children.end(), children.begin(), children.end());
    set_.nodes.push_back({.kind = clause.kind == Clause::Kind::All   ? Kind::All
                                  : clause.kind == Clause::Kind::Any ? Kind::Any
                                                                     : Kind::Not,
                          .predicate = 0,
                          .children_begin = begin,
                          .children_end = static_cast<std::uint32_t>(set_.children.size())});
    return static_cast<NodeIndex>(set_.nodes.size() - 1);
}

/// Answers do not depend on the order in which they are asked for; what they cost does.
void Binder::cheapest_first()
{
    efforts_.clear();
    for (const auto& node : set_.nodes) { // children stand before their parents
        efforts_.push_back(effort_of(node));
        std::ranges::sort(
            std::span(set_.children)
                .subspan(node.children_begin, node.children_end - node.children_begin),
            {}, [&](NodeIndex child) {
                return std::pair(efforts_[child], child); // alike on every machine
            });
    }
}

/// Units: none; a scanned predicate is known already, a regular expression costs most.
int Binder::effort_of(const ExpressionNode& node) const
{
    constexpr int kEnough = 1'000'000;
    if (node.kind == Kind::Predicate) {
        const auto& predicate = set_.predicates[node.predicate];
        const auto op = predicate.test->op;
        return predicate.scanned ? 1 : op == Test::Op::Text ? 5 : op == Test::Op::Regex ? 100 : 10;
    }
    int effort = 0;
    for (auto i = node.children_begin; i < node.children_end && effort < kEnough; ++i) {
        effort += efforts_[set_.children[i]];
    }
    return effort;
}

NodeIndex Binder::bind_test(const Clause& clause, const Variant& variant)
{
    const auto column = column_of(variant, clause.field);
    const auto other = clause.test.op == Test::Op::Reference
                           ? column_of(variant, clause.test.reference)
                           : ColumnId{0};
    set_.nodes.push_back({.kind = Kind::Predicate,
                          .predicate = intern(column, other, clause.test),
                          .children_begin = 0,
                          .children_end = 0});
    return static_cast<NodeIndex>(set_.nodes.size() - 1);
}

PredicateId Binder::intern(ColumnId column, ColumnId other, const Test& test)
{
    const auto next = static_cast<PredicateId>(set_.predicates.size());
    const auto [found, fresh] = predicates_.emplace(key_of(column, other, test), next);
    const PredicateId id = found->second;
    if (fresh) {
        set_.predicates.push_back({.column = column, .other = other, .test = &test});
        if (test.op == Test::Op::Regex) {
            guard(id);
        }
    }
    return id;
}

/// The texts a regular expression needs, as predicates of their own.
void Binder::guard(PredicateId expression)
{
    const auto predicate = set_.predicates[expression];
    std::vector<PredicateId> guards;
    for (const auto& text : predicate.test->regex->required_texts()) {
        SigmaString string = plain_string(text);
        string.prepend_any();
        string.append(Part::Kind::Any);
        auto test = std::make_shared<Test>();
        test->pattern = Pattern(std::move(string), Casing::Ignored);
        guards.push_back(intern(predicate.column, 0, *test));
        set_.owned_tests.push_back(std::move(test));
    }
    auto& guarded = set_.predicates[expression];
    guarded.guards_begin = static_cast<std::uint32_t>(set_.guards.size());
    set_.guards.insert(set_.guards.end(), guards.begin(), guards.end());
    guarded.guards_end = static_cast<std::uint32_t>(set_.guards.size());
}

/// The cheapest set of text predicates of which one must be hit for the node to hold.
Binder::Cost Binder::witnesses_of(NodeIndex index)
{
    const auto node = set_.nodes[index];
    if (node.kind == Kind::Predicate) {
        return witnesses_of_predicate(node.predicate);
    }
    Cost best;
    if (node.kind == Kind::Not) {
        return best;
    }
    best.found = node.kind == Kind::Any && node.children_begin != node.children_end;
    for (auto i = node.children_begin; i < node.children_end; ++i) {
        auto child = witnesses_of(set_.children[i]);
        if (node.kind == Kind::All) {
            if (child.found && (!best.found || child.cost < best.cost)) {
                best = std::move(child);
            }
            continue;
        }
        if (!child.found) {
            return {};
        }
        best.cost += child.cost;
        best.witnesses.insert(best.witnesses.end(), child.witnesses.begin(), child.witnesses.end());
    }
    return best;
}

Binder::Cost Binder::witnesses_of_predicate(PredicateId id)
{
    const auto predicate = set_.predicates[id];
    if (TextMatcher::takes(*predicate.test)) {
        return {.cost = literal_cost(predicate.test->pattern), .witnesses = {id}, .found = true};
    }
    Cost cost;
    for (auto i = predicate.guards_begin; i < predicate.guards_end; ++i) {
        const PredicateId guard = set_.guards[i];
        cost.cost += literal_cost(set_.predicates[guard].test->pattern);
        cost.witnesses.push_back(guard);
        cost.found = true;
    }
    return cost;
}

void Binder::announce(std::uint32_t index)
{
    auto& partition = set_.partitions[index];
    for (std::uint32_t i = 0; i < partition.instances.size(); ++i) {
        const auto cost = witnesses_of(partition.instances[i].root);
        if (!cost.found) {
            partition.always.push_back(i);
            continue;
        }
        announced_.resize(std::max(announced_.size(), set_.predicates.size()));
        std::set<PredicateId> once(cost.witnesses.begin(), cost.witnesses.end());
        for (const auto predicate : once) {
            announced_[predicate].push_back({.partition = index, .instance = i});
            set_.predicates[predicate].scanned = true;
        }
    }
}

void Binder::collect_scanned(NodeIndex index, std::vector<PredicateId>& out) const
{
    const auto& node = set_.nodes[index];
    if (node.kind == Kind::Predicate) {
        const auto& predicate = set_.predicates[node.predicate];
        if (predicate.scanned) {
            out.push_back(node.predicate);
        }
        for (auto i = predicate.guards_begin; i < predicate.guards_end; ++i) {
            if (set_.predicates[set_.guards[i]].scanned) {
                out.push_back(set_.guards[i]);
            }
        }
    }
    for (auto i = node.children_begin; i < node.children_end; ++i) {
        collect_scanned(set_.children[i], out);
    }
}

void Binder::build_matchers(Partition& partition)
{
    std::vector<PredicateId> scanned;
    for (const auto& instance : partition.instances) {
        collect_scanned(instance.root, scanned);
    }
    std::ranges::sort(scanned);
    const auto repeated = std::ranges::unique(scanned);
    scanned.erase(repeated.begin(), repeated.end());

    std::map<SlotId, TextMatcher> by_slot;
    for (const auto id : scanned) {
        const auto& predicate = set_.predicates[id];
        if (predicate.column == kAnyValue) {
            partition.keywords.add(id, *predicate.test);
        }
        for (const auto slot : set_.columns[predicate.column]) {
            by_slot[slot].add(id, *predicate.test);
        }
    }
    partition.keywords.build();
    for (auto& [slot, matcher] : by_slot) {
        matcher.build();
        partition.matchers.push_back({.slot = slot, .matcher = std::move(matcher)});
    }
}

void Binder::build_routes()
{
    std::map<std::string, std::size_t> known;
    for (const auto& partition : set_.partitions) {
        for (const auto& test : partition.variant->when) {
            const auto [found, fresh] = known.emplace(test.field, set_.routes.size());
            if (fresh) {
                set_.routes.push_back({.slot = slot_of(test.field), .values = {}});
            }
            auto& values = set_.routes[found->second].values;
            for (const auto& value : test.values) {
                // 0 is absent, 1 is any value no rule asks for.
                values.emplace(value, static_cast<std::uint32_t>(values.size() + 2));
            }
        }
    }
}

void Binder::finish()
{
    std::uint32_t instances = 0;
    for (std::uint32_t i = 0; i < set_.partitions.size(); ++i) {
        set_.partitions[i].first_instance = instances;
        instances += static_cast<std::uint32_t>(set_.partitions[i].instances.size());
        announce(i);
    }
    set_.instances = instances;
    announced_.resize(set_.predicates.size());
    cheapest_first();
    for (auto& partition : set_.partitions) {
        build_matchers(partition);
    }
    set_.witness_begin.push_back(0);
    for (const auto& witnesses : announced_) {
        set_.witnesses.insert(set_.witnesses.end(), witnesses.begin(), witnesses.end());
        set_.witness_begin.push_back(static_cast<std::uint32_t>(set_.witnesses.size()));
    }
    build_routes();
}

const CompiledRule* RuleSet::Compiled::find_rule(std::string_view id) const
{
    const auto found =
        std::ranges::find_if(rules, [&](const CompiledRule& rule) { return rule.info->id == id; });
    return found == rules.end() ? nullptr : &*found;
}

} // namespace tanggap::detect
