// Every rule against every event, touching only the rules that a found literal wakes.
#include <algorithm>
#include <utility>

#include "base/life.h"
#include "base/limits.h"
#include "detect/detail/compiled.h"
#include "detect/detail/event_view.h"
#include "detect/detail/literal_index.h"
#include "detect/detail/reasons.h"
#include "detect/detail/router.h"
#include "detect/detail/value_cache.h"
#include "detect/detail/value_match.h"
#include "detect/engine.h"

namespace tanggap::detect {
namespace {

using Compiled = RuleSet::Compiled;

/// Answers of predicates for the current event; a new event forgets them all by one increment.
class Answers {
public:
    explicit Answers(const Compiled& set) : answers_(set.predicates.size()) {}

    void next_event()
    {
        // Two values of the counter an event: known false and known true.
        constexpr std::uint32_t kWrap = 0xFFFFFFF0;
        hits_.clear();
        epoch_ += 2;
        if (epoch_ >= kWrap) {
            std::ranges::fill(answers_, 0U);
            epoch_ = 2;
        }
    }
    void hit(PredicateId predicate)
    {
        if (answers_[predicate] != epoch_ + 1) {
            answers_[predicate] = epoch_ + 1;
            hits_.push_back(predicate);
        }
    }
    bool is_hit(PredicateId predicate) const { return answers_[predicate] == epoch_ + 1; }
    bool is_known(PredicateId predicate) const { return answers_[predicate] >= epoch_; }
    void keep(PredicateId predicate, bool answer)
    {
        answers_[predicate] = epoch_ + (answer ? 1U : 0U);
    }
    const std::vector<PredicateId>& hits() const { return hits_; }

private:
    std::vector<std::uint32_t> answers_;
    std::vector<PredicateId> hits_;
    std::uint32_t epoch_ = 0;
};

/// What the matchers find in one value.
class ValueHits final : public HitSink {
public:
    explicit ValueHits(const Compiled& set)
        : hits_by_(set.predicates.size()), tries_by_(set.predicates.size())
    {
    }

    void next_value()
    {
        found.clear();
        if (++value_ == 0) {
            std::ranges::fill(hits_by_, 0U);
            std::ranges::fill(tries_by_, 0U);
            value_ = 1;
        }
    }
    void hit(PredicateId predicate) override
    {
        if (std::exchange(hits_by_[predicate], value_) != value_) {
            found.push_back(predicate);
        }
    }
    bool is_hit(PredicateId predicate) const override { return hits_by_[predicate] == value_; }
    bool first_try(PredicateId predicate) override
    {
        return std::exchange(tries_by_[predicate], value_) != value_;
    }

    std::vector<PredicateId> found;

private:
    std::vector<std::uint32_t> hits_by_; ///< the value that had the predicate last
    std::vector<std::uint32_t> tries_by_;
    std::uint32_t value_ = 0;
};

} // namespace

struct Evaluator::Scratch {
    explicit Scratch(const Compiled& compiled)
        : set(compiled),
          view(compiled),
          router(compiled),
          answers(compiled),
          value_hits(compiled),
          partition_stamps(compiled.partitions.size()),
          rule_stamps(compiled.rules.size()),
          branch_stamps(compiled.branches),
          list_stamps(compiled.nodes.size())
    {
    }

    void run(const model::Event& event);
    /// For the event that was run last.
    bool holds(NodeIndex index);
    /// Leaves of `fired` what gives detections; says how many more those were than an event may
    /// have. The rules of the highest levels stay, of one level those that stand first.
    std::size_t keep_detections();

