// Correlations over signals: groups of events near each other in event time.
#include <algorithm>
#include <bit>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>

#include <fmt/format.h>

#include "base/id.h"
#include "base/life.h"
#include "base/limits.h"
#include "base/rule_limits.h"
#include "base/text.h"
#include "detect/detail/compiled.h"
#include "detect/detail/event_view.h"
#include "detect/detail/group_table.h"
#include "detect/detail/value_match.h"
#include "detect/detail/window.h"
#include "detect/engine.h"

namespace tanggap::detect {
namespace {

namespace limits = base::limits;

/// One value of a group as found in an event.
struct GroupValue {
    std::string field; ///< as the event names it
    std::string value;
};

/// What a correlation counts: an event, and of another correlation the group that it completed,
/// empty where a rule is counted.
struct Happening {
    const model::Event& event;
    const std::vector<GroupValue>& group;
};

/// The value that a counted correlation found, else the first there is of the fields tried in
/// order; false where none has one.
bool find_value(const Happening& happening, const CompiledCorrelation::Source& source,
                GroupValue& found)
{
    if (source.place && *source.place < happening.group.size()) {
        found = happening.group[*source.place];
        return true;
    }
    const auto& event = happening.event;
    return std::ranges::any_of(source.fields, [&](const std::string& field) {
        return any_value_of(event, field, [&](const model::Value& value) {
            if (value.kind == model::Value::Kind::Null || value.text.empty()) {
                return false;
            }
            found.field = field;
            found.value = value.text;
            return true;
        });
    });
}

/// Values in one line of printable ASCII that cannot be read two ways.
void append_whole(std::string& key, std::string_view value)
{
    constexpr std::string_view kHex = "0123456789ABCDEF";
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7F && c != '%' && c != '/') {
            key += c;
        } else {
            key += '%';
            key += kHex[byte >> 4];
            key += kHex[byte & 15];
        }
    }
    key += '/';
}

/// Of the key of a group, which is kept as long as the group is.
void append_key(std::string& key, std::string_view value)
{
    if (value.size() <= limits::kGroupKeyPartBytesMax) {
        append_whole(key, value);
    } else {
        append_whole(key, base::cut_with_hash(value, limits::kGroupKeyPartBytesMax));
    }
}

/// What an event brings to a correlation's measure; nothing where it lacks the field or, for sums,
/// averages and percentiles, has no number there.
std::optional<std::uint64_t> measured_value(const CorrelationRule& rule,
                                            const CompiledCorrelation::Member& member,
                                            const Happening& happening)
{
    using Type = CorrelationRule::Type;
    if (member.value_fields.empty()) {
        return 0;
    }
    std::string values;
    GroupValue value;
    for (const auto& source : member.value_fields) {
        if (!find_value(happening, source, value)) {
            return std::nullopt;
        }
        append_whole(values, value.value);
    }
    const bool counts =
        rule.type == Type::ValueCount || (rule.type == Type::ValuePercentile && !rule.percentile);
    if (counts) {
        return base::sha256_number(values);
    }
    const auto number = number_of(model::string_value(value.value));
    return number ? std::optional(std::bit_cast<std::uint64_t>(number->real)) : std::nullopt;
}

/// The beginning of a correlation's summary: "11 events", "3 values of User in 12 events".
std::string what_of(const CorrelationRule& rule, const Window::Completed& completed)
{
    using Type = CorrelationRule::Type;
    const auto fields = fmt::format("{}", fmt::join(rule.value_fields, ", "));
    const auto events = fmt::format("{} events", completed.events);
    switch (rule.type) {
    case Type::ValueCount:
        return fmt::format("{} values of {} in {}", completed.measure, fields, events);
    case Type::ValueSum:
        return fmt::format("{} of {} in all in {}", completed.measure, fields, events);
    case Type::ValueAverage:
        return fmt::format("{:.6g} of {} on average in {}", completed.measure, fields, events);
    case Type::ValuePercentile:
        return rule.percentile ? fmt::format("{} of {} as percentile {} in {}", completed.measure,
                                             fields, *rule.percentile, events)
                               : fmt::format("a value of {} with a share of {:.3g} % in {}", fields,
                                             completed.measure, events);
    case Type::EventCount:
    case Type::Temporal:
    case Type::TemporalOrdered:
        break;
    }
    return events;
}

