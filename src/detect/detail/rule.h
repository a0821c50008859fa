// A Sigma rule as read: what it asks, before it is bound to the fields of our events.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "detect/detail/address.h"
#include "detect/detail/pattern.h"
#include "detect/detail/regex.h"
#include "model/detection.h"

namespace tanggap::detect {

struct Number {
    bool integral = true;
    std::int64_t integer = 0;
    double real = 0;
    friend bool operator==(const Number&, const Number&) = default;
};

enum class Comparison : std::uint8_t { Less, LessEqual, Greater, GreaterEqual, Equal };
/// What a time modifier takes out of a value before it is compared.
enum class TimePart : std::uint8_t { None, Minute, Hour, Day, Week, Month, Year };

/// One test of one value of a field.
struct Test {
    enum class Op : std::uint8_t { Text, Regex, Network, Compare, Exists, Null, Reference };

    Op op = Op::Text;
    Pattern pattern;     ///< Text
    bool number = false; ///< Text: the rule wrote a number, so 4625.0 equals 4625
    std::shared_ptr<const Regex> regex;
    Network network;
    Comparison comparison = Comparison::Equal; ///< Compare
    Number bound;
    TimePart part = TimePart::None;
    std::string reference; ///< Reference: the other field, as the rule names it
    Pattern::Shape reference_shape = Pattern::Shape::Equals;
    Casing casing = Casing::Ignored; ///< Reference
    std::string written;             ///< as the rule writes it, for people
};

/// The logic of a rule. Selections are shared where a condition names them twice.
struct Clause {
    enum class Kind : std::uint8_t { All, Any, Not, Test };

    Kind kind = Kind::All;
    std::string selection; ///< set on the root of a selection
    std::string written;   ///< "cs-uri-query|contains" on the root of one line of a selection
    std::vector<std::shared_ptr<const Clause>> children;
    std::string field; ///< Test: as the rule names it; empty: any value of the event (keyword)
    Test test;
};
using ClausePtr = std::shared_ptr<const Clause>;

/// Empty parts are not given.
struct LogSource {
    std::string category;
    std::string product;
    std::string service;
    std::string text() const; ///< "category webserver, product apache"
    friend auto operator<=>(const LogSource&, const LogSource&) = default;
};

struct Place {
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;
};

/// All must hold of what a correlation measures.
struct CorrelationBound {
    enum class Op : std::uint8_t { Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual };
    Op op = Op::GreaterEqual;
    double value = 0;
};

struct CorrelationRule {
    enum class Type : std::uint8_t {
        EventCount,
        ValueCount,
        Temporal,
        TemporalOrdered,
        ValueSum,
        ValueAverage,
        ValuePercentile,
    };
    struct Member {
        std::string name; ///< id or name
        Place place;
    };

    Type type = Type::EventCount;
    std::vector<Member> members;
    std::vector<std::string> group_by;
    /// A field of one member, under a name that all members share.
    struct Alias {
        std::string name;
        Member member;
        std::string field;
    };
    std::vector<Alias> aliases;
    base::Duration timespan{};
    std::string timespan_text;
    std::vector<CorrelationBound> bounds; ///< all must hold
    std::vector<std::string> value_fields;
    /// ValuePercentile: which one. Without it the share of the event's own value, in percent.
    std::optional<double> percentile;
    bool generate = false;
};

/// The old way to count: `selection | count(field) by group > 5`, with a timeframe.
struct Aggregation {
    CorrelationRule rule; ///< without members and timespan
    Place place;
};

struct ParsedRule {
    std::shared_ptr<model::RuleInfo> info;
    std::string name;
    Place place;
    LogSource logsource;
    Place logsource_place;
    ClausePtr condition;                        ///< null for a correlation
    std::optional<CorrelationRule> correlation; ///< set for a correlation
    /// Counted by the correlation that an old aggregation became; not a rule of its own to people.
    bool hidden = false;
};

/// An exception for several rules, in a document of its own.
struct ParsedFilter {
    struct Target {
        std::string name; ///< id or name
        Place place;
    };
    std::string title;
    Place place;
    LogSource logsource;
    std::vector<Target> targets;
    bool every_rule = false; ///< `rules: any`: all of the log source
    ClausePtr condition;     ///< what must hold besides the rule
};

/// What one file holds.
struct ParsedFile {
    std::vector<ParsedRule> rules;
    std::vector<ParsedFilter> filters;
};

} // namespace tanggap::detect
