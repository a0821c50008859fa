// Every rule against every event, touching only the rules that a found literal wakes.
#include <algorithm>
#include <map>

#include "base/life.h"
#include "base/limits.h"
#include "detect/detail/compiled.h"
#include "detect/detail/event_view.h"
#include "detect/detail/reasons.h"
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

/// The partitions an event belongs to, and what is asked of its values: all matchers of one field
/// at once.
struct Route {
    struct Field {
        SlotId slot = 0;
        std::uint32_t scope = 0; ///< of remembered values
        std::vector<const TextMatcher*> matchers;

        /// Whether to remember values now: of a field whose values hardly come again, only a few
        /// are tried from time to time.
        bool repeats()
        {
            constexpr std::uint32_t kTried = 1'024;
            constexpr std::uint32_t kLeftAlone = 16'384;
            if (alone > 0) {
                --alone;
                return false;
            }
            if (++tried == kTried) {
                alone = known < kTried / 4 ? kLeftAlone : 0;
                tried = 0;
                known = 0;
            }
            return true;
        }
        std::uint32_t tried = 0;
        std::uint32_t known = 0; ///< of those tried
        std::uint32_t alone = 0; ///< values to come that are not tried
    };
    std::vector<std::uint32_t> partitions;
    std::vector<Field> fields;
    Field keywords;
};

} // namespace

struct Evaluator::Scratch {
    explicit Scratch(const Compiled& compiled)
        : set(compiled),
          view(compiled),
          answers(compiled),
          value_hits(compiled),
          partition_stamps(compiled.partitions.size()),
          rule_stamps(compiled.rules.size()),
          instance_stamps(compiled.instances),
          next_scope_(static_cast<std::uint32_t>(compiled.predicates.size()))
    {
    }

    void run(const model::Event& event);
    /// For the event that was run last.
    bool holds(NodeIndex index);

    const Compiled& set;
    EventView view;
    Answers answers;
    ValueHits value_hits;
    ValueCache cache;
    ScanScratch lowered;
    std::vector<std::uint64_t> partition_stamps;
    std::vector<std::uint64_t> rule_stamps;     ///< fired for this event
    std::vector<std::uint64_t> instance_stamps; ///< evaluated for this event
    std::uint64_t serial = 0;
    struct Fired {
        RuleIndex rule = 0;
        std::uint32_t partition = 0;
        NodeIndex root = 0;
    };
    std::vector<Fired> fired; ///< of the current event, by rule

private:
    Route& route();
    Route route_slowly();
    void scan(Route& route);
    void scan(Route::Field& field, const model::Value& value);
    bool expression_matches(PredicateId id, const Test& test, const model::Value& value);
    void consider(const Partition& partition, std::uint32_t index);
    bool ask(PredicateId id);
    bool lacks_what_it_needs(const Predicate& predicate) const;

    std::string route_key_;
    std::unordered_map<std::string, Route, TextHash, std::equal_to<>> routes_;
    Route slow_route_;
    std::uint32_t next_scope_; ///< those before it are the predicates'
};

/// Fields that decide have few known values, so their combinations are few: remembered.
Route& Evaluator::Scratch::route()
{
    constexpr std::size_t kRoutesMax = 65'536;
    route_key_.clear();
    bool several = false;
    for (const auto& field : set.routes) {
        std::uint32_t id = 0;
        std::size_t values = 0;
        view.any_of_slot(field.slot, [&](const model::Value& value) {
            if (value.kind != model::Value::Kind::Null) {
                ++values;
                id = 1;
                char lowered[128];
                const auto text = value.text.substr(0, sizeof lowered);
                std::ranges::transform(text, lowered, lower_ascii);
                const auto known = value.text.size() > sizeof lowered
                                       ? field.values.end()
                                       : field.values.find(std::string_view(lowered, text.size()));
                id = known == field.values.end() ? 1U : known->second;
            }
            return false;
        });
        several = several || values > 1;
        route_key_.append(reinterpret_cast<const char*>(&id), sizeof id);
    }
    if (several) {
        slow_route_ = route_slowly();
        return slow_route_;
    }
    if (const auto found = routes_.find(route_key_); found != routes_.end()) {
        return found->second;
    }
    if (routes_.size() >= kRoutesMax) {
        routes_.clear();
    }
    return routes_.emplace(route_key_, route_slowly()).first->second;
}

Route Evaluator::Scratch::route_slowly()
{
    Route out;
    std::map<SlotId, std::vector<const TextMatcher*>> by_slot;
    for (std::uint32_t i = 0; i < set.partitions.size(); ++i) {
        const auto& partition = set.partitions[i];
        if (!variant_applies(*partition.variant, view.event())) {
            continue;
        }
        out.partitions.push_back(i);
        for (const auto& [slot, matcher] : partition.matchers) {
            by_slot[slot].push_back(&matcher);
        }
        if (partition.keywords.size() > 0) {
            out.keywords.matchers.push_back(&partition.keywords);
        }
    }
    for (auto& [slot, matchers] : by_slot) {
        out.fields.push_back(
            {.slot = slot, .scope = next_scope_++, .matchers = std::move(matchers)});
    }
    out.keywords.scope = next_scope_++;
    return out;
}

