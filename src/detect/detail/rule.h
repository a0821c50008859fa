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

struct CorrelationBound {
    enum class Op : std::uint8_t { Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual };
    Op op = Op::GreaterEqual;
    std::uint64_t count = 0;
};

struct CorrelationRule {
    enum class Type : std::uint8_t { EventCount, ValueCount, Temporal, TemporalOrdered };
    struct Member {
        std::string name; ///< id or name
        Place place;
    };

    Type type = Type::EventCount;
    std::vector<Member> members;
    std::vector<std::string> group_by;
    /// alias → (member as written → its field)
    std::map<std::string, std::map<std::string, std::string>> aliases;
    base::Duration timespan{};
    std::string timespan_text;
    std::vector<CorrelationBound> bounds; ///< all must hold
    std::vector<std::string> value_fields;
    bool generate = false;
};

struct ParsedRule {
    std::shared_ptr<model::RuleInfo> info;
    std::string name;
    Place place;
    LogSource logsource;
    Place logsource_place;
    ClausePtr condition;                        ///< null for a correlation
    std::optional<CorrelationRule> correlation; ///< set for a correlation
};

} // namespace tanggap::detect
