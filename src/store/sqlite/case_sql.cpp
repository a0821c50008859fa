#include "store/sqlite/case_sql.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "store/figures.h"
#include "store/sqlite/operators.h"

namespace tanggap::store::sqlite {
namespace {

using query::Node;
using query::Operator;

enum class Kind : std::uint8_t {
    Number,
    Text,
    Title,
    Stage,
    Priority,
    Owner,
    Tlp,
    Time,
    List,
    Observable
};
struct Column {
    std::string_view field;
    std::string_view column; ///< List: table.column that holds the words of a case
    Kind kind;
};
constexpr std::array kColumns{
    Column{"number", "", Kind::Number},
    Column{"id", "c.id", Kind::Text},
    Column{"title", "c.title", Kind::Title},
    Column{"stage", "c.stage", Kind::Stage},
    Column{"priority", "c.priority", Kind::Priority},
    Column{"owner", "", Kind::Owner},
    Column{"team", "c.team", Kind::Text},
    Column{"organisation", "c.organisation", Kind::Text},
    Column{"class", "class", Kind::List},
    Column{"label", "label", Kind::List},
    Column{"tlp", "c.tlp", Kind::Tlp},
    Column{"observable", "", Kind::Observable},
    Column{"opened", "c.opened_at", Kind::Time},
    Column{"updated", "c.updated_at", Kind::Time},
    Column{"ended", "c.ended_at", Kind::Time},
    Column{"due", "min(c.next_due, c.overdue)", Kind::Time},
};

struct State {
    std::string_view word;
    std::string_view sql;
};
constexpr std::array kIs{
    State{"open", "c.open = 1"},     State{"ended", "c.open = 0"},
    State{"closed", "c.stage = 7"},  State{"incident", "c.incident = 1"},
    State{"waiting", "c.stage = 8"}, State{"unassigned", "c.owner = ''"},
};
constexpr std::array kHas{
    State{"alert", "EXISTS (SELECT 1 FROM alerts a WHERE a.case_id = c.id AND a.case_id <> '')"},
    State{"task", "EXISTS (SELECT 1 FROM case_items i WHERE i.case_id = c.id AND i.kind = 'task')"},
    State{"evidence",
          "EXISTS (SELECT 1 FROM case_items i WHERE i.case_id = c.id AND i.kind = 'evidence')"},
    State{"observable", "EXISTS (SELECT 1 FROM case_observables o WHERE o.case_id = c.id"
                        " AND o.removed = 0)"},
};

class CaseCompiler {
public:
    CaseCompiler(CaseFilter& out, base::Time now) : out_(out), now_(now) {}

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
            return has_term(node);
        case Operator::Regex:
            return base::invalid("cases cannot be searched with /…/");
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

    template <std::size_t N>
    base::Status state(const std::array<State, N>& states, const Node& node)
    {
        const auto* const known = std::ranges::find(states, node.value, &State::word);
        if (known == states.end()) {
            return base::invalid("cases cannot be " + base::quoted(node.value));
        }
        put(known->sql);
        return {};
    }

    /// What a case has, or the two times of an interval that figures measure.
    base::Status has_term(const Node& node)
    {
        const auto* const interval =
            std::ranges::find(kCaseIntervals, node.value, &CaseInterval::has);
        if (interval == kCaseIntervals.end()) {
            return state(kHas, node);
        }
        put("EXISTS (SELECT 1 FROM case_times t WHERE t.ref = c.ref AND t.");
        put(interval->begin);
        put(" > 0 AND t.");
        put(interval->end);
        put(" >= t.");
        put(interval->begin);
        put(")");
        return {};
    }

    base::Status is_term(const Node& node)
    {
        if (node.value == "overdue") {
            put("(c.open = 1 AND min(c.overdue, c.next_due) < ?)", SqlValue::of(now_.ns));
            return {};
        }
        return state(kIs, node);
    }

    base::Status comparison(const Node& node)
    {
        const auto* const column = std::ranges::find(kColumns, node.field, &Column::field);
        if (column == kColumns.end()) {
            return base::invalid("cases have no field " + base::quoted(node.field));
        }
        auto done = compare(*column, node);
        return done ? done : std::unexpected(std::move(done).error().in(node.field));
    }

    base::Status compare(const Column& column, const Node& node)
    {
        if (column.kind == Kind::Text && node.op == Operator::Equals && node.wildcard &&
            node.value == "*") {
            put(column.column);
            put(" <> ''"); // any value
            return {};
        }
        switch (column.kind) {
        case Kind::Number:
            return number(node);
        case Kind::Text:
            return text(column.column, node);
        case Kind::Title:
            put("c.title LIKE ? ESCAPE '\\'", SqlValue::of("%" + query::like_pattern(node) + "%"));
            return {};
        case Kind::Stage:
            return ranked(column.column, node, casework::parse_stage);
        case Kind::Tlp:
            return ranked(column.column, node, casework::parse_tlp);
        case Kind::Priority:
            return priority(node);
        case Kind::Owner:
            return owner(node);
        case Kind::Time:
            return times(column.column, node);
        case Kind::List:
            put("c.id IN (SELECT case_id FROM case_words WHERE kind = ? AND ",
                SqlValue::of(column.column));
            TRY_STATUS(text("word", node));
            put(")");
            return {};
        case Kind::Observable:
            put("c.id IN (SELECT case_id FROM case_observables WHERE removed = 0 AND ");
            TRY_STATUS(text("value", node));
            put(")");
            return {};
        }
        return base::internal("field of an unknown kind");
    }