struct Counted {
    std::uint32_t correlation = 0;
    std::uint16_t member = 0;
    std::uint32_t group = 0; ///< of those that the event completed: which one; 0: none
    friend auto operator<=>(const Counted&, const Counted&) = default;
};

} // namespace

struct Correlator::State {
    explicit State(const RuleSet::Compiled& compiled)
        : set(compiled),
          groups(compiled.correlations.size()),
          counted_by(compiled.rules.size()),
          completed_(1)
    {
        for (std::uint32_t i = 0; i < set.correlations.size(); ++i) {
            const auto& members = set.correlations[i].members;
            for (std::uint16_t m = 0; m < members.size(); ++m) {
                counted_by[members[m].rule].push_back({.correlation = i, .member = m, .group = 0});
            }
        }
    }

    void take_event(const model::EventBatch& batch, std::size_t event_index,
                    std::vector<model::Detection>& detections);
    void restore(std::uint32_t correlation, const std::string& key, Window window);

    const RuleSet::Compiled& set;
    using GroupKey = std::pair<std::uint32_t, std::string>; ///< correlation, key

    std::vector<GroupTable> groups;               ///< one per correlation
    std::vector<std::vector<Counted>> counted_by; ///< by rule
    std::vector<Counted> pending;                 ///< of the event at hand
    /// Correlation and group of what was told; a group may be gone, and another in its place.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> changed;
    std::vector<GroupKey> dropped;
    std::vector<GroupState> gone; ///< of correlations that are not in the set
    std::uint32_t round = 1;      ///< of take_changes()
    std::uint64_t uses = 0;
    std::uint64_t evictions = 0;
    std::size_t live = 0;

private:
    struct Sighting {
        std::string key;
        std::vector<GroupValue> values;
        std::uint16_t member = 0;
        std::uint64_t value = 0;
    };
    bool see(const Counted& counted, const model::Event& event, Sighting& out) const;
    std::optional<Window::Completed> add(std::uint32_t correlation, const Sighting& sighting,
                                         const model::Event& event);
    std::uint32_t use_group(std::uint32_t correlation, const std::string& key);
    void expire(std::uint32_t correlation, std::int64_t received);
    void drop_oldest(std::uint32_t correlation);
    model::Detection detection_of(const CompiledCorrelation& correlation, const Sighting& sighting,
                                  const Window::Completed& completed,
                                  std::size_t event_index) const;

    Sighting sighting_; ///< of the event at hand; its memory is kept
    /// Groups that the event at hand completed and others count; before them an empty one.
    std::vector<std::vector<GroupValue>> completed_;
    Window::Scratch scratch_;
};

/// An event without one of the group-by fields belongs to no group and is not counted.
bool Correlator::State::see(const Counted& counted, const model::Event& event, Sighting& out) const
{
    const auto& member = set.correlations[counted.correlation].members[counted.member];
    const Happening happening{.event = event, .group = completed_[counted.group]};
    out.key.clear();
    out.values.resize(member.group_fields.size());
    out.member = counted.member;
    for (std::size_t i = 0; i < out.values.size(); ++i) {
        auto& value = out.values[i];
        if (!find_value(happening, member.group_fields[i], value)) {
            return false;
        }
        append_key(out.key, value.value);
    }
    const auto value =
        measured_value(set.correlations[counted.correlation].spec, member, happening);
    out.value = value.value_or(0);
    return value.has_value();
}

void Correlator::State::drop_oldest(std::uint32_t correlation)
{
    auto& mine = groups[correlation];
    dropped.emplace_back(correlation, mine[mine.oldest()].key);
    mine.remove(mine.oldest());
    --live;
}

/// A group nobody touched for two timespans of receipt can complete nothing new. Time of receipt,
/// not of the events: an old log imported today keeps its groups as long as a live one.
void Correlator::State::expire(std::uint32_t correlation, std::int64_t received)
{
    auto& mine = groups[correlation];
    const auto span = 2 * set.correlations[correlation].spec.timespan.count();
    while (mine.size() > 0 && mine[mine.oldest()].window.received + span < received) {
        drop_oldest(correlation);
    }
}