    const Compiled& set;
    EventView view;
    Router router;
    Answers answers;
    ValueHits value_hits;
    ValueCache cache;
    std::vector<std::uint64_t> partition_stamps;
    std::vector<std::uint64_t> rule_stamps;   ///< fired for this event
    std::vector<std::uint64_t> branch_stamps; ///< evaluated for this event
    std::vector<std::uint64_t> list_stamps;   ///< by node: a predicate of it was hit
    std::uint64_t serial = 0;
    struct Fired {
        RuleIndex rule = 0;
        NodeIndex root = 0;
    };
    std::vector<Fired> fired; ///< of the current event, by rule

private:
    void scan(Route& route);
    void scan(Route::Field& field, std::uint32_t number);
    void scan_keywords(const Route& route);
    bool text_matches(const Test& test, std::uint32_t number);
    bool expression_matches(PredicateId id, const Test& test, const model::Value& value);
    bool value_answers(PredicateId id, std::uint32_t number);
    void consider(const Partition& partition, std::uint32_t index);
    bool ask(PredicateId id);
    bool lacks_what_it_needs(const Predicate& predicate);
};

void Evaluator::Scratch::scan(Route& route)
{
    scan_keywords(route);
    for (auto& field : route.fields) {
        view.any_of_slot(field.slot, [&](std::uint32_t number) {
            scan(field, number);
            return false;
        });
    }
}

/// Most events hold no keyword at all: they are asked once, of all values in a row.
void Evaluator::Scratch::scan_keywords(const Route& route)
{
    const auto all = route.keywords.empty() ? std::string_view{} : view.all_values();
    for (const auto* matcher : route.keywords) {
        if (matcher->finds_nothing_within(all)) {
            continue;
        }
        view.any_value([&](std::uint32_t number) {
            const auto& value = view.value(number);
            if (!value.text.empty()) {
                value_hits.next_value();
                matcher->scan(value, value_hits);
                std::ranges::for_each(value_hits.found, [&](PredicateId id) { answers.hit(id); });
            }
            return false;
        });
    }
}

void Evaluator::Scratch::scan(Route::Field& field, std::uint32_t number)
{
    using Kind = model::Value::Kind;
    const auto& value = view.value(number);
    if (value.kind == Kind::Null || value.text.empty()) {
        return; // no literal is empty
    }
    // A float is also found by its number, which the text does not tell. What is short is looked
    // at again as fast as it is remembered.
    constexpr std::size_t kShort = 8;
    const bool kept = value.kind != Kind::Float && value.text.size() > kShort &&
                      value.text.size() <= ValueCache::kTextMax && field.repeats();
    const auto key = kept ? ValueCache::key_of(field.scope, value.text) : ValueCache::Key{};
    if (kept) {
        if (const auto known = cache.find(key)) {
            ++field.known;
            std::ranges::for_each(*known, [&](PredicateId id) { answers.hit(id); });
            return;
        }
    }
    value_hits.next_value();
    for (const auto* matcher : field.matchers) {
        matcher->scan(value, value_hits);
    }
    std::ranges::for_each(value_hits.found, [&](PredicateId id) { answers.hit(id); });
    if (kept) {
        cache.keep(key, value_hits.found);
    }
}

/// What value_matches() answers to a text, asked of a lower-case copy first where that is quicker.
bool Evaluator::Scratch::text_matches(const Test& test, std::uint32_t number)
{
    using Shape = Pattern::Shape;
    const auto& pattern = test.pattern;
    const auto& value = view.value(number);
    const bool needs_literal =
        pattern.casing() == Casing::Ignored && !pattern.literal().empty() &&
        (pattern.shape() == Shape::Contains || pattern.shape() == Shape::Glob);
    if (!needs_literal || value.kind == model::Value::Kind::Float) {
        return value_matches(test, value);
    }
    return holds_literal(view.lowered(number), pattern.literal()) &&
           (pattern.shape() == Shape::Contains || value_matches(test, value));
}

bool Evaluator::Scratch::expression_matches(PredicateId id, const Test& test,
                                            const model::Value& value)
{
    if (value.kind == model::Value::Kind::Null || !test.regex->may_match(value.text)) {
        return false; // told faster than it is remembered
    }
    if (value.text.size() > ValueCache::kTextMax) {
        return value_matches(test, value);
    }
    const auto key = ValueCache::key_of(id, value.text);
    if (const auto known = cache.find(key)) {
        return !known->empty();
    }
    const bool matched = value_matches(test, value);
    cache.keep(key, std::span(&id, matched ? 1 : 0));
    return matched;
}

bool Evaluator::Scratch::value_answers(PredicateId id, std::uint32_t number)
{
    using Op = Test::Op;
    const auto& predicate = set.predicates[id];
    const auto& test = *predicate.test;
    const auto& value = view.value(number);
    switch (test.op) {
    case Op::Text:
        return text_matches(test, number);
    case Op::Regex:
        return expression_matches(id, test, value);
    case Op::Reference:
        return view.any_of_column(predicate.other, [&](std::uint32_t other) {
            return reference_matches(test, value, view.value(other));
        });
    case Op::Network:
    case Op::Compare:
    case Op::Exists:
    case Op::Null:
        break;
    }
    return value_matches(test, value);
}

bool Evaluator::Scratch::ask(PredicateId id)
{
    const auto& predicate = set.predicates[id];
    if (answers.is_known(id)) {
        return answers.is_hit(id);
    }
    if (predicate.scanned) {
        return false; // its matcher ran and did not find it
    }
    if (lacks_what_it_needs(predicate)) {
        answers.keep(id, false);
        return false;
    }
    using Op = Test::Op;
    const auto& test = *predicate.test;
    bool present = false;
    bool null_seen = false;
    bool answer = view.any_of_column(predicate.column, [&](std::uint32_t number) {
        present = true;
        null_seen = null_seen || view.value(number).kind == model::Value::Kind::Null;
        return value_answers(id, number);
    });
    answer = test.op == Op::Exists ? present : answer;
    answer = test.op == Op::Null ? null_seen || !present : answer;
    answers.keep(id, answer);
    return answer;
}

bool Evaluator::Scratch::lacks_what_it_needs(const Predicate& predicate)
{
    const auto guards =
        std::span(set.guards)
            .subspan(predicate.guards_begin, predicate.guards_end - predicate.guards_begin);
    return !guards.empty() &&
           std::ranges::none_of(guards, [&](PredicateId guard) { return ask(guard); });
}

bool Evaluator::Scratch::holds(NodeIndex index)
{
    using Kind = ExpressionNode::Kind;
    const auto& node = set.nodes[index];
    if (node.kind == Kind::Predicate) {
        return ask(node.predicate);
    }
    if (node.listed) {
        return list_stamps[index] == serial;
    }
    if (node.kind == Kind::Not) {
        return !holds(set.children[node.children_begin]);
    }
    const bool stops_at = node.kind == Kind::Any;
    for (auto i = node.children_begin; i < node.children_end; ++i) {
        if (holds(set.children[i]) == stops_at) {
            return stops_at;
        }
    }
    return !stops_at;
}

/// Several witnesses may wake one branch; it is evaluated once.
void Evaluator::Scratch::consider(const Partition& partition, std::uint32_t index)
{
    const auto& branch = partition.branches[index];
    const auto& instance = partition.instances[branch.instance];
    const bool again =
        std::exchange(branch_stamps[partition.first_branch + index], serial) == serial;
    // A rule fires once an event, whichever of its variants and branches holds first.
    if (again || rule_stamps[instance.rule] == serial) {
        return;
    }
    if (holds(branch.node)) {
        rule_stamps[instance.rule] = serial;
        fired.push_back({.rule = instance.rule, .root = instance.root});
    }
}

void Evaluator::Scratch::run(const model::Event& event)
{
    ++serial;
    fired.clear();
    view.index(event);
    answers.next_event();
    auto& found = router.route(view);
    for (const auto index : found.partitions) {
        partition_stamps[index] = serial;
    }
    scan(found);
    for (const auto predicate : answers.hits()) {
        for (auto i = set.list_begin[predicate]; i < set.list_begin[predicate + 1]; ++i) {
            list_stamps[set.lists[i]] = serial;
        }
    }
    for (const auto predicate : answers.hits()) {
        for (auto i = set.witness_begin[predicate]; i < set.witness_begin[predicate + 1]; ++i) {
            const auto& witness = set.witnesses[i];
            if (partition_stamps[witness.partition] == serial) {
                consider(set.partitions[witness.partition], witness.branch);
            }
        }
    }
    for (const auto index : found.partitions) {
        for (const auto branch : set.partitions[index].always) {
            consider(set.partitions[index], branch);
        }
    }
    std::ranges::sort(fired, {}, &Fired::rule);
}

/// By the levels of the rule files: what people set of a rule is applied later (pipeline).
std::size_t Evaluator::Scratch::keep_detections()
{
    constexpr auto kMost = base::limits::kDetectionsPerEventMax;
    std::erase_if(fired, [&](const Fired& one) { return !set.rules[one.rule].alone; });
    if (fired.size() <= kMost) {
        return 0;
    }
    const auto cut = fired.size() - kMost;
    std::ranges::sort(fired, {}, [&](const Fired& one) {
        return std::pair(-static_cast<int>(set.rules[one.rule].info->level), one.rule);
    });
    fired.resize(kMost);
    std::ranges::sort(fired, {}, &Fired::rule);
    return cut;
}

Evaluator::Evaluator(std::shared_ptr<const RuleSet> rules)
    : rules_(std::move(rules)), scratch_(std::make_unique<Scratch>(rules_->compiled()))
{
}

Evaluator::~Evaluator() = default;

void Evaluator::evaluate(const model::EventBatch& batch, std::vector<model::Detection>& detections,
                         std::vector<Signal>& signals)
{
    base::life::step();
    const auto& set = rules_->compiled();
    const std::function<bool(NodeIndex)> holds = [&](NodeIndex node) {
        return scratch_->holds(node);
    };
    for (std::size_t i = 0; i < batch.events.size(); ++i) {
        scratch_->run(batch.events[i]);
        for (const auto& fired : scratch_->fired) {
            if (set.rules[fired.rule].signals) {
                signals.push_back({.rule_index = fired.rule, .event_index = i});
            }
        }
        cut_ += scratch_->keep_detections();
        for (const auto& fired : scratch_->fired) {
            const auto& rule = set.rules[fired.rule];
            model::Detection detection;
            detection.rule = rule.info;
            detection.event_index = i;
            detection.reasons = reasons_of(set, *rule.condition, fired.root, scratch_->view, holds);
            detections.push_back(std::move(detection));
        }
    }
}

} // namespace tanggap::detect
