// Recursive descent over the grammar of docs/reference/query-language.md.
#include "query/query.h"

#include <algorithm>
#include <arpa/inet.h>
#include <optional>

#include "base/limits.h"
#include "base/text.h"
#include "query/text.h"
#include "query/value.h"

namespace tanggap::query {
namespace {

using detail::FieldRef;
using detail::RawValue;
namespace limits = base::limits;

/// Children of the same kind melt into their parent; one child stands for itself.
Node join(Operator op, std::vector<Node> children)
{
    if (children.size() == 1) {
        return std::move(children.front());
    }
    Node node{.op = op};
    for (Node& child : children) {
        if (child.op == op) {
            std::ranges::move(child.children, std::back_inserter(node.children));
        } else {
            node.children.push_back(std::move(child));
        }
    }
    if (!node.children.empty()) {
        node.begin = node.children.front().begin;
        node.end = node.children.back().end;
    }
    return node;
}

Node negate(Node node)
{
    if (node.op == Operator::Not) {
        return std::move(node.children.front());
    }
    Node outer{.op = Operator::Not, .begin = node.begin, .end = node.end};
    outer.children.push_back(std::move(node));
    return outer;
}

class Parser {
public:
    Parser(std::string_view text, const Scope& scope) : text_(text), scope_(scope) {}

    Parsed run()
    {
        Parsed parsed;
        if (text_.size() > limits::kQueryBytesMax) {
            complain(0, text_.size(),
                     "the query has " + std::to_string(text_.size()) + " bytes; " +
                         std::to_string(limits::kQueryBytesMax) + " is the most");
        } else if (!base::is_utf8(text_) || text_.contains('\0')) {
            complain(0, text_.size(), "the query is not text (UTF-8 without NUL)");
        } else {
            parsed.root = parse_all();
        }
        parsed.errors = std::move(errors_);
        if (!parsed.errors.empty()) {
            parsed.root = {};
        }
        return parsed;
    }

private:
    /// The field whose list `field:( … )` is being read; none outside of one.
    struct Inside {
        const FieldRef* field = nullptr;
        Operator state = Operator::Equals; ///< Is or Has inside `is:( … )`
    };

    Node parse_all()
    {
        skip_space();
        if (at_ == text_.size()) {
            return {};
        }
        Node root = parse_or({});
        while (at_ < text_.size() && !stopped_) {
            complain(at_, at_ + 1, "this closing bracket opens nowhere",
                     "remove it, or put it in quotes");
            ++at_;
            skip_space();
            if (at_ < text_.size()) {
                parse_or({});
            }
        }
        return root;
    }

    Node parse_or(Inside inside)
    {
        std::vector<Node> children;
        children.push_back(parse_and(inside));
        while (take_keyword("OR")) {
            children.push_back(parse_and(inside));
        }
        return join(Operator::Or, std::move(children));
    }

    Node parse_and(Inside inside)
    {
        std::vector<Node> children;
        const std::size_t begin = at_;
        bool wants_term = true;
        while (!at_end_of_and()) {
            if (detail::is_keyword_at(text_, at_, "AND")) {
                if (wants_term) {
                    complain(at_, at_ + 3, "a term is missing before AND",
                             "to search for the word, write \"and\"");
                }
                take_keyword("AND");
                wants_term = true;
                continue;
            }
            if (auto child = parse_not(inside)) {
                children.push_back(std::move(*child));
            }
            wants_term = false;
            skip_space();
        }
        if (wants_term && !stopped_) {
            complain(begin, std::max(at_, begin + 1), "a term is missing here",
                     "write a word, or field:value");
        }
        return join(Operator::And, std::move(children));
    }

    std::optional<Node> parse_not(Inside inside)
    {
        skip_space();
        const std::size_t begin = at_;
        const bool dash = at_ + 1 < text_.size() && text_[at_] == '-' &&
                          !detail::is_space(text_[at_ + 1]) && text_[at_ + 1] != ')';
        if (!dash && !detail::is_keyword_at(text_, at_, "NOT")) {
            return parse_term(inside);
        }
        at_ += dash ? 1 : 3;
        skip_space();
        if (at_end_of_and() || detail::is_keyword_at(text_, at_, "AND")) {
            complain(begin, at_, "a term is missing after NOT",
                     "to search for the word, write \"not\"");
            return std::nullopt;
        }
        if (!enter()) {
            return std::nullopt;
        }
        auto child = parse_not(inside);
        --depth_;
        if (child) {
            child = negate(std::move(*child));
            child->begin = begin;
        }
        return child;
    }

