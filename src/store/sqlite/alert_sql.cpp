#include "store/sqlite/alert_sql.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include "base/limits.h"
#include "base/text.h"
#include "base/triage_limits.h"
#include "casework/case.h"
#include "model/detection.h"
#include "store/sqlite/alert_rows.h"
#include "store/sqlite/operators.h"

namespace tanggap::store::sqlite {
namespace {

using query::Node;
using query::Operator;

/// How one field of query::alert_scope() is compared. Adding one is a row here and a row there.
enum class Kind {
    Integer,
    Time,
    Text,
    Level,
    Outcome,
    Source,
    Asset,
    Title,
    Rule,
    Status,
    Assignee,
    Label,
    RowKind,
    Case
};
struct Column {
    std::string_view field;
    std::string_view column;
    Kind kind;
};
constexpr std::array kColumns{
    Column{"number", "a.number", Kind::Integer},
    Column{"id", "a.uuid", Kind::Text},
    Column{"severity", "a.severity", Kind::Level},
    Column{"priority", "a.priority", Kind::Integer},
    Column{"status", "a.status", Kind::Status},
    Column{"reason", "a.close_reason", Kind::Text},
    Column{"assignee", "a.assignee", Kind::Assignee},
    Column{"label", "", Kind::Label},
    Column{"case", "a.case_id", Kind::Case},
    Column{"into", "a.merged_into", Kind::Integer},
    Column{"kind", "", Kind::RowKind},
    Column{"rule", "", Kind::Rule},
    Column{"title", "", Kind::Title},
    Column{"technique", "a.technique", Kind::Text},
    Column{"source", "a.source", Kind::Source},
    Column{"source_country", "a.source_country", Kind::Text},
    Column{"target", "a.target", Kind::Text},
    Column{"asset", "", Kind::Asset},
    Column{"organisation", "a.organisation", Kind::Text},
    Column{"outcome", "a.outcome", Kind::Outcome},
    Column{"sensor", "a.sensor", Kind::Text},
    Column{"first_seen", "a.first_seen", Kind::Time},
    Column{"last_seen", "a.last_seen", Kind::Time},
    Column{"events", "a.events", Kind::Integer},
    Column{"detections", "a.detections", Kind::Integer},
    Column{"recurs", "a.recurs_of", Kind::Integer},
};

/// model::is_open.
constexpr std::array<std::string_view, 5> kOpen{"new", "accepted", "escalating", "regressed",
                                                "snoozed"};

/// The terms of is: that are no status.
struct IsTerm {
    std::string_view term;
    std::string_view sql;
};
constexpr std::array kIsTerms{
    IsTerm{"unassigned", "a.assignee = ''"}, IsTerm{"recurring", "a.recurs_of > 0"},
    IsTerm{"mine", "0"}, // put_account() has put the asker's name in its place
};

/// The values of an indexed column, as the table `each(v)`: a step along the index meets each once.
std::string each_value_of(std::string_view column)
{
    const std::string name(column);
    return "WITH RECURSIVE each(v) AS (SELECT min(" + name +
           ") FROM alerts UNION ALL SELECT (SELECT min(" + name + ") FROM alerts WHERE " + name +
           " > each.v) FROM each WHERE each.v IS NOT NULL)";
}

/// Statuses that so many alerts have that a way over the index on status takes longer than a look
/// at every alert.
base::Result<std::vector<std::string>> crowded_statuses(Database& database)
{
    std::vector<std::string> crowded;
    TRY_STATUS(database.walk("v",
                             "FROM (" + each_value_of("status") +
                                 " SELECT v FROM each WHERE v IS NOT NULL AND EXISTS"
                                 " (SELECT 1 FROM alerts WHERE status = each.v LIMIT 1 OFFSET " +
                                 std::to_string(base::limits::kCrowdedStatusAlerts) + "))",
                             {}, [&](const Row& row) { crowded.emplace_back(row.text(0)); }));
    return crowded;
}

/// What an alert names, each with an index of its own: words are found there.
constexpr std::array<std::string_view, 5> kNames{"source", "target", "asset_name", "organisation",
                                                 "technique"};

class Compiler {
public:
    Compiler(Database& database, AlertFilter& out, base::Time now)
        : database_(database), out_(out), now_(now)
    {
    }

