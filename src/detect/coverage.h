// What rules can find in the logs at hand: which of them have their log source and their fields,
// and why the others can never fire.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "detect/engine.h"

namespace tanggap::detect {

struct RuleCoverage {
    enum class Gap : std::uint8_t {
        None,    ///< it can fire
        Mapping, ///< no mapping says where its log source is
        Events,  ///< no event is of its log source
        Fields,  ///< events are, but without fields that it needs
        Members, ///< a correlation: what it counts cannot fire
    };
    std::shared_ptr<const model::RuleInfo> rule;
    Gap gap = Gap::None;
    /// Of its log source, once for each way of arriving that fits; of a correlation 0.
    std::uint64_t events = 0;
    /// Fields: some that must be there, as events name them. Members: titles of rules.
    std::vector<std::string> missing;
};

/// Looks at events and remembers per log source how many came and with which fields.
/// Thread: one owner. Memory: a bit for each log source and field that rules read, and up to
/// limits::kRoutesMax combinations of values that decide the log source.
/// Cost: a look-up for each field of an event, then a look at each field that rules read.
class Coverage {
public:
    explicit Coverage(std::shared_ptr<const RuleSet> rules);
    ~Coverage();
    Coverage(const Coverage&) = delete;

    void take(const model::Event& event);
    /// In the order of RuleSet::rules(). A rule with a gap matches none of the events taken; one
    /// without may.
    std::vector<RuleCoverage> rules() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace tanggap::detect