    std::optional<Node> parse_term(Inside inside)
    {
        if (text_[at_] == '(') {
            return parse_group(inside);
        }
        if (++terms_ > limits::kQueryTermsMax) {
            stop("the query has more than " + std::to_string(limits::kQueryTermsMax) + " terms");
            return std::nullopt;
        }
        if (inside.field != nullptr) {
            return parse_value(*inside.field, Operator::Equals, at_);
        }
        if (inside.state != Operator::Equals) {
            return parse_state(inside.state, at_);
        }
        const std::size_t length = detail::name_length(text_, at_);
        if (length > 0 && at_ + length < text_.size() && !looks_free(length)) {
            const char mark = text_[at_ + length];
            if (mark == ':' || mark == '<' || mark == '>') {
                return parse_field(length);
            }
            if (mark == '=' && scope_.find(text_.substr(at_, length)) != nullptr) {
                return refuse_equals_sign(length);
            }
        }
        return parse_free();
    }

    std::optional<Node> parse_group(Inside inside)
    {
        const std::size_t begin = at_++;
        if (!enter()) {
            return std::nullopt;
        }
        skip_space();
        Node node = parse_or(inside);
        --depth_;
        skip_space();
        if (stopped_) {
            return std::nullopt;
        }
        if (at_ >= text_.size()) {
            complain(begin, begin + 1, "this bracket is not closed", "add )");
            return std::nullopt;
        }
        ++at_;
        node.begin = begin;
        node.end = at_;
        return node;
    }

    /// An address with colons or a URL is a word, not a field.
    bool looks_free(std::size_t name_length) const
    {
        const RawValue word = detail::read_word(text_, at_);
        in6_addr address{};
        return inet_pton(AF_INET6, word.literal().c_str(), &address) == 1 ||
               (text_.substr(at_ + name_length).starts_with("://") &&
                scope_.find(text_.substr(at_, name_length)) == nullptr);
    }

    std::optional<Node> refuse_equals_sign(std::size_t length)
    {
        const std::string name(text_.substr(at_, length));
        const RawValue word = detail::read_word(text_, at_);
        const std::string value = word.literal().substr(length + 1);
        complain(at_, word.end, "a field and its value are joined by a colon",
                 "write " + name + ":" + value + ", or \"" + name + "=" + value +
                     "\" to search for the text");
        at_ = word.end;
        return std::nullopt;
    }

    Operator take_comparison()
    {
        if (text_[at_] == ':') {
            ++at_;
        }
        const bool less = at_ < text_.size() && text_[at_] == '<';
        const bool greater = at_ < text_.size() && text_[at_] == '>';
        if (!less && !greater) {
            return Operator::Equals;
        }
        ++at_;
        const bool or_equal = at_ < text_.size() && text_[at_] == '=';
        at_ += or_equal ? 1 : 0;
        if (less) {
            return or_equal ? Operator::LessEqual : Operator::Less;
        }
        return or_equal ? Operator::GreaterEqual : Operator::Greater;
    }

    std::optional<Node> parse_field(std::size_t length)
    {
        const std::size_t begin = at_;
        const std::string name(text_.substr(at_, length));
        at_ += length;
        const Operator op = take_comparison();
        if (base::equals_ignore_case_ascii(name, "is") ||
            base::equals_ignore_case_ascii(name, "has")) {
            return parse_state(name.size() == 2 ? Operator::Is : Operator::Has, begin);
        }
        if (!scope_.age_field.empty() && (base::equals_ignore_case_ascii(name, "age") ||
                                          base::equals_ignore_case_ascii(name, "umur"))) {
            return parse_age(op, begin);
        }
        const auto field = resolve(name, begin);
        if (!field) {
            skip_value();
            return std::nullopt;
        }
        return parse_value(*field, op, begin);
    }