std::uint32_t Correlator::State::use_group(std::uint32_t correlation, const std::string& key)
{
    auto& mine = groups[correlation];
    auto group = mine.find(key);
    if (group == GroupTable::kNone) {
        if (mine.size() >= limits::kCorrelationGroupsMax) {
            drop_oldest(correlation);
            ++evictions;
        }
        group = mine.add(key);
        ++live;
    } else {
        mine.use(group);
    }
    mine[group].window.touched = ++uses;
    return group;
}

std::optional<Window::Completed> Correlator::State::add(std::uint32_t correlation,
                                                        const Sighting& sighting,
                                                        const model::Event& event)
{
    expire(correlation, event.received.ns);
    const auto number = use_group(correlation, sighting.key);
    auto& group = groups[correlation][number];
    auto& window = group.window;
    window.received = std::max(window.received, event.received.ns);
    if (std::exchange(group.told_in, round) != round) {
        changed.emplace_back(correlation, number);
    }
    return window.add(
        set.correlations[correlation].spec,
        {.ns = event.time.ns, .value = sighting.value, .weight = 1, .member = sighting.member},
        scratch_);
}

model::Detection Correlator::State::detection_of(const CompiledCorrelation& correlation,
                                                 const Sighting& sighting,
                                                 const Window::Completed& completed,
                                                 std::size_t event_index) const
{
    const auto& spec = correlation.spec;
    std::string titles;
    for (const auto& member : correlation.members) {
        titles +=
            fmt::format("{}'{}'", titles.empty() ? "" : ", ", set.rules[member.rule].info->title);
    }
    std::string group;
    model::Detection out;
    out.rule = set.rules[correlation.rule].info;
    out.event_index = event_index;
    out.correlated_events = completed.events;
    out.continues = completed.again;
    for (std::size_t i = 0; i < sighting.values.size(); ++i) {
        const auto& field = sighting.values[i].field;
        const auto value = sighting.values[i].value.substr(0, limits::kReasonValueBytesMax);
        group += fmt::format("{}{}={}", group.empty() ? " by " : ", ", field, value);
        out.reasons.push_back({.selection = "group-by",
                               .field = spec.group_by[i],
                               .event_field = field,
                               .value = value,
                               .pattern = {}});
    }
    const auto order = spec.type == CorrelationRule::Type::TemporalOrdered ? " in this order" : "";
    out.correlation_summary = fmt::format("{} of {}{}{} in {}", what_of(spec, completed), titles,
                                          order, group, spec.timespan_text);
    return out;
}

void Correlator::State::take_event(const model::EventBatch& batch, std::size_t event_index,
                                   std::vector<model::Detection>& detections)
{
    const auto& event = batch.events[event_index];
    completed_.resize(1);
    // Correlations are ordered so that one only adds to those behind it.
    std::set<std::tuple<std::uint32_t, std::uint16_t, std::string>> counted_once;
    while (!pending.empty()) {
        const auto next = std::ranges::min_element(pending);
        const auto counted = *next;
        pending.erase(next);
        const auto& correlation = set.correlations[counted.correlation];
        if (!see(counted, event, sighting_)) {
            continue;
        }
        // An event that is counted for two rules is still one event; where each rule matters it is
        // one for each, however many groups of a counted correlation it completed.
        const bool temporal = correlation.spec.type == CorrelationRule::Type::Temporal ||
                              correlation.spec.type == CorrelationRule::Type::TemporalOrdered;
        const std::uint16_t counted_as = temporal ? counted.member : 0;
        const auto& behind = counted_by[correlation.rule];
        const bool only_one = pending.empty() && behind.empty() && counted_once.empty();
        if (!only_one &&
            !counted_once.emplace(counted.correlation, counted_as, sighting_.key).second) {
            continue;
        }
        const auto completed = add(counted.correlation, sighting_, event);
        if (!completed) {
            continue;
        }
        if (correlation.alone) {
            detections.push_back(detection_of(correlation, sighting_, *completed, event_index));
        }
        // What goes on was counted when it began.
        if (!completed->again && !behind.empty()) {
            completed_.push_back(sighting_.values);
            for (auto next_counted : behind) {
                next_counted.group = static_cast<std::uint32_t>(completed_.size() - 1);
                pending.push_back(next_counted);
            }
        }
    }
}

