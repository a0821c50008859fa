// Canonical text of a query, and the same values for SQL.
#include "query/query.h"

#include "query/text.h"

namespace tanggap::query {
namespace {

/// A pattern in quotes: it already has its stars and backslashes escaped.
std::string in_quotes(std::string_view pattern)
{
    std::string out = "\"";
    for (const char c : pattern) {
        out += c == '"' ? "\\\"" : std::string(1, c);
    }
    return out + '"';
}

std::string escape_literal(std::string_view literal)
{
    std::string pattern;
    for (const char c : literal) {
        if (c == '*' || c == '\\') {
            pattern += '\\';
        }
        pattern += c;
    }
    return pattern;
}

std::string written(const Node& node, detail::Place place)
{
    const std::string pattern = node.wildcard ? node.value : escape_literal(node.value);
    const bool words = node.type == FieldType::Keyword || node.type == FieldType::Text;
    const bool quotes = node.quoted || (words && !detail::is_plain(pattern, node.wildcard, place));
    return quotes ? in_quotes(pattern) : pattern;
}

std::string regex(std::string_view value)
{
    std::string out = "/";
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) {
            out += value[i++];
        } else if (value[i] == '/') {
            out += '\\';
        }
        out += value[i];
    }
    return out + '/';
}

std::string_view mark(Operator op)
{
    switch (op) {
    case Operator::Less:
        return "<";
    case Operator::LessEqual:
        return "<=";
    case Operator::Greater:
        return ">";
    case Operator::GreaterEqual:
        return ">=";
    default:
        return ":";
    }
}

std::string leaf(const Node& node)
{
    switch (node.op) {
    case Operator::Free:
        return written(node, detail::Place::Free);
    case Operator::Is:
        return "is:" + node.value;
    case Operator::Has:
        return "has:" + node.value;
    case Operator::Regex:
        return (node.field.empty() ? "" : node.field + ":") + regex(node.value);
    case Operator::Range:
        return node.field + ":" + node.value + ".." + node.value_to;
    default:
        return node.field + std::string(mark(node.op)) + written(node, detail::Place::Value);
    }
}

/// Brackets only where the grammar would join differently.
std::string text_of(const Node& node, Operator around)
{
    if (node.op == Operator::Not) {
        return "-" + text_of(node.children.front(), Operator::Not);
    }
    if (node.op != Operator::And && node.op != Operator::Or) {
        return leaf(node);
    }
    std::string out;
    for (const Node& child : node.children) {
        out += out.empty() ? "" : node.op == Operator::Or ? " OR " : " ";
        out += text_of(child, node.op);
    }
    const bool brackets =
        around == Operator::Not || (node.op == Operator::Or && around == Operator::And);
    return brackets ? "(" + out + ")" : out;
}

} // namespace

std::string format(const Node& node)
{
    return text_of(node, Operator::Free);
}

bool same(const Node& a, const Node& b)
{
    if (a.op != b.op || a.field != b.field || a.type != b.type || a.value != b.value ||
        a.value_to != b.value_to || a.wildcard != b.wildcard || a.quoted != b.quoted ||
        a.children.size() != b.children.size()) {
        return false;
    }
    for (std::size_t i = 0; i < a.children.size(); ++i) {
        if (!same(a.children[i], b.children[i])) {
            return false;
        }
    }
    return true;
}

std::string like_pattern(const Node& node)
{
    std::string out;
    for (std::size_t i = 0; i < node.value.size(); ++i) {
        char c = node.value[i];
        if (node.wildcard && c == '*') {
            out += '%';
            continue;
        }
        if (node.wildcard && c == '\\' && i + 1 < node.value.size()) {
            c = node.value[++i];
        }
        if (c == '%' || c == '_' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out;
}

} // namespace tanggap::query