    // Depth is bounded by the parser (limits::kQueryDepthMax).
    base::Status node(const Node& node)
    {
        switch (node.op) {
        case Operator::And:
            return list(node, " AND ", "1");
        case Operator::Or:
            return list(node, " OR ", "0");
        case Operator::Not:
            put("NOT ");
            return list(node, " AND ", "1");
        case Operator::Free:
            return free_text(node);
        case Operator::Is:
            return is_term(node);
        case Operator::Has:
        case Operator::Regex:
            return base::invalid("alerts cannot be searched with has: or /…/");
        default:
            return comparison(node);
        }
    }

private:
    void put(std::string_view text) { out_.sql += text; }
    void put(std::string_view text, SqlValue value)
    {
        put(text);
        out_.values.push_back(std::move(value));
    }

    base::Status list(const Node& node, std::string_view glue, std::string_view when_empty)
    {
        put("(");
        if (node.children.empty()) {
            put(when_empty);
        }
        for (std::size_t i = 0; i < node.children.size(); ++i) {
            put(i == 0 ? "" : glue);
            TRY_STATUS(this->node(node.children[i]));
        }
        put(")");
        return {};
    }

    base::Status comparison(const Node& node)
    {
        const auto* const column = std::ranges::find(kColumns, node.field, &Column::field);
        if (column == kColumns.end()) {
            return base::invalid("alerts have no field " + base::quoted(node.field));
        }
        auto done = compare(*column, node);
        return done ? done : std::unexpected(std::move(done).error().in(node.field));
    }

    base::Status compare(const Column& column, const Node& node)
    {
        if (node.op == Operator::Equals && node.wildcard && node.value == "*") {
            return any_value(column);
        }
        switch (column.kind) {
        case Kind::Integer:
            return numbers(column.column, node, &Compiler::integer);
        case Kind::Level:
            return numbers(column.column, node, &Compiler::level);
        case Kind::Outcome:
            return numbers(column.column, node, &Compiler::outcome);
        case Kind::Time:
            return times(column.column, node);
        case Kind::Text:
            return text(column.column, node);
        case Kind::Source:
            return source(node);
        case Kind::Asset:
            put("(");
            TRY_STATUS(text("a.asset_name", node));
            put(" OR ");
            TRY_STATUS(text("a.asset_id", node));
            put(")");
            return {};
        case Kind::Title:
            return title(node);
        case Kind::Rule:
            return rule(node);
        case Kind::Status:
            return status(node);
        case Kind::Assignee:
            return assignee(node);
        case Kind::Label:
            put("a.number IN (SELECT number FROM alert_labels WHERE ");
            TRY_STATUS(text("label", node));
            put(")");
            return {};
        case Kind::Case:
            return in_case(node);
        case Kind::RowKind:
            put(node.value == "alert" ? "1" : "0");
            return {};
        }
        return base::internal("field of an unknown kind");
    }

    /// `field:*`, which is also has:field.
    base::Status any_value(const Column& column)
    {
        switch (column.kind) {
        case Kind::Text:
        case Kind::Case:
        case Kind::Assignee:
            put(column.column);
            put(" <> ''");
            return {};
        case Kind::Asset:
            put("(a.asset_name <> '' OR a.asset_id <> '')");
            return {};
        case Kind::Label:
            put("a.number IN (SELECT number FROM alert_labels)");
            return {};
        case Kind::Integer:
            put(column.column);
            put(" <> 0");
            return {};
        default:
            put("1");
            return {};
        }
    }

    base::Status status(const Node& node)
    {
        if (node.op != Operator::Equals || node.wildcard) {
            return text("a.status", node);
        }
        return node.value == "open" ? has_status(kOpen)
                                    : has_status(std::array{std::string_view(node.value)});
    }

    /// The index on status leads where few have one of these. The `+` keeps SQLite from it.
    base::Status has_status(std::span<const std::string_view> any)
    {
        if (!crowded_) {
            TRY(crowded_, crowded_statuses(database_));
        }
        const bool crowded = std::ranges::find_first_of(any, *crowded_) != any.end();
        put(crowded ? "+a.status IN (" : "a.status IN (");
        for (std::size_t i = 0; i < any.size(); ++i) {
            put(i == 0 ? "?" : ", ?", SqlValue::of(any[i]));
        }
        put(")");
        return {};
    }

