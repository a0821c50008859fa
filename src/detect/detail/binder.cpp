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

constexpr double kThousand = 1000.0;

/// Whether a byte is rare in values: neither of words, nor what stands between words.
bool is_rare(char c)
{
    const bool of_words = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    return !of_words && !std::string_view(" ./\\-_:,;=\"").contains(c);
}

/// In how many of a thousand values a literal is expected to be found, and what it costs to look
/// for it: short ones, and those that common words hold, stand everywhere, but "{{" as seldom as
/// twice as many letters; a whole value that is one plain word is one of few, and one of three
/// letters or digits most often a GET or a 200.
double literal_cost(const Pattern& pattern)
{
    constexpr std::array kByLength{kThousand, kThousand, 500.0, 200.0, 60.0, 20.0, 8.0, 4.0};
    const auto& literal = pattern.literal();
    const auto length =
        literal.size() + static_cast<std::size_t>(std::ranges::count_if(literal, is_rare));
    const double by_length =
        length < kByLength.size() ? kByLength[length] : 16.0 / static_cast<double>(length);
    const double by_words = stands_in_common_word(literal) ? 200.0 : 0.0;
    if (pattern.shape() == Pattern::Shape::Equals) {
        constexpr std::size_t kShort = 3;
        const bool plain = literal.find_first_of("\\/. ") == literal.npos;
        return 2.0 + by_words + (!plain ? 0.0 : literal.size() > kShort ? 60.0 : 300.0);
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
    return add_node(clause.kind == Clause::Kind::All   ? Kind::All
                    : clause.kind == Clause::Kind::Any ? Kind::Any
                                                       : Kind::Not,
                    children);
}

NodeIndex Binder::add_node(Kind kind, std::span<const NodeIndex> children)
{
    const auto begin = static_cast<std::uint32_t>(set_.children.size());
    set_.written_children.insert(set_.written_children.end(), children.begin(), children.end());
    set_.children.insert(set_.children.end(), children.begin(), children.end());
    set_.nodes.push_back({.kind = kind,
                          .predicate = 0,
                          .children_begin = begin,
                          .children_end = static_cast<std::uint32_t>(set_.children.size())});
    return static_cast<NodeIndex>(set_.nodes.size() - 1);
}

/// Answers do not depend on the order in which they are asked for; what they cost does. First what
/// ends the asking for the least effort: of All what fails, of Any what holds.
void Binder::cheapest_first()
{
    constexpr double kNever = 1e-9; // keeps what cannot end the asking last
    estimates_.clear();
    for (const auto& node : set_.nodes) { // children stand before their parents
        std::ranges::sort(
            std::span(set_.children)
                .subspan(node.children_begin, node.children_end - node.children_begin),
            {}, [&](NodeIndex child) {
                const auto& of = estimates_[child];
                const double ends = node.kind == Kind::Any ? of.chance : 1 - of.chance;
                return std::pair(of.effort / std::max(ends, kNever), child);
            });
        estimates_.push_back(estimate(node));
    }
}

Binder::Estimate Binder::estimate(const ExpressionNode& node) const
{
    if (node.kind == Kind::Predicate) {
        return estimate(set_.predicates[node.predicate]);
    }
    if (node.kind == Kind::Not) {
        const auto& child = estimates_[set_.children[node.children_begin]];
        return {.effort = child.effort, .chance = 1 - child.chance};
    }
    Estimate out{.effort = 0, .chance = 0};
    double goes_on = 1; // in how many cases the next child is asked
    for (auto i = node.children_begin; i < node.children_end; ++i) {
        const auto& child = estimates_[set_.children[i]];
        out.effort += goes_on * child.effort;
        goes_on *= node.kind == Kind::Any ? 1 - child.chance : child.chance;
    }
    out.chance = node.kind == Kind::Any ? 1 - goes_on : goes_on;
    return out;
}

Binder::Estimate Binder::estimate(const Predicate& predicate) const
{
    using Op = Test::Op;
    constexpr double kCompared = 10;
    constexpr double kExpression = 100;
    constexpr double kUnknown = 0.5;
    constexpr double kExpressionHolds = 0.05;
    const auto& test = *predicate.test;
    if (TextMatcher::takes(test)) {
        constexpr double kAsked = 5;
        return {.effort = predicate.scanned ? 1 : kAsked,
                .chance = std::min(literal_cost(test.pattern) / kThousand, 1.0)};
    }
    if (test.op != Op::Regex) {
        return {.effort = kCompared, .chance = kUnknown};
    }
    if (predicate.guards_begin == predicate.guards_end) {
        return {.effort = kExpression, .chance = kExpressionHolds};
    }
    Estimate guards{.effort = 0, .chance = 0};
    for (auto i = predicate.guards_begin; i < predicate.guards_end; ++i) {
        const auto guard = estimate(set_.predicates[set_.guards[i]]);
        guards.effort += guard.effort;
        guards.chance = std::min(guards.chance + guard.chance, 1.0);
    }
    return {.effort = guards.effort + guards.chance * kExpression,
            .chance = guards.chance * kExpressionHolds};
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

/// Nodes of which one holds exactly where `index` does. Where no text announces the whole, its
/// alternatives come apart: those that texts announce need not be asked for each event because one
/// beside them does.
std::vector<NodeIndex> Binder::branches_of(NodeIndex index)
{
    const auto node = set_.nodes[index];
    if (node.kind == Kind::Predicate || node.kind == Kind::Not || witnesses_of(index).found) {
        return {index};
    }
    if (node.kind != Kind::Any) {
        return branches_of_all(index);
    }
    std::vector<NodeIndex> branches;
    for (auto i = node.children_begin; i < node.children_end; ++i) {
        const auto of_child = branches_of(set_.children[i]);
        branches.insert(branches.end(), of_child.begin(), of_child.end());
    }
    return branches;
}

/// Those of the first child that comes apart, each with all other children.
std::vector<NodeIndex> Binder::branches_of_all(NodeIndex index)
{
    const auto node = set_.nodes[index];
    std::vector<NodeIndex> children(set_.children.begin() + node.children_begin,
                                    set_.children.begin() + node.children_end);
    for (auto& child : children) {
        auto branches = branches_of(child);
        if (branches.size() > 1) {
            for (auto& branch : branches) {
                child = branch;
                branch = add_node(Kind::All, children);
            }
            return branches;
        }
    }
    return {index};
}

void Binder::announce(std::uint32_t index)
{
    auto& partition = set_.partitions[index];
    for (std::uint32_t i = 0; i < partition.instances.size(); ++i) {
        for (const auto node : branches_of(partition.instances[i].root)) {
            const auto branch = static_cast<std::uint32_t>(partition.branches.size());
            partition.branches.push_back({.instance = i, .node = node});
            const auto cost = witnesses_of(node);
            if (!cost.found) {
                partition.always.push_back(branch);
                continue;
            }
            announced_.resize(std::max(announced_.size(), set_.predicates.size()));
            const std::set<PredicateId> once(cost.witnesses.begin(), cost.witnesses.end());
            for (const auto predicate : once) {
                announced_[predicate].push_back({.partition = index, .branch = branch});
                set_.predicates[predicate].scanned = true;
            }
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

/// A rule may list a thousand texts: what is hit of them marks the list, instead of the list asking
/// each.
void Binder::build_lists()
{
    std::vector<std::vector<NodeIndex>> lists(set_.predicates.size());
    for (NodeIndex index = 0; index < set_.nodes.size(); ++index) {
        auto& node = set_.nodes[index];
        const auto children =
            std::span(set_.children)
                .subspan(node.children_begin, node.children_end - node.children_begin);
        node.listed =
            node.kind == Kind::Any && std::ranges::all_of(children, [&](NodeIndex child) {
                const auto& one = set_.nodes[child];
                return one.kind == Kind::Predicate && set_.predicates[one.predicate].scanned;
            });
        if (node.listed) {
            for (const NodeIndex child : children) {
                lists[set_.nodes[child].predicate].push_back(index);
            }
        }
    }
    set_.list_begin.push_back(0);
    for (const auto& of_one : lists) {
        set_.lists.insert(set_.lists.end(), of_one.begin(), of_one.end());
        set_.list_begin.push_back(static_cast<std::uint32_t>(set_.lists.size()));
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
    for (std::uint32_t i = 0; i < set_.partitions.size(); ++i) {
        set_.partitions[i].first_branch = set_.branches;
        announce(i);
        set_.branches += static_cast<std::uint32_t>(set_.partitions[i].branches.size());
    }
    announced_.resize(set_.predicates.size());
    cheapest_first();
    for (auto& partition : set_.partitions) {
        build_matchers(partition);
    }
    build_lists();
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
