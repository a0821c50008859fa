// Correlations by brute force: for each event every earlier one is looked at again.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>
#include <tuple>

#include "detect/oracle/content.h"

namespace tanggap::detect {
namespace {

using oracle::Correlation;

/// An event of one group as one correlation counts it.
struct Sighting {
    std::size_t arrival = 0;
    std::size_t event_index = 0;
    std::int64_t ns = 0;
    std::size_t member = 0;
    std::string value;
    double number = 0;
};

struct Window {
    std::int64_t end = 0;
    double measure = 0;
    std::uint64_t events = 0;
};

/// Values of a group by the names that its correlation has for them; of a rule there are none.
using Values = std::map<std::string, std::string>;
/// What happened at one event, by id and by name of its rule: once, or for each group.
using Hits = std::map<std::string, std::vector<Values>>;

struct Group {
    std::vector<Sighting> seen;      ///< in order of arrival
    std::vector<std::int64_t> fired; ///< ends of findings
};

bool is_temporal(const Correlation& rule)
{
    return rule.type == "temporal" || rule.type == "temporal_ordered";
}

bool meets(const Correlation& rule, double measure)
{
    if (rule.bounds.empty()) {
        return measure == static_cast<double>(rule.members.size());
    }
    for (const auto& [op, bound] : rule.bounds) {
        const bool holds = op == "lt"    ? measure < bound
                           : op == "lte" ? measure <= bound
                           : op == "gt"  ? measure > bound
                           : op == "gte" ? measure >= bound
                           : op == "eq"  ? measure == bound
                                         : measure != bound;
        if (!holds) {
            return false;
        }
    }
    return true;
}

/// By time, at one time by member, then as they came.
std::vector<Sighting> by_time(std::vector<Sighting> seen)
{
    std::sort(seen.begin(), seen.end(), [](const auto& a, const auto& b) {
        return std::tuple(a.ns, a.member, a.arrival) < std::tuple(b.ns, b.member, b.arrival);
    });
    return seen;
}

double measure_of(const Correlation& rule, const std::vector<Sighting>& window,
                  const Sighting& added)
{
    const auto size = static_cast<double>(window.size());
    if (rule.type == "event_count") {
        return size;
    }
    std::set<std::string> values;
    std::set<std::size_t> members;
    std::vector<double> numbers;
    double sum = 0;
    double alike = 0;
    for (const auto& one : window) {
        values.insert(one.value);
        members.insert(one.member);
        numbers.push_back(one.number);
        sum += one.number;
        alike += one.value == added.value ? 1 : 0;
    }
    if (rule.type == "value_count") {
        return static_cast<double>(values.size());
    }
    if (rule.type == "temporal") {
        return static_cast<double>(members.size());
    }
    if (rule.type == "value_sum") {
        return sum;
    }
    if (rule.type == "value_avg") {
        return sum / size;
    }
    if (rule.percentile < 0) {
        return 100 * alike / size;
    }
    std::sort(numbers.begin(), numbers.end());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (static_cast<double>(i + 1) >= rule.percentile / 100 * size) {
            return numbers[i];
        }
    }
    return numbers.back();
}

/// Every window that ends at an event and holds the one that was added.
std::optional<Window> look(const Correlation& rule, const Group& group, const Sighting& added)
{
    std::optional<Window> best;
    std::set<std::int64_t> ends;
    for (const auto& one : group.seen) {
        ends.insert(one.ns);
    }
    const auto seen = by_time(group.seen);
    for (const auto end : ends) {
        if (end < added.ns || end - added.ns > rule.span_ns) {
            continue;
        }
        std::vector<Sighting> window;
        for (const auto& one : seen) {
            if (one.ns <= end && end - one.ns <= rule.span_ns) {
                window.push_back(one);
            }
        }
        const auto measure = measure_of(rule, window, added);
        if (meets(rule, measure) && (!best || measure > best->measure)) {
            best = Window{.end = end, .measure = measure, .events = window.size()};
        }
    }
    return best;
}

/// The longest chain of rising members from `at` on, ending at `last`, that has `needed` in it.
struct ChainSearch {
    const std::vector<Sighting>& seen;
    std::size_t needed; ///< index into seen
    std::int64_t span_ns;

