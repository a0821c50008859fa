#include "store/sqlite/report_triage.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/text.h"
#include "base/triage_limits.h"
#include "casework/case.h"
#include "model/detection.h"
#include "store/sqlite/operators.h"
#include "store/sqlite/report_sql.h"

namespace tanggap::store::sqlite {
namespace {

using query::Node;
using query::Operator;

enum class Kind { Text, Title, Number, Level, Time, Assignee, Case, RowKind };
struct Column {
    std::string_view field;
    std::string_view column;
    Kind kind;
};
/// The fields of query::triage_scope() that reports have.
constexpr std::array kColumns{
    Column{"id", "r.id", Kind::Text},
    Column{"status", "r.place", Kind::Text},
    Column{"organisation", "r.organisation", Kind::Text},
    Column{"title", "r.title", Kind::Title},
    Column{"severity", "r.severity", Kind::Level},
    Column{"priority", "r.priority", Kind::Number},
    Column{"events", "1", Kind::Number},
    Column{"first_seen", "r.received_at", Kind::Time},
    Column{"last_seen", "r.updated_at", Kind::Time},
    Column{"assignee", "r.assignee", Kind::Assignee},
    Column{"case", "r.case_id", Kind::Case},
    Column{"kind", "", Kind::RowKind},
};
constexpr std::string_view kOpen = "r.place IN ('new', 'accepted', 'regressed')";
/// What has no such field matches nothing, and everything where that is negated.
constexpr std::string_view kNone = "0";

class Compiler {
public:
    Compiler(AlertFilter& out, base::Time now) : out_(out), now_(now) {}

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
            free_text(node);
            return {};
        case Operator::Is:
            is_term(node);
            return {};
        case Operator::Has:
        case Operator::Regex:
            return base::invalid("the queue cannot be searched with has: or /…/");
        default: {
            auto done = comparison(node);
            return done ? done : std::unexpected(std::move(done).error().in(node.field));
        }
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
            put(kNone);
            return {};
        }
        if (node.op == Operator::Equals && node.wildcard && node.value == "*") {
            const bool words = column->kind == Kind::Text || column->kind == Kind::Assignee ||
                               column->kind == Kind::Case;
            put(words ? std::string(column->column) + " <> ''" : "1");
            return {};
        }
        switch (column->kind) {
        case Kind::Text:
            status_or_text(column->column, node);
            return {};
        case Kind::Title:
            put("r.title LIKE ? ESCAPE '\\'", SqlValue::of("%" + query::like_pattern(node) + "%"));
            return {};
        case Kind::Number:
            return numbers(column->column, node, whole_number);
        case Kind::Level:
            return numbers(column->column, node, level_number);
        case Kind::Time:
            return times(column->column, node);
        case Kind::Assignee:
            assignee(node);
            return {};
        case Kind::Case:
            in_case(node);
            return {};
        case Kind::RowKind:
            put(node.value == "report" ? "1" : "0");
            return {};
        }
        return base::internal("field of an unknown kind");
    }

    void status_or_text(std::string_view column, const Node& node)
    {
        if (column == "r.place" && node.op == Operator::Equals && node.value == "open") {
            put(kOpen);
        } else {
            text(column, node);
        }
    }

