// The rule set bound to the fields of our events: what an Evaluator runs.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "detect/detail/mapping.h"
#include "detect/detail/matcher.h"
#include "detect/detail/rule.h"
#include "detect/engine.h"

namespace tanggap::detect {

using SlotId = std::uint32_t;   ///< an event field some rule reads
using ColumnId = std::uint32_t; ///< what a rule's field stands for: one or more slots, any of
using RuleIndex = std::uint32_t;

/// Keywords read this: every value of the event.
inline constexpr ColumnId kAnyValue = 0;

struct Predicate {
    ColumnId column = 0;
    ColumnId other = 0; ///< Reference only
    const Test* test = nullptr;
    /// Answered by a TextMatcher before any rule is looked at, since some rule waits for it; else
    /// asked when needed.
    bool scanned = false;
    /// Text predicates of which one holds wherever this one does: a regular expression is not run
    /// on a value that lacks every text it needs. Into Compiled::guards; none: it is always run.
    std::uint32_t guards_begin = 0;
    std::uint32_t guards_end = 0;
};

struct ExpressionNode {
    enum class Kind : std::uint8_t { All, Any, Not, Predicate };
    Kind kind = Kind::All;
    /// Any of predicates that are all scanned: holds where one of them was hit (Compiled::lists).
    bool listed = false;
    PredicateId predicate = 0;
    std::uint32_t children_begin = 0; ///< into Compiled::children and Compiled::written_children
    std::uint32_t children_end = 0;
};
using NodeIndex = std::uint32_t;

/// One rule in one variant of its log source.
struct Instance {
    RuleIndex rule = 0;
    NodeIndex root = 0;
};

/// What can make an instance hold by itself; it holds where one of its branches does.
struct Branch {
    std::uint32_t instance = 0; ///< of the partition
    NodeIndex node = 0;
};

struct SlotMatcher {
    SlotId slot = 0;
    TextMatcher matcher;
};

/// All rules of one variant.
struct Partition {
    const Variant* variant = nullptr;
    std::vector<Instance> instances;
    std::vector<Branch> branches;
    std::uint32_t first_branch = 0; ///< branches before this partition's, over the whole set
    std::vector<SlotMatcher> matchers;
    TextMatcher keywords;
    std::vector<std::uint32_t> always; ///< branches no scanned predicate announces
};

struct CompiledRule {
    std::shared_ptr<const model::RuleInfo> info;
    ClausePtr condition;
    std::vector<std::uint32_t> partitions;
    bool alone = true;    ///< gives detections of its own
    bool signals = false; ///< a correlation counts it
};

/// A correlation with its members found and its fields bound.
struct CompiledCorrelation {
    /// Where a member has the value of one name.
    struct Source {
        std::vector<std::string> fields; ///< of the event, to try in order
        /// Among the group-by values of the correlation that is counted, which found it before.
        std::optional<std::size_t> place;
    };
    struct Member {
        RuleIndex rule = 0;
        std::vector<Source> group_fields; ///< for each group-by name
        std::vector<Source> value_fields;
    };
    RuleIndex rule = 0;
    CorrelationRule spec;
    std::vector<Member> members;
    /// Of what the numbers in a group's state stand for: a state of another meaning is not read.
    std::uint64_t meaning = 0;
    bool alone = true;    ///< gives detections
    bool signals = false; ///< another correlation counts it
};

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const
    {
        return std::hash<std::string_view>{}(text);
    }
};

struct RuleSet::Compiled {
    Mappings mappings;
    std::vector<std::shared_ptr<const model::RuleInfo>> infos; ///< of the rules that can fire
    std::vector<CompiledRule> rules;
    /// Ordered so that a correlation stands after those it counts.
    std::vector<CompiledCorrelation> correlations;

    std::unordered_map<std::string, SlotId, TextHash, std::equal_to<>> slots;
    std::vector<std::vector<SlotId>> columns;
    std::vector<Predicate> predicates;
    std::vector<PredicateId> guards;
    std::vector<std::shared_ptr<const Test>> owned_tests; ///< required texts of expressions
    std::vector<ExpressionNode> nodes;
    std::vector<NodeIndex> children;         ///< of a node, the cheapest to ask first
    std::vector<NodeIndex> written_children; ///< the same, in the order of the rule
    std::vector<Partition> partitions;
    std::uint32_t branches = 0; ///< of all partitions

    /// Branches that predicate p announces: witnesses[witness_begin[p] .. witness_begin[p + 1]).
    struct Witness {
        std::uint32_t partition = 0;
        std::uint32_t branch = 0;
    };
    std::vector<std::uint32_t> witness_begin;
    std::vector<Witness> witnesses;

    /// Listed nodes that predicate p is in: lists[list_begin[p] .. list_begin[p + 1]).
    std::vector<std::uint32_t> list_begin;
    std::vector<NodeIndex> lists;

    /// Which partitions an event belongs to depends on these fields alone.
    struct RouteField {
        SlotId slot = 0;
        std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> values;
    };
    std::vector<RouteField> routes;

    const CompiledRule* find_rule(std::string_view id) const;
};

/// The part of a compiled set that the fields of rules are bound in. Order of calls: bind every
/// rule, then finish().
class Binder {
public:
    explicit Binder(RuleSet::Compiled& set);
    /// Gives the rule an instance in each variant.
    void bind(RuleIndex rule, std::span<const Variant* const> variants);
    void finish();

private:
    struct Cost {
        double cost = 0;
        std::vector<PredicateId> witnesses;
        bool found = false;
    };

    SlotId slot_of(const std::string& field);
    ColumnId column_of(const Variant& variant, const std::string& sigma_field);
    std::uint32_t partition_of(const Variant& variant);
    NodeIndex bind_clause(const Clause& clause, const Variant& variant);
    NodeIndex bind_test(const Clause& clause, const Variant& variant);
    PredicateId intern(ColumnId column, ColumnId other, const Test& test);
    void guard(PredicateId expression);
    /// What it takes to ask a node, a scanned predicate being 1, and in how many of the events
    /// asked it is expected to hold (0..1).
    struct Estimate {
        double effort = 1;
        double chance = 0;
    };
    void cheapest_first();
    Estimate estimate(const ExpressionNode& node) const;
    Estimate estimate(const Predicate& predicate) const;
    Cost witnesses_of(NodeIndex node);
    Cost witnesses_of_predicate(PredicateId predicate);
    std::vector<NodeIndex> branches_of(NodeIndex node);
    std::vector<NodeIndex> branches_of_all(NodeIndex node);
    NodeIndex add_node(ExpressionNode::Kind kind, std::span<const NodeIndex> children);
    void announce(std::uint32_t partition);
    void build_matchers(Partition& partition);
    void build_lists();
    void collect_scanned(NodeIndex node, std::vector<PredicateId>& out) const;
    void build_routes();

    RuleSet::Compiled& set_;
    std::map<std::vector<SlotId>, ColumnId> columns_;
    std::unordered_map<std::string, PredicateId> predicates_;
    std::map<const Variant*, std::uint32_t> partitions_;
    std::vector<std::vector<RuleSet::Compiled::Witness>> announced_;
    std::vector<Estimate> estimates_; ///< by node
};

} // namespace tanggap::detect