    /// By UUID, or by the number people read.
    base::Status in_case(const Node& node)
    {
        const auto number = casework::parse_case_number(node.value);
        if (node.op != Operator::Equals || !number) {
            return text("a.case_id", node);
        }
        put("a.case_id IN (SELECT id FROM cases WHERE year = ?",
            SqlValue::of(std::int64_t{number->year}));
        put(" AND ordinal = ?)", SqlValue::of(static_cast<std::int64_t>(number->ordinal)));
        return {};
    }

    /// By name, whatever its case; an id (of @me) as well. The index has who is somebody's.
    base::Status assignee(const Node& node)
    {
        if (node.op == Operator::Equals && !node.wildcard && !node.value.empty()) {
            put("(a.assignee <> '' AND a.assignee IN (SELECT ?", SqlValue::of(node.value));
            put(" UNION ALL SELECT id FROM users WHERE name_key = ?))",
                SqlValue::of(base::to_lower_ascii(node.value)));
            return {};
        }
        put("(");
        TRY_STATUS(text("a.assignee", node));
        Node lower = node;
        lower.value = base::to_lower_ascii(node.value);
        put(" OR (a.assignee <> '' AND a.assignee IN (SELECT id FROM users WHERE ");
        TRY_STATUS(text("name_key", lower));
        put(")))");
        return {};
    }

    base::Result<std::int64_t> integer(std::string_view text) const
    {
        std::int64_t value = 0;
        const std::string_view digits = text.starts_with("ALR-") ? text.substr(4) : text;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error != std::errc{} || end != digits.data() + digits.size()) {
            return base::invalid(base::quoted(text) + " is not a whole number");
        }
        return value;
    }

    base::Result<std::int64_t> level(std::string_view text) const
    {
        TRY(const model::Level level, model::parse_level(text));
        return static_cast<std::int64_t>(level);
    }

    base::Result<std::int64_t> outcome(std::string_view text) const
    {
        for (const auto outcome : {model::Outcome::Unknown, model::Outcome::Succeeded,
                                   model::Outcome::Failed, model::Outcome::Blocked}) {
            if (model::name_of(outcome) == text) {
                return static_cast<std::int64_t>(outcome);
            }
        }
        return base::invalid(base::quoted(text) +
                             " is not an outcome; use succeeded, unknown, failed or blocked");
    }

    base::Status numbers(std::string_view column, const Node& node,
                         base::Result<std::int64_t> (Compiler::*read)(std::string_view) const)
    {
        TRY(const std::int64_t low, (this->*read)(node.value));
        if (node.op != Operator::Range) {
            put(column);
            put(sql_of(node.op), SqlValue::of(low));
            return {};
        }
        TRY(const std::int64_t high, (this->*read)(node.value_to));
        between(column, low, high);
        return {};
    }

    void between(std::string_view column, std::int64_t low, std::int64_t high)
    {
        put(column);
        put(" BETWEEN ?", SqlValue::of(low));
        put(" AND ?", SqlValue::of(high));
    }

    base::Status times(std::string_view column, const Node& node)
    {
        TRY(const query::TimeSpan span, query::parse_time_span(node.value, now_, 0));
        put("(");
        put(column);
        switch (node.op) {
        case Operator::Less:
            put(" < ?", SqlValue::of(span.begin.ns));
            break;
        case Operator::LessEqual:
            put(" < ?", SqlValue::of(span.end.ns));
            break;
        case Operator::Greater:
            put(" >= ?", SqlValue::of(span.end.ns));
            break;
        case Operator::GreaterEqual:
            put(" >= ?", SqlValue::of(span.begin.ns));
            break;
        default:
            TRY_STATUS(time_range(column, node, span));
        }
        put(")");
        return {};
    }