    std::optional<FieldRef> resolve(const std::string& name, std::size_t begin)
    {
        if (const FieldInfo* info = scope_.find(name)) {
            return FieldRef{info->canonical, info->type, info};
        }
        if (scope_.open && name.contains('.') && name.back() != '.') {
            return FieldRef{.canonical = name};
        }
        std::vector<std::string> known{"is", "has"};
        for (const FieldInfo& field : scope_.fields) {
            known.push_back(field.canonical);
            known.insert(known.end(), field.aliases.begin(), field.aliases.end());
        }
        const std::string near = detail::closest(name, known);
        const FieldInfo* meant = scope_.find(near);
        complain(
            begin, begin + name.size(), base::quoted(name) + " is not a field of " + scope_.name,
            near.empty() ? "to search for the text, put it in quotes"
                         : "did you mean " + (meant != nullptr ? meant->canonical : near) + "?");
        return std::nullopt;
    }

    /// After an unknown field: its value is passed over, so that the rest is still checked.
    void skip_value()
    {
        RawValue ignored;
        if (at_ < text_.size() && text_[at_] == '"') {
            detail::read_quoted(text_, at_, ignored);
            at_ = ignored.end;
        } else if (at_ < text_.size() && text_[at_] != '(') {
            at_ = detail::read_word(text_, at_).end;
        }
    }

    std::optional<RawValue> read_value(std::string_view after)
    {
        RawValue value{.begin = at_, .end = at_};
        if (at_ < text_.size() && text_[at_] == '"') {
            if (!detail::read_quoted(text_, at_, value)) {
                complain(at_, text_.size(), "this quote is not closed", "add \"");
                stopped_ = true;
                at_ = text_.size();
                return std::nullopt;
            }
        } else {
            value = detail::read_word(text_, at_);
        }
        if (value.pattern.empty() && !value.quoted) {
            complain(at_, at_ + 1, "a value is missing after " + std::string(after),
                     "write field:value");
            return std::nullopt;
        }
        at_ = value.end;
        return value;
    }

    std::optional<Node> parse_value(const FieldRef& field, Operator op, std::size_t begin)
    {
        if (at_ < text_.size() && text_[at_] == '(') {
            return parse_list({.field = &field}, op, begin);
        }
        if (auto regex = read_regex()) {
            return regex_leaf(std::move(*regex), &field, begin);
        }
        const auto value = read_value(field.canonical);
        return value ? accept(detail::make_leaf(scope_, field, op, *value), *value, begin)
                     : std::nullopt;
    }

    std::optional<Node> parse_list(Inside inside, Operator op, std::size_t begin)
    {
        if (op != Operator::Equals) {
            complain(begin, at_ + 1, "a list cannot be compared", "write field:(a OR b)");
            return std::nullopt;
        }
        return parse_group(inside);
    }

    std::optional<Node> parse_state(Operator op, std::size_t begin)
    {
        if (at_ < text_.size() && text_[at_] == '(') {
            return parse_list({.state = op}, Operator::Equals, begin);
        }
        const auto value = read_value(op == Operator::Is ? "is:" : "has:");
        return value ? accept(detail::make_state(scope_, op, *value), *value, begin) : std::nullopt;
    }

    std::optional<Node> parse_age(Operator op, std::size_t begin)
    {
        const auto value = read_value("age");
        return value ? accept(detail::make_age(scope_, op, *value), *value, begin) : std::nullopt;
    }

    std::optional<Node> accept(std::expected<Node, detail::Complaint> made, const RawValue& value,
                               std::size_t begin)
    {
        if (!made) {
            complain(value.begin, value.end, std::move(made.error().message),
                     std::move(made.error().hint));
            return std::nullopt;
        }
        made->begin = begin;
        made->end = value.end;
        return std::move(*made);
    }

    /// `/…/` up to a slash that ends the word. Empty: there is none here.
    std::optional<RawValue> read_regex() const
    {
        if (at_ >= text_.size() || text_[at_] != '/') {
            return std::nullopt;
        }
        RawValue value{.begin = at_};
        for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
            if (text_[i] == '/') {
                value.end = i + 1;
                const bool ends = value.end == text_.size() || detail::ends_word(text_[value.end]);
                return ends && !value.pattern.empty() ? std::optional(value) : std::nullopt;
            }
            if (text_[i] == '\\' && i + 1 < text_.size()) {
                value.pattern += text_[i + 1] == '/' ? "" : "\\";
                ++i;
            }
            value.pattern += text_[i];
        }
        return std::nullopt;
    }