void Correlator::State::restore(std::uint32_t correlation, const std::string& key, Window window)
{
    auto& mine = groups[correlation];
    uses = std::max(uses, window.touched);
    auto group = mine.find(key);
    if (group == GroupTable::kNone) {
        group = mine.add(key);
        ++live;
    }
    mine[group].window = std::move(window);
}

Correlator::Correlator(std::shared_ptr<const RuleSet> rules)
    : rules_(std::move(rules)), state_(std::make_unique<State>(rules_->compiled()))
{
}

Correlator::~Correlator() = default;

void Correlator::restore(std::span<const GroupState> groups)
{
    struct Read {
        std::uint32_t correlation = 0;
        const std::string* key = nullptr;
        Window window;
    };
    std::vector<Read> read;
    const auto& set = rules_->compiled();
    std::unordered_map<std::string_view, std::uint32_t> by_id;
    for (std::uint32_t i = 0; i < set.correlations.size(); ++i) {
        by_id.emplace(set.rules[set.correlations[i].rule].info->id, i);
    }
    for (const auto& group : groups) {
        const auto found = by_id.find(group.rule_id);
        if (found == by_id.end()) {
            state_->gone.push_back({.rule_id = group.rule_id, .group = group.group, .state = {}});
            continue;
        }
        const auto& correlation = set.correlations[found->second];
        auto window = Window::decode(correlation.spec, correlation.meaning, group.state);
        if (!window) { // another text of the rule, or an old form: the group starts anew
            state_->dropped.emplace_back(found->second, group.group);
            continue;
        }
        read.push_back(
            {.correlation = found->second, .key = &group.group, .window = std::move(*window)});
    }
    std::ranges::sort(read, {}, [](const Read& one) { return one.window.touched; });
    for (auto& one : read) {
        state_->restore(one.correlation, *one.key, std::move(one.window));
    }
}

void Correlator::feed(const model::EventBatch& batch, std::span<const Signal> signals,
                      std::vector<model::Detection>& detections)
{
    base::life::step();
    for (std::size_t i = 0; i < signals.size();) {
        const auto event_index = signals[i].event_index;
        state_->pending.clear();
        for (; i < signals.size() && signals[i].event_index == event_index; ++i) {
            const auto& counted = state_->counted_by[signals[i].rule_index];
            state_->pending.insert(state_->pending.end(), counted.begin(), counted.end());
        }
        state_->take_event(batch, event_index, detections);
    }
}

std::vector<GroupState> Correlator::take_changes()
{
    auto keys = std::exchange(state_->dropped, {});
    for (const auto& [correlation, number] : state_->changed) {
        const auto& group = state_->groups[correlation][number];
        if (group.told_in == state_->round) { // else it was dropped
            keys.emplace_back(correlation, group.key);
        }
    }
    state_->changed.clear();
    ++state_->round;
    std::ranges::sort(keys);
    const auto repeated = std::ranges::unique(keys);
    keys.erase(repeated.begin(), repeated.end());
    auto out = std::exchange(state_->gone, {});
    for (auto& [number, key] : keys) {
        const auto& correlation = state_->set.correlations[number];
        const auto& mine = state_->groups[number];
        const auto group = mine.find(key);
        out.push_back(
            {.rule_id = state_->set.rules[correlation.rule].info->id,
             .group = std::move(key),
             .state = group == GroupTable::kNone
                          ? std::string{}
                          : mine[group].window.encode(correlation.spec, correlation.meaning)});
    }
    return out;
}

std::uint64_t Correlator::evictions() const
{
    return state_->evictions;
}

std::size_t Correlator::groups() const
{
    return state_->live;
}

} // namespace tanggap::detect