    base::Status time_range(std::string_view column, const Node& node, query::TimeSpan span)
    {
        if (node.op == Operator::Range) {
            TRY(const query::TimeSpan upper, query::parse_time_span(node.value_to, now_, 0));
            span.end = upper.end;
        }
        put(" >= ?", SqlValue::of(span.begin.ns));
        put(" AND ");
        put(column);
        put(" < ?", SqlValue::of(span.end.ns));
        return {};
    }

    base::Status text(std::string_view column, const Node& node)
    {
        put(column);
        if (node.op == Operator::Range) {
            put(" BETWEEN ?", SqlValue::of(node.value));
            put(" AND ?", SqlValue::of(node.value_to));
        } else if (node.wildcard) {
            put(" LIKE ? ESCAPE '\\'", SqlValue::of(query::like_pattern(node)));
        } else {
            put(sql_of(node.op), SqlValue::of(node.value));
        }
        return {};
    }

    /// A network is a range of source_bits; an alert's IPv6 source is a /64 already.
    base::Status source(const Node& node)
    {
        const bool address =
            node.type == query::FieldType::Address && !node.wildcard && node.op == Operator::Equals;
        if (!address) {
            return text("a.source", node);
        }
        TRY(const query::AddressRange range, query::parse_address_range(node.value));
        if (range.first == range.last && node.value.find(':') == std::string::npos) {
            return text("a.source", node);
        }
        // The halves of IPv6 networks are numbers among those of IPv4, and that of 8000::/64 is
        // what stands for no address: the colon, or the whole name, tells them apart.
        const bool colon = !is_mapped(range.first) || !is_mapped(range.last);
        const std::int64_t low = address_bits(range.first);
        const std::int64_t high = address_bits(range.last);
        put(colon ? "(instr(a.source, ':') > 0 AND " : "(instr(a.source, ':') = 0 AND ");
        if (low <= high) {
            between("a.source_bits", low, high);
        } else { // Its upper end has the sign's bit.
            put("(a.source_bits >= ?", SqlValue::of(low));
            put(" OR a.source_bits <= ?)", SqlValue::of(high));
        }
        put(" AND (a.source_bits <> ?", SqlValue::of(kNoSourceBits));
        put(" OR a.source = '8000::/64'))");
        return {};
    }

    /// Words are found anywhere in the title, in either language, whatever their case. There are
    /// few titles: words that none has are told once, instead of by a look at every alert.
    void title_like(const std::string& pattern)
    {
        constexpr std::string_view kTitles =
            "(SELECT ref FROM alert_titles WHERE title LIKE ? ESCAPE '\\'";
        put("(EXISTS ");
        put(kTitles, SqlValue::of(pattern));
        put(" OR title_id LIKE ? ESCAPE '\\') AND a.title_ref IN ", SqlValue::of(pattern));
        put(kTitles, SqlValue::of(pattern));
        put(" OR title_id LIKE ? ESCAPE '\\'))", SqlValue::of(pattern));
    }

    base::Status title(const Node& node)
    {
        title_like("%" + query::like_pattern(node) + "%");
        return {};
    }

    base::Status rule(const Node& node)
    {
        const std::string pattern = query::like_pattern(node);
        put("a.number IN (SELECT number FROM alert_rules WHERE rule_id IN (SELECT rule_id"
            " FROM rule_titles WHERE ");
        if (!node.wildcard) { // A rule's own id means that rule, whatever others are called.
            put("rule_id = ? OR (NOT EXISTS (SELECT 1 FROM rule_titles WHERE rule_id = ?) AND ",
                SqlValue::of(node.value));
            out_.values.push_back(SqlValue::of(node.value));
        }
        put("(rule_id LIKE ? ESCAPE '\\'", SqlValue::of(pattern));
        put(" OR title LIKE ? ESCAPE '\\'", SqlValue::of("%" + pattern + "%"));
        put(" OR title_id LIKE ? ESCAPE '\\')", SqlValue::of("%" + pattern + "%"));
        put(node.wildcard ? "))" : ")))");
        return {};
    }

