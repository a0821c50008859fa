#include "query/value.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "model/detection.h"

namespace tanggap::query::detail {
namespace {

using MaybeNode = std::expected<Node, Complaint>;
using MaybeText = std::expected<std::string, Complaint>;

std::unexpected<Complaint> complain(std::string message, std::string hint = {})
{
    return std::unexpected(Complaint{std::move(message), std::move(hint)});
}

MaybeText integer_text(const FieldRef& field, std::string_view text)
{
    if (field.info != nullptr && text.size() > 4) {
        std::string number = alert_number(text);
        if (!number.empty()) {
            return number;
        }
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return complain(field.canonical + " is a number; " + base::quoted(text, 30) + " is not",
                        "write " + field.canonical + ":404, " + field.canonical + ">=400 or " +
                            field.canonical + ":400..499");
    }
    return std::to_string(number);
}

MaybeText level_text(std::string_view text)
{
    const auto level = model::parse_level(text);
    if (!level) {
        return complain(level.error().message,
                        "Indonesian words work too: rendah, sedang, tinggi, kritis");
    }
    return std::string(model::name_of(*level));
}

MaybeText time_text(std::string_view text)
{
    const auto span = parse_time_span(text, base::Time{}, 0);
    if (!span) {
        return complain(span.error().message);
    }
    std::string canonical(base::trim(text));
    if (canonical.front() == '-' || canonical.front() == '+' || canonical.front() == '@') {
        canonical.insert(0, "now");
    }
    if (canonical.contains('/')) { // 3/10/2026: unambiguous in what is stored
        return base::format_rfc3339(span->begin).substr(0, std::string_view("2026-10-03").size());
    }
    if (const std::size_t space = canonical.find(' '); space != std::string::npos) {
        canonical[space] = 'T';
        std::erase(canonical, ' ');
    }
    return canonical;
}

MaybeText address_text(std::string_view text)
{
    const auto range = parse_address_range(text);
    if (!range) {
        return complain(range.error().message);
    }
    return canonical_address(text);
}

MaybeText choice_text(std::string_view what, const std::vector<Choice>& choices,
                      std::string_view text)
{
    std::vector<std::string> words;
    std::string list;
    for (const Choice& choice : choices) {
        const auto is_it = [&](const std::string& word) {
            return base::equals_ignore_case_ascii(word, text);
        };
        if (is_it(choice.canonical) || std::ranges::any_of(choice.aliases, is_it)) {
            return choice.canonical;
        }
        words.push_back(choice.canonical);
        words.insert(words.end(), choice.aliases.begin(), choice.aliases.end());
        list += (list.empty() ? "" : ", ") + choice.canonical;
    }
    const std::string near = closest(text, words);
    return complain(base::quoted(text, 30) + " is not a word for " + std::string(what) +
                        "; it is one of " + list,
                    near.empty() ? "" : "did you mean " + near + "?");
}

/// One end of a range or the whole value of a typed field.
MaybeText typed_text(const FieldRef& field, std::string_view text)
{
    switch (field.type) {
    case FieldType::Integer:
        return integer_text(field, text);
    case FieldType::Level:
        return level_text(text);
    case FieldType::Time:
        return time_text(text);
    case FieldType::Address:
        return address_text(text);
    case FieldType::Keyword:
    case FieldType::Text:
        break;
    }
    if (field.info != nullptr && !field.info->choices.empty()) {
        return choice_text(field.canonical, field.info->choices, text);
    }
    return std::string(text);
}

Node leaf(const FieldRef& field, Operator op)
{
    return {.op = op, .field = field.canonical, .type = field.type};
}

Node exists(const FieldRef& field)
{
    Node node = leaf(field, Operator::Equals);
    node.value = "*";
    node.wildcard = true;
    return node;
}

bool is_word_type(FieldType type)
{
    return type == FieldType::Keyword || type == FieldType::Text;
}

Node word_leaf(const FieldRef& field, const RawValue& value)
{
    Node node = leaf(field, Operator::Equals);
    node.type = is_word_type(field.type) ? field.type : FieldType::Keyword;
    node.wildcard = value.wildcard;
    node.value = value.wildcard ? value.pattern : value.literal();
    node.quoted = !is_plain(value.pattern, value.wildcard, Place::Value);
    return node;
}

MaybeNode range_leaf(const FieldRef& field, std::string_view from, std::string_view to)
{
    auto begin = typed_text(field, from);
    auto end = begin ? typed_text(field, to) : begin;
    if (!end) {
        return std::unexpected(end.error());
    }
    Node node = leaf(field, Operator::Range);
    node.value = std::move(*begin);
    node.value_to = std::move(*end);
    return node;
}

MaybeNode typed_leaf(const FieldRef& field, Operator op, std::string_view text)
{
    const std::size_t dots = text.find("..");
    if (op == Operator::Equals && dots != std::string_view::npos && dots > 0) {
        return range_leaf(field, text.substr(0, dots), text.substr(dots + 2));
    }
    auto value = typed_text(field, text);
    if (!value) {
        return std::unexpected(value.error());
    }
    Node node = leaf(field, op);
    node.value = std::move(*value);
    return node;
}

std::string wildcard_hint(const FieldRef& field)
{
    switch (field.type) {
    case FieldType::Address:
        return "write a network: " + field.canonical + ":203.0.113.0/24";
    case FieldType::Integer:
        return "write a range: " + field.canonical + ":400..499";
    default:
        return "leave out the star";
    }
}

/// Comparing words: only as numbers, which sparse fields often hold.
MaybeNode compare_words(const FieldRef& field, Operator op, const RawValue& value)
{
    FieldRef as_number = field;
    as_number.type = FieldType::Integer;
    auto node = typed_leaf(as_number, op, value.literal());
    if (!node) {
        return complain(field.canonical + " holds words; only a number can be compared with it",
                        "write " + field.canonical + ":value");
    }
    return node;
}

MaybeNode equals_leaf(const Scope& scope, const FieldRef& field, const RawValue& value)
{
    if (value.wildcard && value.pattern == "*") {
        return exists(field);
    }
    const bool names_too = field.info != nullptr && field.info->names_too;
    const bool closed = field.info != nullptr && !field.info->choices.empty();
    if (value.wildcard && !names_too && (!is_word_type(field.type) || closed)) {
        return complain("a star does not work in " + field.canonical, wildcard_hint(field));
    }
    const std::string text = value.literal();
    if (field.canonical == "id" && !alert_number(text).empty() && !scope.number_field.empty()) {
        return typed_leaf({scope.number_field, FieldType::Integer, scope.find(scope.number_field)},
                          Operator::Equals, text);
    }
    if (closed || !is_word_type(field.type)) {
        auto node = value.wildcard ? complain("") : typed_leaf(field, Operator::Equals, text);
        return node || !names_too ? node : MaybeNode(word_leaf(field, value));
    }
    return word_leaf(field, value);
}

} // namespace

MaybeNode make_leaf(const Scope& scope, const FieldRef& field, Operator op, const RawValue& value)
{
    MaybeNode node = Node{};
    if (op == Operator::Equals) {
        node = equals_leaf(scope, field, value);
    } else if (value.wildcard) {
        node = complain("a star cannot be compared", wildcard_hint(field));
    } else if (is_word_type(field.type) && !(field.info != nullptr && field.info->ranked)) {
        node = compare_words(field, op, value);
    } else {
        node = typed_leaf(field, op, value.literal());
    }
    if (node) {
        node->begin = value.begin;
        node->end = value.end;
    }
    return node;
}

MaybeNode make_state(const Scope& scope, Operator op, const RawValue& value)
{
    const bool is = op == Operator::Is;
    const std::string text = value.literal();
    const auto& terms = is ? scope.is_terms : scope.has_terms;
    const auto term = choice_text("has:", terms, text);
    const FieldInfo* info = is || term ? nullptr : scope.find(text);
    if (info != nullptr) { // has:user.name is user.name:*
        return exists({info->canonical, info->type, info});
    }
    if (terms.empty()) {
        return complain(base::quoted(text, 30) + " is not a field of " + scope.name,
                        "has: takes a field, such as has:" + scope.fields.front().canonical);
    }
    auto word = choice_text(is ? "is:" : "has:", terms, text);
    if (!word) {
        return std::unexpected(word.error());
    }
    return Node{.op = op, .value = std::move(*word), .begin = value.begin, .end = value.end};
}

std::string alert_number(std::string_view text)
{
    constexpr std::string_view kPrefix = "ALR-";
    constexpr std::size_t kDigitsMax = 18; // below the range of a signed 64-bit number
    const std::string_view digits = text.substr(std::min(kPrefix.size(), text.size()));
    const bool whole = base::equals_ignore_case_ascii(text.substr(0, kPrefix.size()), kPrefix) &&
                       !digits.empty() && digits.size() <= kDigitsMax &&
                       digits.find_first_not_of("0123456789") == std::string_view::npos;
    const std::size_t first =
        whole ? std::min(digits.find_first_not_of('0'), digits.size() - 1) : 0;
    return whole ? std::string(digits.substr(first)) : std::string();
}

MaybeNode make_age(const Scope& scope, Operator op, const RawValue& value)
{
    const FieldInfo* info = scope.find(scope.age_field);
    const std::string text = "-" + std::string(base::trim(value.literal()));
    if (op == Operator::Equals || info == nullptr || value.wildcard ||
        !parse_time_span(text, {}, 0) || text.contains('@')) {
        return complain("age is compared with a length of time", "write age>2h, age<=7d");
    }
    // Older means earlier: the comparison turns round.
    switch (op) {
    case Operator::Greater:
        op = Operator::Less;
        break;
    case Operator::GreaterEqual:
        op = Operator::LessEqual;
        break;
    case Operator::Less:
        op = Operator::Greater;
        break;
    default:
        op = Operator::GreaterEqual;
        break;
    }
    Node node = leaf({info->canonical, info->type, info}, op);
    node.value = "now" + text;
    node.begin = value.begin;
    node.end = value.end;
    return node;
}

} // namespace tanggap::query::detail