    base::Status number(const Node& node)
    {
        const auto number = casework::parse_case_number(node.value);
        if (!number || node.op != Operator::Equals) {
            return base::invalid(base::quoted(node.value) +
                                 " is no number of a case; write KAS-2026-0042");
        }
        put("(c.year = ?", SqlValue::of(std::int64_t{number->year}));
        put(" AND c.ordinal = ?)", SqlValue::of(static_cast<std::int64_t>(number->ordinal)));
        return {};
    }

    template <class Parse>
    base::Status ranked(std::string_view column, const Node& node, Parse parse)
    {
        TRY(const auto value, parse(node.value));
        put(column);
        if (node.op == Operator::Range) {
            TRY(const auto upper, parse(node.value_to));
            put(" BETWEEN ?", SqlValue::of(static_cast<std::int64_t>(value)));
            put(" AND ?", SqlValue::of(static_cast<std::int64_t>(upper)));
            return {};
        }
        put(sql_of(node.op), SqlValue::of(static_cast<std::int64_t>(value)));
        return {};
    }

    /// P1 is the highest: `priority>=P2` means P1 and P2.
    base::Status priority(const Node& node)
    {
        if (node.value == "none") {
            put("c.priority = 9");
            return {};
        }
        TRY(const auto value, casework::parse_priority(node.value));
        const auto rank = SqlValue::of(static_cast<std::int64_t>(value));
        if (node.op == Operator::Range) {
            TRY(const auto upper, casework::parse_priority(node.value_to));
            put("c.priority BETWEEN ?", rank);
            put(" AND ?", SqlValue::of(static_cast<std::int64_t>(upper)));
            return {};
        }
        switch (node.op) {
        case Operator::Less:
            put("(c.priority < 9 AND c.priority > ?)", rank);
            return {};
        case Operator::LessEqual:
            put("(c.priority < 9 AND c.priority >= ?)", rank);
            return {};
        case Operator::Greater:
            put("c.priority < ?", rank);
            return {};
        case Operator::GreaterEqual:
            put("c.priority <= ?", rank);
            return {};
        default:
            put("c.priority = ?", rank);
            return {};
        }
    }

    /// By the id of the account (what @me becomes) or its name.
    base::Status owner(const Node& node)
    {
        put("(");
        TRY_STATUS(text("c.owner", node));
        put(" OR c.owner IN (SELECT id FROM users WHERE ");
        TRY_STATUS(text("name", node));
        put("))");
        return {};
    }

    base::Status times(std::string_view column, const Node& node)
    {
        TRY(query::TimeSpan span, query::parse_time_span(node.value, now_, 0));
        if (node.op == Operator::Range) {
            TRY(const query::TimeSpan upper, query::parse_time_span(node.value_to, now_, 0));
            span.end = upper.end;
        }
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
            put(" >= ?", SqlValue::of(span.begin.ns));
            put(" AND ");
            put(column);
            put(" < ?", SqlValue::of(span.end.ns));
        }
        put(")");
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

    base::Status free_text(const Node& node)
    {
        if (const auto number = casework::parse_case_number(node.value)) {
            put("(c.year = ?", SqlValue::of(std::int64_t{number->year}));
            put(" AND c.ordinal = ?)", SqlValue::of(static_cast<std::int64_t>(number->ordinal)));
            return {};
        }
        const std::string pattern = "%" + query::like_pattern(node) + "%";
        // In the index alone: the rows hold whole documents.
        put("(c.ref IN (SELECT ref FROM cases WHERE title LIKE ? ESCAPE '\\'",
            SqlValue::of(pattern));
        put(" OR organisation LIKE ? ESCAPE '\\')", SqlValue::of(pattern));
        put(" OR c.id IN (SELECT case_id FROM case_observables WHERE removed = 0 AND value = ?))",
            SqlValue::of(node.value));
        return {};
    }

    CaseFilter& out_;
    base::Time now_;
};

bool asks_for_open(const Node& node)
{
    if (node.op == Operator::And) {
        return std::ranges::any_of(node.children, asks_for_open);
    }
    return node.op == Operator::Is && (node.value == "open" || node.value == "overdue");
}

} // namespace

std::string CaseFilter::types() const
{
    std::string types;
    for (const SqlValue& value : values) {
        types += value.is_text ? 't' : 'i';
    }
    return types;
}

void CaseFilter::bind_to(Statement& statement) const
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        const SqlValue& value = values[i];
        value.is_text ? statement.set(i, value.text) : statement.set(i, value.integer);
    }
}

base::Result<CaseFilter> compile_case_filter(const query::Node* node, base::Time now,
                                             const CaseViewer& viewer)
{
    CaseFilter filter;
    filter.sql = kCaseVisible;
    filter.values = {SqlValue::of(viewer.account), SqlValue::of(viewer.account)};
    if (node != nullptr && !(node->op == Operator::And && node->children.empty())) {
        filter.sql += " AND ";
        TRY_STATUS(CaseCompiler(filter, now).node(*node));
        filter.open_only = asks_for_open(*node);
    }
    return filter;
}

} // namespace tanggap::store::sqlite
