// The slow twin of the engine: what the specification says, done one step after another.
//
// It shares the YAML reader and the event with the engine and nothing else: its own reading of
// rules and mappings, comparison, wildcards, networks, and PCRE2 for every regular expression.
// Where the two differ one of them is wrong; tests/sigma runs both over real events and generated
// ones.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "detect/engine.h"

namespace tanggap::detect {

/// Immutable after load; any thread.
class Oracle {
public:
    /// Rules it cannot read are left out without a word: the engine is the one that explains.
    static std::shared_ptr<const Oracle> load(std::span<const RuleFile> rules,
                                              std::span<const MappingFile> mappings);
    ~Oracle();
    Oracle(const Oracle&) = delete;

    /// Ids of the rules that match, sorted; correlations and old aggregations are left out.
    std::vector<std::string> matches(const model::Event& event) const;
    /// Ids of the rules it read, sorted.
    std::vector<std::string> rules() const;

    /// What a correlation finds in `events`, which arrived in this order.
    struct Finding {
        std::string rule; ///< id
        std::size_t event_index = 0;
        std::uint64_t events = 0;
        bool continues = false;
        friend auto operator<=>(const Finding&, const Finding&) = default;
    };
    /// Looks at every earlier event for each event: no state, no bounds.
    std::vector<Finding> correlate(const model::EventBatch& batch) const;

    struct Content;

private:
    Oracle();
    std::unique_ptr<Content> content_;
};

} // namespace tanggap::detect