void Evaluator::Scratch::scan(Route& route)
{
    for (auto& field : route.fields) {
        view.any_of_slot(field.slot, [&](const model::Value& value) {
            scan(field, value);
            return false;
        });
    }
    if (!route.keywords.matchers.empty()) {
        view.any_value([&](const model::Value& value) {
            scan(route.keywords, value);
            return false;
        });
    }
}

void Evaluator::Scratch::scan(Route::Field& field, const model::Value& value)
{
    using Kind = model::Value::Kind;
    if (value.kind == Kind::Null || value.text.empty()) {
        return; // no literal is empty
    }
    // A float is also found by its number, which the text does not tell.
    const bool whole_line = value.text.data() == view.event().original.data();
    const bool kept = value.kind != Kind::Float && !whole_line &&
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
    lowered.assign(value.text);
    for (const auto* matcher : field.matchers) {
        matcher->scan(value, lowered, value_hits);
    }
    std::ranges::for_each(value_hits.found, [&](PredicateId id) { answers.hit(id); });
    if (kept) {
        cache.keep(key, value_hits.found);
    }
}

bool Evaluator::Scratch::expression_matches(PredicateId id, const Test& test,
                                            const model::Value& value)
{
    if (value.kind == model::Value::Kind::Null || value.text.size() > ValueCache::kTextMax) {
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
    bool answer = view.any_of_column(predicate.column, [&](const model::Value& value) {
        present = true;
        null_seen = null_seen || value.kind == model::Value::Kind::Null;
        return test.op == Op::Reference
                   ? view.any_of_column(predicate.other,
                                        [&](const model::Value& other) {
                                            return reference_matches(test, value, other);
                                        })
               : test.op == Op::Regex ? expression_matches(id, test, value)
                                      : value_matches(test, value);
    });
    answer = test.op == Op::Exists ? present : answer;
    answer = test.op == Op::Null ? null_seen || !present : answer;
    answers.keep(id, answer);
    return answer;
}

bool Evaluator::Scratch::lacks_what_it_needs(const Predicate& predicate) const
{
    const auto guards =
        std::span(set.guards)
            .subspan(predicate.guards_begin, predicate.guards_end - predicate.guards_begin);
    return !guards.empty() &&
           std::ranges::none_of(guards, [&](PredicateId guard) { return answers.is_hit(guard); });
}

bool Evaluator::Scratch::holds(NodeIndex index)
{
    using Kind = ExpressionNode::Kind;
    const auto& node = set.nodes[index];
    if (node.kind == Kind::Predicate) {
        return ask(node.predicate);
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

/// Several witnesses may wake one instance; it is evaluated once.
void Evaluator::Scratch::consider(const Partition& partition, std::uint32_t index)
{
    const auto& instance = partition.instances[index];
    const bool again =
        std::exchange(instance_stamps[partition.first_instance + index], serial) == serial;
    // A rule fires once an event, whichever of its variants holds first.
    if (again || rule_stamps[instance.rule] == serial) {
        return;
    }
    if (holds(instance.root)) {
        rule_stamps[instance.rule] = serial;
        fired.push_back(
            {.rule = instance.rule, .partition = instance.partition, .root = instance.root});
    }
}

void Evaluator::Scratch::run(const model::Event& event)
{
    ++serial;
    fired.clear();
    view.index(event);
    answers.next_event();
    auto& found = route();
    for (const auto index : found.partitions) {
        partition_stamps[index] = serial;
    }
    scan(found);
    for (const auto predicate : answers.hits()) {
        for (auto i = set.witness_begin[predicate]; i < set.witness_begin[predicate + 1]; ++i) {
            const auto& witness = set.witnesses[i];
            if (partition_stamps[witness.partition] == serial) {
                consider(set.partitions[witness.partition], witness.instance);
            }
        }
    }
    for (const auto index : found.partitions) {
        for (const auto instance : set.partitions[index].always) {
            consider(set.partitions[index], instance);
        }
    }
    std::ranges::sort(fired, {}, &Fired::rule);
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
        std::size_t made = 0;
        for (const auto& fired : scratch_->fired) {
            const auto& rule = set.rules[fired.rule];
            if (rule.signals) {
                signals.push_back({.rule_index = fired.rule, .event_index = i});
            }
            if (!rule.alone || ++made > base::limits::kDetectionsPerEventMax) {
                continue;
            }
            const auto& variant = *set.partitions[fired.partition].variant;
            model::Detection detection;
            detection.rule = rule.info;
            detection.event_index = i;
            detection.reasons =
                reasons_of(set, *rule.condition, variant, fired.root, batch.events[i], holds);
            detections.push_back(std::move(detection));
        }
    }
}

} // namespace tanggap::detect