    /// In the title or in what an alert names. Where many say it, a look at each row soon meets a
    /// page of them; where few do, they are known by number.
    base::Status free_text(const Node& node)
    {
        const std::string pattern = "%" + query::like_pattern(node) + "%";
        TRY(const auto few, few_that_say(pattern));
        if (few) {
            put("a.number IN (SELECT value FROM json_each(?))", SqlValue::of(*few));
            return {};
        }
        put("(");
        title_like(pattern);
        for (const std::string_view column : kNames) {
            put(" OR a.");
            put(column);
            put(" LIKE ? ESCAPE '\\'", SqlValue::of(pattern));
        }
        put(")");
        return {};
    }

    /// The numbers, as JSON, of the alerts that name something like it. Nothing: these are many, or
    /// a title is like it, which many have.
    base::Result<std::optional<std::string>> few_that_say(const std::string& pattern)
    {
        bool titled = false;
        TRY_STATUS(database_.walk(
            "ref",
            "FROM alert_titles WHERE title LIKE ? ESCAPE '\\' OR title_id LIKE ? ESCAPE '\\'",
            {SqlValue::of(pattern), SqlValue::of(pattern)}, [&](const Row&) { titled = true; }));
        if (titled) {
            return std::nullopt;
        }
        std::string found("FROM (");
        for (const std::string_view column : kNames) {
            found.append(found.ends_with("(") ? "" : " UNION ALL ");
            found.append("SELECT number FROM alerts WHERE ").append(column);
            // There are nearly as many sources as alerts. Other values are few.
            const std::string like = " LIKE ? ESCAPE '\\'";
            found.append(column == kNames.front() ? like
                                                  : " IN (" + each_value_of(column) +
                                                        " SELECT v FROM each WHERE v" + like + ")");
        }
        found.append(" LIMIT ").append(std::to_string(base::limits::kListTotalMax + 1)).append(")");
        std::string numbers;
        std::size_t count = 0;
        TRY_STATUS(database_.walk("number", found,
                                  std::vector<SqlValue>(kNames.size(), SqlValue::of(pattern)),
                                  [&](const Row& row) {
                                      numbers += numbers.empty() ? "" : ",";
                                      numbers += row.text(0);
                                      ++count;
                                  }));
        if (count > base::limits::kListTotalMax) {
            return std::nullopt;
        }
        return "[" + numbers + "]";
    }

    base::Status is_term(const Node& node)
    {
        const auto* const term = std::ranges::find(kIsTerms, node.value, &IsTerm::term);
        if (term != kIsTerms.end()) {
            put(term->sql);
            return {};
        }
        if (node.value == "open") {
            return has_status(kOpen);
        }
        if (node.value == "overdue") {
            put("(");
            TRY_STATUS(has_status(std::array<std::string_view, 1>{"new"}));
            put(" AND a.created_at < ?)",
                SqlValue::of((now_ - base::Duration(base::limits::kAcceptAlertWithin)).ns));
            return {};
        }
        return has_status(
            std::array{node.value == "ongoing" ? "accepted" : std::string_view(node.value)});
    }

    Database& database_;
    AlertFilter& out_;
    base::Time now_;
    std::optional<std::vector<std::string>> crowded_; ///< once a status is asked
};

bool fixes(const Node& node, std::string_view field)
{
    if (node.op == Operator::And) {
        return std::ranges::any_of(node.children,
                                   [&](const Node& child) { return fixes(child, field); });
    }
    return node.op == Operator::Equals && !node.wildcard && node.field == field;
}

} // namespace

std::string AlertFilter::types() const
{
    std::string types;
    for (const SqlValue& value : values) {
        types += value.is_text ? 't' : 'i';
    }
    return types;
}

void AlertFilter::bind_to(Statement& statement, std::size_t first) const
{
    for (const SqlValue& value : values) {
        value.is_text ? statement.set(first++, value.text) : statement.set(first++, value.integer);
    }
}

base::Result<AlertFilter> compile_filter(Database& database, const query::Node* node,
                                         base::Time now)
{
    AlertFilter filter;
    filter.everything = node == nullptr || (node->op == Operator::And && node->children.empty());
    if (filter.everything) {
        filter.sql = "1";
        return filter;
    }
    TRY_STATUS(Compiler(database, filter, now).node(*node));
    filter.fixes_technique = fixes(*node, "technique");
    filter.fixes_organisation = fixes(*node, "organisation");
    return filter;
}

} // namespace tanggap::store::sqlite