    std::optional<Node> regex_leaf(RawValue regex, const FieldRef* field, std::size_t begin)
    {
        at_ = regex.end;
        if (!scope_.regex) {
            complain(regex.begin, regex.end, "regular expressions work in event searches only",
                     "to search for the text, put it in quotes");
            return std::nullopt;
        }
        const bool words =
            field == nullptr || field->type == FieldType::Keyword || field->type == FieldType::Text;
        if (!words) {
            complain(regex.begin, regex.end,
                     field->canonical + " holds no words a regular expression could match");
            return std::nullopt;
        }
        return Node{.op = Operator::Regex,
                    .field = field != nullptr ? field->canonical : std::string(),
                    .type = field != nullptr ? field->type : FieldType::Text,
                    .value = std::move(regex.pattern),
                    .begin = begin,
                    .end = regex.end};
    }

    std::optional<Node> parse_free()
    {
        const std::size_t begin = at_;
        if (auto regex = read_regex()) {
            return regex_leaf(std::move(*regex), nullptr, begin);
        }
        const auto value = read_value("this");
        if (!value) {
            return std::nullopt;
        }
        if (value->pattern.empty() || value->pattern == "*") {
            complain(begin, value->end, "this finds everything", "leave it out");
            return std::nullopt;
        }
        const std::string number =
            value->quoted ? std::string() : detail::alert_number(value->literal());
        if (!number.empty() && !scope_.number_field.empty()) {
            return Node{.op = Operator::Equals,
                        .field = scope_.number_field,
                        .type = FieldType::Integer,
                        .value = number,
                        .begin = begin,
                        .end = value->end};
        }
        return Node{.op = Operator::Free,
                    .type = FieldType::Text,
                    .value = value->wildcard ? value->pattern : value->literal(),
                    .wildcard = value->wildcard,
                    .quoted = value->quoted || !detail::is_plain(value->pattern, value->wildcard,
                                                                 detail::Place::Free),
                    .begin = begin,
                    .end = value->end};
    }

    bool at_end_of_and()
    {
        skip_space();
        return stopped_ || at_ >= text_.size() || text_[at_] == ')' ||
               detail::is_keyword_at(text_, at_, "OR");
    }

    bool take_keyword(std::string_view word)
    {
        skip_space();
        if (stopped_ || !detail::is_keyword_at(text_, at_, word)) {
            return false;
        }
        at_ += word.size();
        skip_space();
        return true;
    }

    void skip_space()
    {
        while (at_ < text_.size() && detail::is_space(text_[at_])) {
            ++at_;
        }
    }

    bool enter()
    {
        if (++depth_ > limits::kQueryDepthMax) {
            stop("the query nests deeper than " + std::to_string(limits::kQueryDepthMax));
            return false;
        }
        return true;
    }

    /// A limit: what follows is not read.
    void stop(std::string message)
    {
        complain(at_, text_.size(), std::move(message), "split it into several queries");
        stopped_ = true;
        at_ = text_.size();
    }

    void complain(std::size_t begin, std::size_t end, std::string message, std::string hint = {})
    {
        errors_.push_back({std::min(begin, text_.size()), std::min(end, text_.size()),
                           std::move(message), std::move(hint)});
    }

    std::string_view text_;
    const Scope& scope_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    std::size_t terms_ = 0;
    bool stopped_ = false;
    std::vector<Diagnostic> errors_;
};

} // namespace

Parsed parse(std::string_view text, const Scope& scope)
{
    return Parser(text, scope).run();
}

base::Result<Node> parse_or_error(std::string_view text, const Scope& scope)
{
    constexpr std::size_t kShown = 3;
    Parsed parsed = parse(text, scope);
    if (parsed.errors.empty()) {
        return std::move(parsed.root);
    }
    std::string message = "the query cannot be read: ";
    for (std::size_t i = 0; i < std::min(kShown, parsed.errors.size()); ++i) {
        const Diagnostic& error = parsed.errors[i];
        message += (i > 0 ? "; at byte " : "at byte ") + std::to_string(error.begin) + ": " +
                   error.message;
        message += error.hint.empty() ? "" : " (" + error.hint + ")";
    }
    return base::invalid(std::move(message));
}

} // namespace tanggap::query