    std::size_t longest(std::size_t start, std::size_t at, std::size_t last, bool has) const
    {
        has = has || at == needed;
        std::size_t best = at == last && has ? 1 : 0;
        for (std::size_t next = at + 1; next <= last; ++next) {
            if (seen[next].member > seen[at].member && seen[next].ns - seen[start].ns <= span_ns) {
                const auto rest = longest(start, next, last, has);
                best = std::max(best, rest == 0 ? 0 : rest + 1);
            }
        }
        return best;
    }
};

std::optional<Window> look_in_order(const Correlation& rule, const Group& group,
                                    const Sighting& added)
{
    const auto seen = by_time(group.seen);
    const auto needed = static_cast<std::size_t>(
        std::find_if(seen.begin(), seen.end(),
                     [&](const auto& one) { return one.arrival == added.arrival; }) -
        seen.begin());
    const ChainSearch search{.seen = seen, .needed = needed, .span_ns = rule.span_ns};
    std::optional<Window> best;
    for (std::size_t last = needed; last < seen.size(); ++last) {
        if (seen[last].ns - seen[needed].ns > rule.span_ns) {
            break;
        }
        for (std::size_t start = needed + 1; start-- > 0;) {
            if (seen[last].ns - seen[start].ns > rule.span_ns) {
                break;
            }
            const auto length = search.longest(start, start, last, false);
            // Of equally long chains the one that begins last.
            if (length > 0 && (!best || static_cast<double>(length) > best->measure)) {
                best = Window{.end = seen[last].ns,
                              .measure = static_cast<double>(length),
                              .events = last - start + 1};
            }
        }
    }
    return best && meets(rule, best->measure) ? best : std::nullopt;
}

class Run {
public:
    Run(const Oracle::Content& content, const model::EventBatch& batch)
        : content_(content), batch_(batch), groups_(content.correlations.size())
    {
    }

    std::vector<Oracle::Finding> run()
    {
        for (std::size_t i = 0; i < batch_.events.size(); ++i) {
            Hits hit;
            for (const auto& rule : content_.rules) {
                if (content_.holds(rule, batch_.events[i])) {
                    hit[rule.id] = hit[rule.name] = std::vector<Values>(1);
                }
            }
            std::vector<bool> done(content_.correlations.size());
            for (std::size_t round = 0; round < done.size(); ++round) {
                step(i, hit, done);
            }
        }
        return std::move(out_);
    }

private:
    /// The next correlation all of whose members have had their turn.
    void step(std::size_t event, Hits& hit, std::vector<bool>& done)
    {
        for (std::size_t c = 0; c < done.size(); ++c) {
            const auto& rule = content_.correlations[c];
            const bool waits =
                std::any_of(rule.members.begin(), rule.members.end(), [&](const auto& name) {
                    for (std::size_t other = 0; other < done.size(); ++other) {
                        const auto& one = content_.correlations[other];
                        if (!done[other] && (one.id == name || one.name == name)) {
                            return true;
                        }
                    }
                    return false;
                });
            if (!done[c] && !waits) {
                done[c] = true;
                const auto found = feed(c, event, hit);
                if (!found.empty()) {
                    hit[rule.id] = hit[rule.name] = found;
                }
                return;
            }
        }
    }

    /// The groups of the correlation that are found anew.
    std::vector<Values> feed(std::size_t correlation, std::size_t event, const Hits& hit)
    {
        const auto& rule = content_.correlations[correlation];
        std::set<std::pair<std::size_t, std::string>> counted;
        std::vector<Values> found;
        for (std::size_t m = 0; m < rule.members.size(); ++m) {
            const auto happened = hit.find(rule.members[m]);
            if (happened == hit.end()) {
                continue;
            }
            for (const auto& given : happened->second) {
                Sighting sighting;
                Values values;
                const bool seen = see(rule, m, event, given, sighting, values);
                std::string key;
                for (const auto& [name, value] : values) {
                    key += std::to_string(value.size()) + ":" + value;
                }
                if (seen && counted.emplace(is_temporal(rule) ? m : 0, key).second &&
                    add(correlation, key, sighting)) {
                    found.push_back(values);
                }
            }
        }
        return found;
    }

