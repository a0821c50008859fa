// The one query language (ui.md §1.4): lists, API, saved views, rule filters and the CLI.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace tanggap::query {

enum class Operator : std::uint8_t {
    And,
    Or,
    Not,
    Equals,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Range,
    Regex,
    Free,
    Is,
    Has
};

enum class FieldType : std::uint8_t { Keyword, Text, Integer, Time, Address, Level };

/// One word of a closed set, with the words that mean the same: {"open", {"terbuka"}}.
struct Choice {
    std::string canonical{};
    std::vector<std::string> aliases{};
};

/// A field a scope knows. `canonical` is what compilers see; aliases reach it ("src.ip").
struct FieldInfo {
    std::string canonical{};
    FieldType type = FieldType::Keyword;
    std::vector<std::string> aliases{};
    std::string description{};
    std::vector<Choice> choices{}; ///< not empty: no other word is accepted
    bool names_too = false;        ///< Address only: other words are taken, their node is a Keyword
    bool ranked = false;           ///< its choices have an order: they can be compared
};

/// Fields of a list. `open`: unknown dotted names are taken as Keyword (events: sparse fields).
struct Scope {
    std::string name{}; ///< "alerts", "events", "triage"
    std::vector<FieldInfo> fields{};
    bool open = false;
    std::vector<Choice> is_terms{};
    std::vector<Choice> has_terms{};
    bool regex = false;         ///< `/…/` is understood
    std::string number_field{}; ///< where a bare ALR-12 looks
    std::string age_field{};    ///< `age>2h` is `<age_field> < now-2h`

    /// By canonical name or alias, any case; null when unknown.
    const FieldInfo* find(std::string_view name) const;
};
const Scope& alert_scope();
const Scope& event_scope();
const Scope& case_scope();
/// The queue: what alerts and reports have in common, and what each has of its own.
const Scope& triage_scope();

/// One node. And/Or/Not use children; the rest field, value(s).
struct Node {
    Operator op = Operator::And;
    std::string field{}; ///< canonical; empty for Free, Is, Has
    FieldType type = FieldType::Keyword;
    /// Normalised ("tinggi" → "high"). Without `wildcard` the literal text. With it '*' stands for
    /// any run of characters, and "\\*", "\\\\" for a star and a backslash; see like_pattern().
    std::string value{};
    std::string value_to{}; ///< Range: upper end, inclusive
    bool wildcard = false;  ///< a lone "*" means: the field has any value
    bool quoted = false;    ///< Free: a phrase rather than words
    std::vector<Node> children{};
    std::size_t begin = 0; ///< span in the text, bytes
    std::size_t end = 0;
};

struct Diagnostic {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string message{};
    std::string hint{}; ///< "did you mean source.ip?"
};

struct Parsed {
    Node root;                      ///< And without children: matches everything
    std::vector<Diagnostic> errors; ///< not empty: root must not be used
};

/// Reads a query. Limits: limits::kQuery*. Never throws, whatever the bytes.
Parsed parse(std::string_view text, const Scope& scope);
/// As parse, with the first diagnostics as one Invalid error.
base::Result<Node> parse_or_error(std::string_view text, const Scope& scope);
/// Canonical text, as stored in URLs: parse(format(n)) == n.
std::string format(const Node& node);
/// Whether both mean the same text: everything but the spans.
bool same(const Node& a, const Node& b);
/// Puts `account` where the query says @me or is:mine; nobody is meant where it is empty.
void put_account(Node& node, std::string_view account);

/// "now-24h", "-7d@d", RFC 3339, "2026-10-03", "3/10/2026" to a time. Zone: minutes east of UTC.
base::Result<base::Time> parse_time(std::string_view text, base::Time now, int zone_minutes);

/// What a time text covers, [begin, end): a day for "2026-10-03", one second for "…T07:05:09".
/// Compilers: `:` and `..` are begin ≤ t < end (of the upper text); `<` is t < begin, `<=` is
/// t < end, `>` is t ≥ end, `>=` is t ≥ begin.
struct TimeSpan {
    base::Time begin;
    base::Time end;
};
base::Result<TimeSpan> parse_time_span(std::string_view text, base::Time now, int zone_minutes);

/// First and last address of "203.0.113.7", "203.0.113.0/24", "2001:db8::/32"; IPv4 is mapped
/// (::ffff:0:0/96), network byte order, so std::array's order is the order of addresses.
/// Errors: Invalid; also for a CIDR with bits below its prefix, naming the right one.
struct AddressRange {
    std::array<std::uint8_t, 16> first{};
    std::array<std::uint8_t, 16> last{};
};
base::Result<AddressRange> parse_address_range(std::string_view text);

/// The node's value for SQL LIKE with '\\' as escape: '*' becomes '%'; '%', '_' and '\\' are
/// escaped.
std::string like_pattern(const Node& node);

} // namespace tanggap::query