    void text(std::string_view column, const Node& node)
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
    }

    void assignee(const Node& node)
    {
        put("(");
        text("r.assignee", node);
        Node lower = node;
        lower.value = base::to_lower_ascii(node.value);
        put(" OR (r.assignee <> '' AND r.assignee IN (SELECT id FROM users WHERE ");
        text("name_key", lower);
        put(")))");
    }

    void in_case(const Node& node)
    {
        const auto number = casework::parse_case_number(node.value);
        if (node.op != Operator::Equals || !number) {
            text("r.case_id", node);
            return;
        }
        put("r.case_id IN (SELECT id FROM cases WHERE year = ?",
            SqlValue::of(std::int64_t{number->year}));
        put(" AND ordinal = ?)", SqlValue::of(static_cast<std::int64_t>(number->ordinal)));
    }

    static base::Result<std::int64_t> whole_number(std::string_view text)
    {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size()) {
            return base::invalid(base::quoted(text) + " is not a whole number");
        }
        return value;
    }

    static base::Result<std::int64_t> level_number(std::string_view text)
    {
        TRY(const model::Level level, model::parse_level(text));
        return static_cast<std::int64_t>(level);
    }

    base::Status numbers(std::string_view column, const Node& node,
                         base::Result<std::int64_t> (*read)(std::string_view))
    {
        TRY(const std::int64_t low, read(node.value));
        put(column);
        if (node.op != Operator::Range) {
            put(sql_of(node.op), SqlValue::of(low));
            return {};
        }
        TRY(const std::int64_t high, read(node.value_to));
        put(" BETWEEN ?", SqlValue::of(low));
        put(" AND ?", SqlValue::of(high));
        return {};
    }

    base::Status times(std::string_view column, const Node& node)
    {
        TRY(query::TimeSpan span, query::parse_time_span(node.value, now_, 0));
        if (node.op == Operator::Range) {
            TRY(const query::TimeSpan upper, query::parse_time_span(node.value_to, now_, 0));
            span.end = upper.end;
        }
        const bool from = node.op != Operator::Less && node.op != Operator::LessEqual;
        const bool to = node.op != Operator::Greater && node.op != Operator::GreaterEqual;
        put("(1");
        if (from) {
            put(" AND ");
            put(column);
            put(" >= ?", SqlValue::of((node.op == Operator::Greater ? span.end : span.begin).ns));
        }
        if (to) {
            put(" AND ");
            put(column);
            put(" < ?", SqlValue::of((node.op == Operator::Less ? span.begin : span.end).ns));
        }
        put(")");
        return {};
    }

    void free_text(const Node& node)
    {
        const std::string pattern = query::like_pattern(node);
        put("(r.number LIKE ? ESCAPE '\\'", SqlValue::of(pattern + "%"));
        put(" OR r.title LIKE ? ESCAPE '\\'", SqlValue::of("%" + pattern + "%"));
        put(" OR r.organisation LIKE ? ESCAPE '\\'", SqlValue::of("%" + pattern + "%"));
        const std::string question =
            words_question(node.value, " AND ", base::limits::kQueuedWordsMax);
        if (!question.empty()) {
            put(" OR r.sequence IN (SELECT rowid FROM report_words WHERE report_words MATCH ?)",
                SqlValue::of(question));
        }
        put(")");
    }

    void is_term(const Node& node)
    {
        if (node.value == "open") {
            put(kOpen);
        } else if (node.value == "ongoing") {
            put("r.place = 'accepted'");
        } else if (node.value == "unassigned") {
            put("r.assignee = ''");
        } else if (node.value == "overdue") {
            // Only telling the reporter meets it; who accepted the report has told nobody yet.
            put("(r.place IN ('new', 'accepted') AND r.acknowledged_at = 0 AND r.received_at < ?)",
                SqlValue::of((now_ - base::Duration(base::limits::kAcknowledgeReportWithin)).ns));
        } else if (node.value == "recurring" || node.value == "mine") {
            put(kNone); // put_account() has put the asker's name in the place of "mine".
        } else {
            put("r.place = ?", SqlValue::of(node.value));
        }
    }

    AlertFilter& out_;
    base::Time now_;
};

} // namespace

base::Result<AlertFilter> compile_queued_reports(const query::Node* node, base::Time now)
{
    AlertFilter filter;
    filter.everything = node == nullptr || (node->op == Operator::And && node->children.empty());
    if (filter.everything) {
        filter.sql = "1";
        return filter;
    }
    TRY_STATUS(Compiler(filter, now).node(*node));
    return filter;
}

std::string first_id_after(base::Time moment)
{
    constexpr std::int64_t kNsPerMs = 1'000'000;
    const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, moment.ns) / kNsPerMs + 1);
    return fmt::format("{:08x}-{:04x}", ms >> 16, ms & 0xffff);
}

} // namespace tanggap::store::sqlite
