// What rules say about events: the nouns between detection, triage and the stores.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/event.h"

namespace tanggap::model {

enum class Level : std::uint8_t { Informational, Low, Medium, High, Critical };
std::string_view name_of(Level level);
base::Result<Level> parse_level(std::string_view text); ///< English or Indonesian word

enum class Outcome : std::uint8_t { Unknown, Succeeded, Failed, Blocked };
std::string_view name_of(Outcome outcome);

/// Another rule this one stands in a relation to ("derived", "obsolete", "merged", "renamed",
/// "similar").
struct RelatedRule {
    std::string id;
    std::string type;
};

/// The public face of a rule, shared by every detection it makes.
/// Source: Sigma 2.1.0 rules specification, "Components".
struct RuleInfo {
    std::string id; ///< UUID of the rule file
    std::string title;
    std::string name;                 ///< what correlations may call it
    std::string taxonomy;             ///< of its fields and log source; empty: Sigma's own
    std::string date;                 ///< YYYY-MM-DD as written
    std::string modified;             ///< YYYY-MM-DD as written
    std::string logsource;            ///< "product windows, service security"; empty: correlation
    std::string logsource_definition; ///< what the log source has to be set up to write
    std::vector<RelatedRule> related;
    std::vector<std::string> fields; ///< worth showing beside a match, as the rule names them
    std::vector<std::string> scope;
    std::string description;
    std::string author;
    std::string license;
    std::string status;
    Level level = Level::Medium;
    std::vector<std::string> tags;       ///< "attack.t1110", …
    std::vector<std::string> techniques; ///< "T1110.001" from the tags, in order
    std::vector<std::string> false_positives;
    std::vector<std::string> references;
    std::string title_id;       ///< Indonesian title, empty where the rule has none
    std::string description_id; ///< Indonesian description
    double confidence = 0.8;    ///< 0.5..1 (rulings 28): `tanggap.confidence` of the rule
    Outcome declared_outcome = Outcome::Unknown; ///< Succeeded only where the rule declares it
    bool correlation = false;
    bool overriding = false; ///< a user's file that replaces an embedded one
};

/// Which selection, field and value made a rule match one event.
struct MatchReason {
    std::string selection;   ///< "selection_agent"
    std::string field;       ///< as the rule names it: "cs-user-agent"; empty for keywords
    std::string event_field; ///< as the event names it: "user_agent.original"
    std::string value;       ///< the event's value, cut to 1,024 bytes
    std::string pattern;     ///< as the rule writes it: "*sqlmap*"
};

/// L2: a rule matched one event (for a correlation: the event that completed it).
struct Detection {
    std::shared_ptr<const RuleInfo> rule;
    std::size_t event_index = 0; ///< into the EventBatch
    std::vector<MatchReason> reasons;
    std::uint64_t correlated_events = 0; ///< correlations: events in the window
    /// Correlations: the condition was met within this timespan already and this event belongs to
    /// it. Such an event is part of the alert, and no finding of its own.
    bool continues = false;
    std::string
        correlation_summary; ///< "11 events of 'SSH failed login' by source.ip=203.0.113.7 in 10m"
};

} // namespace tanggap::model
