#include "store/sqlite/report_sql.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "store/sqlite/visibility.h"

namespace tanggap::store::sqlite {
namespace {

using query::Node;
using query::Operator;

/// How one field of query::report_scope() is compared. Adding one is a row here and a row there.
enum class Kind { Text, Time, Mark };
struct Column {
    std::string_view field;
    std::string_view column;
    Kind kind;
};
constexpr std::array kColumns{
    Column{"number", "r.number", Kind::Text},
    Column{"id", "r.id", Kind::Text},
    Column{"title", "r.title", Kind::Text},
    Column{"kind", "r.kind", Kind::Text},
    Column{"status", "r.status", Kind::Text},
    Column{"channel", "r.channel", Kind::Text},
    Column{"identity", "r.identity", Kind::Text},
    Column{"organisation", "r.organisation", Kind::Text},
    Column{"assignee", "r.assignee", Kind::Text},
    Column{"case", "r.case_id", Kind::Text},
    Column{"helped", "r.helped", Kind::Text},
    Column{"received", "r.received_at", Kind::Time},
    Column{"updated", "r.updated_at", Kind::Time},
    Column{"mark", "", Kind::Mark},
};

struct Term {
    std::string_view word;
    std::string_view sql;
};
constexpr std::array kIs{
    // Who writes to a report that ended has not been answered: it is open again.
    Term{"open", "(r.ended = 0 OR r.waiting = 1)"},
    Term{"closed", "(r.ended = 1 AND r.waiting = 0)"},
    Term{"waiting", "r.waiting = 1"},
    Term{"new", "r.acknowledged_at = 0"},
    Term{"unassigned", "r.assignee = ''"},
};
constexpr std::array kHas{
    Term{"case", "r.case_id <> ''"},
    Term{"attachment", "EXISTS (SELECT 1 FROM report_files f WHERE f.report = r.sequence)"},
    Term{"note", "EXISTS (SELECT 1 FROM report_notes n WHERE n.report = r.sequence)"},
};

class Compiler {
public:
    Compiler(ReportFilter& out, base::Time now) : out_(out), now_(now) {}

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
            return term(kIs, node);
        case Operator::Has:
            return term(kHas, node);
        case Operator::Regex:
            return base::invalid("reports cannot be searched with /…/");
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
    base::Status term(const std::array<Term, N>& terms, const Node& node)
    {
        const auto found = std::ranges::find(terms, node.value, &Term::word);
        if (found == terms.end()) {
            return base::invalid("reports do not know " + base::quoted(node.value));
        }
        put(found->sql);
        return {};
    }

    base::Status comparison(const Node& node)
    {
        const auto column = std::ranges::find(kColumns, node.field, &Column::field);
        if (column == kColumns.end()) {
            return base::invalid("reports have no field " + base::quoted(node.field));
        }
        if (node.op == Operator::Equals && node.wildcard && node.value == "*" &&
            column->kind != Kind::Mark) {
            put(column->column);
            put(column->kind == Kind::Time ? " > 0" : " <> ''");
            return {};
        }
        switch (column->kind) {
        case Kind::Text:
            text(column->column, node);
            return {};
        case Kind::Mark:
            put("r.sequence IN (SELECT m.report FROM report_marks m WHERE ");
            text("m.value", node);
            put(")");
            return {};
        case Kind::Time: {
            auto done = times(column->column, node);
            return done ? done : std::unexpected(std::move(done).error().in(node.field));
        }
        }
        return base::internal("field of an unknown kind");
    }

    void text(std::string_view column, const Node& node)
    {
        put(column);
        if (node.op == Operator::Range) {
            put(" BETWEEN ?", SqlValue::of(node.value));
            put(" AND ?", SqlValue::of(node.value_to));
        } else if (node.wildcard || node.type == query::FieldType::Text) {
            const std::string around = node.type == query::FieldType::Text ? "%" : "";
            put(" LIKE ? ESCAPE '\\'", SqlValue::of(around + query::like_pattern(node) + around));
        } else {
            put(" = ? COLLATE NOCASE", SqlValue::of(node.value));
        }
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

    base::Status free_text(const Node& node)
    {
        const std::string question = words_question(node.value, " AND ", 20);
        put("(r.number LIKE ? ESCAPE '\\'", SqlValue::of(query::like_pattern(node) + "%"));
        put(" OR r.title LIKE ? ESCAPE '\\'", SqlValue::of("%" + query::like_pattern(node) + "%"));
        if (!question.empty()) {
            put(" OR r.sequence IN (SELECT rowid FROM report_words WHERE report_words MATCH ?)",
                SqlValue::of(question));
        }
        put(")");
        return {};
    }

    ReportFilter& out_;
    base::Time now_;
};

bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
}

} // namespace

std::string ReportFilter::types() const
{
    std::string types;
    for (const SqlValue& value : values) {
        types += value.is_text ? 't' : 'i';
    }
    return types;
}

void ReportFilter::bind_to(Statement& statement) const
{
    std::size_t at = 0;
    for (const SqlValue& value : values) {
        value.is_text ? statement.set(at++, value.text) : statement.set(at++, value.integer);
    }
}

base::Result<ReportFilter> compile_report_filter(const query::Node* node, base::Time now)
{
    ReportFilter filter;
    if (node != nullptr && !(node->op == Operator::And && node->children.empty())) {
        filter.sql.clear();
        TRY_STATUS(Compiler(filter, now).node(*node));
    }
    return filter;
}

void hide(ReportFilter& filter, const policy::Filter& visible)
{
    if (visible.span != policy::Filter::Span::NotRestricted) {
        filter = {.sql = "0", .values = {}};
        return;
    }
    HiddenIds hidden = hidden_ids(visible, policy::Kind::Report);
    filter.sql = "(" + filter.sql + ") AND r.id NOT IN (" + hidden.sql + ")";
    std::ranges::move(hidden.values, std::back_inserter(filter.values));
}

std::string words_question(std::string_view text, std::string_view glue, std::size_t words_max)
{
    // Each word in quotes: FTS5's own operators in a text are words like any other.
    std::set<std::string, std::less<>> seen;
    std::string question;
    while (!text.empty() && seen.size() < words_max) {
        const auto begin = std::ranges::find_if(text, is_word_byte);
        const auto end = std::find_if_not(begin, text.end(), is_word_byte);
        std::string word = base::to_lower_ascii(std::string_view(begin, end));
        text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
        const bool fresh = !word.empty() && word.size() <= 100 && seen.insert(word).second;
        if (fresh) {
            question.append(question.empty() ? "" : glue).append("\"").append(word).append("\"*");
        }
    }
    return question;
}

} // namespace tanggap::store::sqlite
