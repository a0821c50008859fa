// The one query language (ui.md §1.4): lists, API, saved views, rule filters and the CLI.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace tanggap::query {

enum class Operator : std::uint8_t { And, Or, Not, Equals, Less, LessEqual, Greater, GreaterEqual, Range, Regex, Free, Is, Has };

enum class FieldType : std::uint8_t { Keyword, Text, Integer, Time, Address, Level };

/// A field a scope knows. `canonical` is what compilers see; aliases reach it ("src.ip").
struct FieldInfo {
    std::string canonical;
    FieldType type = FieldType::Keyword;
    std::vector<std::string> aliases;
    std::string description;
};

/// Fields of a list. `open`: unknown dotted names are taken as Keyword (events: sparse fields).
struct Scope {
    std::string name; ///< "alerts", "events"
    std::vector<FieldInfo> fields;
    bool open = false;
    std::vector<std::string> is_terms;
    std::vector<std::string> has_terms;

    const FieldInfo* find(std::string_view name) const;
};
const Scope& alert_scope();
const Scope& event_scope();

/// One node. And/Or/Not use children; the rest field, value(s).
struct Node {
    Operator op = Operator::And;
    std::string field;      ///< canonical; empty for Free, Is, Has
    FieldType type = FieldType::Keyword;
    std::string value;      ///< normalised ("tinggi" → "high"); '*' wildcards only where `wildcard`
    std::string value_to;   ///< Range: upper end, inclusive
    bool wildcard = false;  ///< value holds unescaped '*' ("\\*" is a literal star, as in SQL we compile)
    bool quoted = false;
    std::vector<Node> children;
    std::size_t begin = 0;  ///< span in the text, bytes
    std::size_t end = 0;
};

struct Diagnostic {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string message;
    std::string hint; ///< "did you mean source.ip?"
};

struct Parsed {
    Node root; ///< And without children: matches everything
    std::vector<Diagnostic> errors; ///< not empty: root must not be used
};

/// Reads a query. Limits: limits::kQuery*. Never throws, whatever the bytes.
Parsed parse(std::string_view text, const Scope& scope);
/// As parse, with the first diagnostics as one Invalid error.
base::Result<Node> parse_or_error(std::string_view text, const Scope& scope);
/// Canonical text, as stored in URLs: parse(format(n)) == n.
std::string format(const Node& node);
/// "now-24h", "-7d@d", RFC 3339, "2026-10-03", "3/10/2026" to a time. Zone: minutes east of UTC.
base::Result<base::Time> parse_time(std::string_view text, base::Time now, int zone_minutes);

} // namespace tanggap::query