    /// True where the group is found anew.
    bool add(std::size_t correlation, const std::string& key, const Sighting& sighting)
    {
        const auto& rule = content_.correlations[correlation];
        auto& group = groups_[correlation][key];
        group.seen.push_back(sighting);
        const auto window = rule.type == "temporal_ordered" ? look_in_order(rule, group, sighting)
                                                            : look(rule, group, sighting);
        if (!window) {
            return false;
        }
        const bool again =
            std::any_of(group.fired.begin(), group.fired.end(), [&](std::int64_t end) {
                return std::abs(end - window->end) < rule.span_ns;
            });
        if (!again) {
            group.fired.push_back(window->end);
        }
        if (alone(rule)) {
            out_.push_back({.rule = rule.id,
                            .event_index = sighting.event_index,
                            .events = window->events,
                            .continues = again});
        }
        return !again;
    }

    bool see(const Correlation& rule, std::size_t member, std::size_t event, const Values& given,
             Sighting& sighting, Values& values)
    {
        sighting.arrival = arrivals_++;
        sighting.event_index = event;
        sighting.ns = batch_.events[event].time.ns;
        sighting.member = member;
        for (const auto& field : rule.group_by) {
            const auto value = value_of(rule, member, field, event, given);
            if (!value) {
                return false;
            }
            values[field] = *value;
        }
        for (const auto& field : rule.fields) {
            const auto value = value_of(rule, member, field, event, given);
            if (!value) {
                return false;
            }
            sighting.value += std::to_string(value->size()) + ":" + *value;
            char* end = nullptr;
            sighting.number = std::strtod(value->c_str(), &end);
            const bool number = !value->empty() && *end == '\0' && std::isfinite(sighting.number);
            const bool needs_number = rule.type == "value_sum" || rule.type == "value_avg" ||
                                      (rule.type == "value_percentile" && rule.percentile >= 0);
            if (needs_number && !number) {
                return false;
            }
        }
        return true;
    }

    /// Under the member's name for the field what its group has, else the first value there is.
    std::optional<std::string> value_of(const Correlation& rule, std::size_t member,
                                        const std::string& field, std::size_t event,
                                        const Values& given) const
    {
        auto name = field;
        if (const auto alias = rule.aliases.find(field); alias != rule.aliases.end()) {
            for (const auto& [other, renamed] : alias->second) {
                name = same_rule(other, rule.members[member]) ? renamed : name;
            }
        }
        if (const auto known = given.find(name); known != given.end()) {
            return known->second;
        }
        for (const auto& inner : content_.correlations) {
            if (inner.id == rule.members[member] || inner.name == rule.members[member]) {
                return value_of_any_member(inner, name, event);
            }
        }
        for (const auto& one : batch_.events[event].fields) {
            if (one.name == name && one.value.kind != model::Value::Kind::Null &&
                !one.value.text.empty()) {
                return std::string(one.value.text);
            }
        }
        return std::nullopt;
    }

    /// A correlation that is counted has a value where a rule has that it counts.
    std::optional<std::string>
    value_of_any_member(const Correlation& rule, const std::string& field, std::size_t event) const
    {
        for (std::size_t m = 0; m < rule.members.size(); ++m) {
            if (auto value = value_of(rule, m, field, event, {})) {
                return value;
            }
        }
        return std::nullopt;
    }

    bool same_rule(const std::string& a, const std::string& b) const
    {
        const auto both = [&](const auto& one) {
            return (one.id == a || one.name == a) && (one.id == b || one.name == b);
        };
        return a == b || std::any_of(content_.rules.begin(), content_.rules.end(), both) ||
               std::any_of(content_.correlations.begin(), content_.correlations.end(), both);
    }

    /// A correlation that another one counts is silent unless one of those generates.
    bool alone(const Correlation& rule) const
    {
        bool counted = false;
        bool generated = false;
        for (const auto& other : content_.correlations) {
            for (const auto& member : other.members) {
                const bool mine = member == rule.id || member == rule.name;
                counted = counted || mine;
                generated = generated || (mine && other.generate);
            }
        }
        return !counted || generated;
    }

    const Oracle::Content& content_;
    const model::EventBatch& batch_;
    std::vector<std::map<std::string, Group>> groups_;
    std::vector<Oracle::Finding> out_;
    std::size_t arrivals_ = 0;
};

} // namespace

std::vector<Oracle::Finding> Oracle::correlate(const model::EventBatch& batch) const
{
    return Run(*content_, batch).run();
}

} // namespace tanggap::detect
