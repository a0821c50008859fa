#include "casework/detail/reader.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace tanggap::casework::detail {
namespace {

constexpr std::string_view kDocs = "see docs/reference/casework.md";
constexpr std::size_t kIdBytesMax = 64;
/// Ten years: longer is a slip of the keyboard.
constexpr std::int64_t kSpanNumberMax = 3660;

std::string join(std::initializer_list<std::string_view> words)
{
    std::string out;
    for (const std::string_view word : words) {
        out += out.empty() ? "" : ", ";
        out += word;
    }
    return out;
}

} // namespace

std::optional<Span> parse_span(std::string_view text)
{
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 1 || number > kSpanNumberMax) {
        return std::nullopt;
    }
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (unit == "m") {
        return Span{.seconds = number * 60, .working_days = 0};
    }
    if (unit == "h") {
        return Span{.seconds = number * 3600, .working_days = 0};
    }
    if (unit == "d") {
        return Span{.seconds = number * 86400, .working_days = 0};
    }
    if (unit == "wd") {
        return Span{.seconds = 0, .working_days = number};
    }
    return std::nullopt;
}

std::optional<Reader::Node> Reader::document()
{
    codec::YamlStream stream = codec::parse_yaml(file_.yaml);
    for (const codec::YamlProblem& each : stream.problems) {
        diagnostics_.push_back({.file = file_.name,
                                .line = each.line,
                                .column = each.column,
                                .message = each.message,
                                .hint = each.hint});
        failed_ = true;
    }
    if (!failed_ && (stream.documents.size() != 1 || !stream.documents[0].is_mapping())) {
        diagnostics_.push_back({.file = file_.name,
                                .line = 1,
                                .column = 1,
                                .message = "this file holds one mapping",
                                .hint = std::string(kDocs)});
        failed_ = true;
    }
    return failed_ ? std::nullopt : std::optional(std::move(stream.documents[0]));
}

void Reader::problem(const Node& at, std::string message, std::string hint)
{
    diagnostics_.push_back({.file = file_.name,
                            .line = at.line,
                            .column = at.column,
                            .message = std::move(message),
                            .hint = hint.empty() ? std::string(kDocs) : std::move(hint)});
    failed_ = true;
}

void Reader::only(const Node& node, std::initializer_list<std::string_view> known)
{
    if (!node.is_mapping()) {
        problem(node, "expected a mapping", "with the keys " + join(known));
        return;
    }
    for (const codec::YamlEntry& entry : node.entries) {
        if (std::ranges::find(known, entry.key.text) == known.end()) {
            problem(entry.key, "unknown key " + base::quoted(entry.key.text),
                    "known here: " + join(known));
        }
    }
}

const Reader::Node* Reader::require(const Node& node, std::string_view key)
{
    const Node* value = node.find(key);
    if (value == nullptr) {
        problem(node, "the key " + base::quoted(key) + " is missing");
    }
    return value;
}

std::string Reader::text(const Node& node)
{
    if (!node.is_scalar() || base::trim(node.text).empty()) {
        problem(node, "expected a text");
        return {};
    }
    return std::string(base::trim(node.text));
}

std::string Reader::id(const Node& node)
{
    std::string value = text(node);
    const bool plain = std::ranges::all_of(value, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
    if (!plain || value.size() > kIdBytesMax) {
        problem(node, base::quoted(value) + " is no id",
                "an id has a-z, 0-9, '_' and '-', and at most 64 of them");
    }
    return value;
}

std::string Reader::optional_text(const Node& node, std::string_view key)
{
    const Node* value = node.find(key);
    return value == nullptr ? std::string() : text(*value);
}

bool Reader::flag(const Node& node, std::string_view key, bool otherwise)
{
    const Node* value = node.find(key);
    if (value == nullptr) {
        return otherwise;
    }
    const auto read = value->as_bool();
    if (!read) {
        problem(*value, base::quoted(key) + " is true or false");
    }
    return read.value_or(otherwise);
}

Text Reader::both(const Node& node)
{
    only(node, {"id", "en"});
    Text out;
    if (const Node* indonesian = node.is_mapping() ? require(node, "id") : nullptr) {
        out.id = text(*indonesian);
    }
    if (const Node* english = node.is_mapping() ? require(node, "en") : nullptr) {
        out.en = text(*english);
    }
    return out;
}

Span Reader::span(const Node& node)
{
    const auto value = parse_span(text(node));
    if (!value) {
        problem(node, base::quoted(node.text) + " is no length of time",
                "write 15m, 4h, 3d or 2wd (working days)");
    }
    return value.value_or(Span{});
}

std::vector<std::string> Reader::texts(const Node& node, std::string_view key)
{
    std::vector<std::string> out;
    if (node.find(key) == nullptr) {
        return out;
    }
    for (const Node& item : items(node, key)) {
        out.push_back(text(item));
    }
    return out;
}

std::vector<Text> Reader::list_of_both(const Node& node, std::string_view key)
{
    std::vector<Text> out;
    if (node.find(key) == nullptr) {
        return out;
    }
    for (const Node& item : items(node, key)) {
        out.push_back(both(item));
    }
    return out;
}

const std::vector<Reader::Node>& Reader::items(const Node& node, std::string_view key)
{
    static const std::vector<Node> none;
    const Node* value = require(node, key);
    if (value == nullptr) {
        return none;
    }
    if (!value->is_sequence()) {
        problem(*value, base::quoted(key) + " is a list");
        return none;
    }
    return value->items;
}

} // namespace tanggap::casework::detail
