#include "codec/yaml.h"

#include <yaml.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"

namespace tanggap::codec {
namespace {

namespace limits = base::limits;

std::string text_of(const yaml_char_t* bytes)
{
    return bytes == nullptr ? std::string{} : reinterpret_cast<const char*>(bytes);
}

YamlNode::Style style_of(yaml_scalar_style_t style)
{
    switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
        return YamlNode::Style::SingleQuoted;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        return YamlNode::Style::DoubleQuoted;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE:
        return YamlNode::Style::Block;
    case YAML_PLAIN_SCALAR_STYLE:
    case YAML_ANY_SCALAR_STYLE:
        return YamlNode::Style::Plain;
    }
    return YamlNode::Style::Plain;
}

std::size_t count_nodes(const YamlNode& node)
{
    std::size_t count = 1;
    for (const auto& item : node.items) {
        count += count_nodes(item);
    }
    for (const auto& entry : node.entries) {
        count += 1 + count_nodes(entry.value);
    }
    return count;
}

std::size_t depth_of(const YamlNode& node)
{
    std::size_t deepest = 0;
    for (const auto& item : node.items) {
        deepest = std::max(deepest, depth_of(item));
    }
    for (const auto& entry : node.entries) {
        deepest = std::max(deepest, depth_of(entry.value));
    }
    return deepest + 1;
}

/// What an anchor stands for, with its size so that an alias is refused before it is copied.
struct Anchored {
    YamlNode node;
    std::size_t nodes = 0;
    std::size_t depth = 0;
    std::size_t bytes = 0;
};

std::size_t count_bytes(const YamlNode& node)
{
    std::size_t bytes = node.text.size();
    for (const auto& item : node.items) {
        bytes += count_bytes(item);
    }
    for (const auto& entry : node.entries) {
        bytes += entry.key.text.size() + count_bytes(entry.value);
    }
    return bytes;
}

/// Turns libyaml's events into trees. `stopped_` is set by the first problem after which the rest
/// cannot be trusted; every loop looks at it.
class Builder {
public:
    /// An empty view may point at nothing, which the parser asserts against.
    explicit Builder(std::string_view text) : text_(text.empty() ? std::string_view("") : text)
    {
        usable_ = yaml_parser_initialize(&parser_) == 1;
        if (usable_) {
            yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
            yaml_parser_set_input_string(
                &parser_, reinterpret_cast<const unsigned char*>(text_.data()), text_.size());
        }
    }
    ~Builder()
    {
        if (usable_) {
            yaml_parser_delete(&parser_);
        }
    }
    Builder(const Builder&) = delete;
    Builder& operator=(const Builder&) = delete;

    YamlStream run()
    {
        if (!usable_) {
            stop({}, "no memory for the YAML parser", "");
            return std::move(out_);
        }
        while (!stopped_) {
            Event event;
            if (!next(event) || event->type == YAML_STREAM_END_EVENT) {
                break;
            }
            if (event->type == YAML_DOCUMENT_START_EVENT) {
                read_document();
            }
        }
        return std::move(out_);
    }

private:
    /// Owns one libyaml event.
    class Event {
    public:
        Event() = default;
        ~Event() { yaml_event_delete(&event_); }
        Event(const Event&) = delete;
        Event& operator=(const Event&) = delete;
        yaml_event_t* get() { return &event_; }
        const yaml_event_t* operator->() const { return &event_; }

    private:
        yaml_event_t event_{};
    };

    void report(const yaml_mark_t& mark, std::string message, std::string hint)
    {
        if (out_.problems.size() < limits::kYamlProblemsMax) {
            out_.problems.push_back({.document = document_,
                                     .line = mark.line + 1,
                                     .column = mark.column + 1,
                                     .message = std::move(message),
                                     .hint = std::move(hint)});
        }
    }

    void stop(const yaml_mark_t& mark, std::string message, std::string hint)
    {
        stopped_ = true;
        report(mark, std::move(message), std::move(hint));
    }

    bool next(Event& event)
    {
        if (yaml_parser_parse(&parser_, event.get()) == 1) {
            return true;
        }
        const char* problem = parser_.problem == nullptr ? "unreadable" : parser_.problem;
        const auto context =
            parser_.context == nullptr ? std::string{} : fmt::format(" {}", parser_.context);
        yaml_mark_t mark = parser_.problem_mark;
        if (parser_.error == YAML_READER_ERROR) {
            mark = mark_of_byte(parser_.problem_offset);
        }
        stop(mark, fmt::format("not YAML: {}{}", problem, context),
             "indent with spaces, and quote text that holds ': ', '#' or starts with a sign");
        return false;
    }

    /// libyaml gives only a byte offset for bytes that are no UTF-8.
    yaml_mark_t mark_of_byte(std::size_t offset) const
    {
        const auto before = text_.substr(0, offset);
        const auto newline = before.rfind('\n');
        yaml_mark_t mark{};
        mark.line = static_cast<std::size_t>(std::ranges::count(before, '\n'));
        mark.column =
            newline == std::string_view::npos ? before.size() : before.size() - newline - 1;
        return mark;
    }

    void read_document()
    {
        document_ = out_.documents.size();
        anchors_.clear();
        out_.documents.emplace_back();
        Event root;
        if (next(root)) {
            out_.documents.back() = read(root, 1);
        }
        Event end;
        if (!stopped_) {
            next(end);
        }
    }

    bool admit(const yaml_mark_t& mark, std::size_t nodes, std::size_t depth)
    {
        nodes_ += nodes;
        if (nodes_ > limits::kYamlNodesMax) {
            stop(mark, fmt::format("more than {} values in one file", limits::kYamlNodesMax),
                 "split the file; aliases count with everything they stand for");
        } else if (depth > limits::kNestingMax) {
            stop(mark, fmt::format("nested deeper than {} levels", limits::kNestingMax),
                 "flatten the structure");
        }
        return !stopped_;
    }

    YamlNode read(Event& event, std::size_t depth)
    {
        YamlNode node;
        node.line = event->start_mark.line + 1;
        node.column = event->start_mark.column + 1;
        if (!admit(event->start_mark, 1, depth)) {
            return node;
        }
        std::string anchor;
        switch (event->type) {
        case YAML_ALIAS_EVENT:
            return read_alias(event, depth);
        case YAML_SCALAR_EVENT:
            anchor = text_of(event->data.scalar.anchor);
            read_scalar(event, node);
            break;
        case YAML_SEQUENCE_START_EVENT:
            anchor = text_of(event->data.sequence_start.anchor);
            node.tag = text_of(event->data.sequence_start.tag);
            read_sequence(node, depth);
            break;
        case YAML_MAPPING_START_EVENT:
            anchor = text_of(event->data.mapping_start.anchor);
            node.tag = text_of(event->data.mapping_start.tag);
            read_mapping(node, depth);
            break;
        default:
            stop(event->start_mark, "not YAML: a value was expected here", "");
            break;
        }
        remember(anchor, node);
        return node;
    }

    static void read_scalar(const Event& event, YamlNode& node)
    {
        const auto& scalar = event->data.scalar;
        node.kind = YamlNode::Kind::Scalar;
        node.style = style_of(scalar.style);
        node.tag = text_of(scalar.tag);
        node.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
        if (event->start_mark.line == event->end_mark.line) {
            node.length = event->end_mark.column - event->start_mark.column;
        }
    }

    void read_sequence(YamlNode& node, std::size_t depth)
    {
        node.kind = YamlNode::Kind::Sequence;
        while (!stopped_) {
            Event event;
            if (!next(event) || event->type == YAML_SEQUENCE_END_EVENT) {
                return;
            }
            node.items.push_back(read(event, depth + 1));
        }
    }

    void read_mapping(YamlNode& node, std::size_t depth)
    {
        node.kind = YamlNode::Kind::Mapping;
        std::unordered_set<std::string> seen;
        while (!stopped_) {
            Event event;
            if (!next(event) || event->type == YAML_MAPPING_END_EVENT) {
                return;
            }
            const yaml_mark_t place = event->start_mark;
            YamlEntry entry;
            entry.key = read(event, depth + 1);
            Event value;
            if (stopped_ || !next(value)) {
                return;
            }
            entry.value = read(value, depth + 1);
            if (!stopped_ && key_is_usable(entry.key, place, seen)) {
                node.entries.push_back(std::move(entry));
            }
        }
    }

    bool key_is_usable(const YamlNode& key, const yaml_mark_t& place,
                       std::unordered_set<std::string>& seen)
    {
        if (!key.is_scalar()) {
            report(place, "a key is a list or a map; keys are plain words", "");
            return false;
        }
        if (key.text == "<<" && key.style == YamlNode::Style::Plain) {
            report(place, "merge keys (<<) are not read", "write the merged entries out");
            return false;
        }
        if (!seen.insert(key.text).second) {
            report(place,
                   fmt::format("the key {} appears twice in one map", base::quoted(key.text)),
                   "keep one of them, or put the values in one list");
            return false;
        }
        return true;
    }

    void remember(const std::string& anchor, const YamlNode& node)
    {
        if (anchor.empty() || stopped_) {
            return;
        }
        // The kept copy is memory too: it counts like a written value.
        Anchored kept{.node = node,
                      .nodes = count_nodes(node),
                      .depth = depth_of(node),
                      .bytes = count_bytes(node)};
        nodes_ += kept.nodes;
        alias_bytes_ += kept.bytes;
        anchors_[anchor] = std::move(kept);
    }

    YamlNode read_alias(Event& event, std::size_t depth)
    {
        const auto name = text_of(event->data.alias.anchor);
        const auto found = anchors_.find(name);
        if (found == anchors_.end()) {
            stop(event->start_mark,
                 fmt::format("the alias {} stands for nothing", base::quoted("*" + name)),
                 "an anchor (&name) must come before its alias and cannot hold itself");
            return {};
        }
        const auto& anchored = found->second;
        alias_bytes_ += anchored.bytes;
        if (alias_bytes_ > limits::kYamlBytesMax) {
            stop(event->start_mark,
                 fmt::format("aliases stand for more than {} bytes", limits::kYamlBytesMax),
                 "write the values out or split the file");
            return {};
        }
        if (!admit(event->start_mark, anchored.nodes, depth + anchored.depth - 1)) {
            return {};
        }
        return anchored.node;
    }

    std::string_view text_;
    yaml_parser_t parser_{};
    bool usable_ = false;
    bool stopped_ = false;
    std::size_t document_ = 0;
    std::size_t nodes_ = 0;
    std::size_t alias_bytes_ = 0;
    std::unordered_map<std::string, Anchored> anchors_;
    YamlStream out_;
};

template <class Number>
std::optional<Number> whole_number(std::string_view text, int radix)
{
    Number value{};
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, radix);
    if (text.empty() || fault != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

/// Only these are read as null, boolean or number; a quote or a tag makes text.
bool is_plain_scalar(const YamlNode& node)
{
    return node.is_scalar() && node.style == YamlNode::Style::Plain && node.tag.empty();
}

} // namespace

bool YamlStream::sound(std::size_t document) const
{
    return document < documents.size() &&
           std::ranges::none_of(problems, [&](const auto& p) { return p.document == document; });
}

const YamlNode* YamlNode::find(std::string_view key) const
{
    const auto found = std::ranges::find_if(
        entries, [&](const YamlEntry& entry) { return entry.key.text == key; });
    return found == entries.end() ? nullptr : &found->value;
}

bool YamlNode::is_null() const
{
    return is_plain_scalar(*this) &&
           (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL");
}

std::optional<bool> YamlNode::as_bool() const
{
    if (!is_plain_scalar(*this)) {
        return std::nullopt;
    }
    if (text == "true" || text == "True" || text == "TRUE") {
        return true;
    }
    if (text == "false" || text == "False" || text == "FALSE") {
        return false;
    }
    return std::nullopt;
}

std::optional<std::int64_t> YamlNode::as_integer() const
{
    if (!is_plain_scalar(*this)) {
        return std::nullopt;
    }
    std::string_view digits = text;
    if (digits.starts_with("0x")) {
        return digits.substr(2).starts_with('-') ? std::nullopt
                                                 : whole_number<std::int64_t>(digits.substr(2), 16);
    }
    if (digits.starts_with("0o")) {
        return digits.substr(2).starts_with('-') ? std::nullopt
                                                 : whole_number<std::int64_t>(digits.substr(2), 8);
    }
    if (digits.starts_with('+') && !digits.substr(1).starts_with('-')) {
        digits.remove_prefix(1);
    }
    return whole_number<std::int64_t>(digits, 10);
}

std::optional<double> YamlNode::as_number() const
{
    if (const auto integer = as_integer()) {
        return static_cast<double>(*integer);
    }
    const bool opens_like_a_number =
        !text.empty() && text.find_first_not_of("+-.0123456789eE") == std::string::npos;
    if (!is_plain_scalar(*this) || !opens_like_a_number) {
        return std::nullopt;
    }
    double value = 0;
    std::string_view digits = text;
    if (digits.starts_with('+')) {
        digits.remove_prefix(1);
    }
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (fault != std::errc{} || end != digits.data() + digits.size()) {
        return std::nullopt;
    }
    return value;
}

YamlStream parse_yaml(std::string_view text)
{
    if (text.size() > limits::kYamlBytesMax) {
        YamlStream refused;
        refused.problems.push_back({.document = 0,
                                    .line = 1,
                                    .column = 1,
                                    .message = fmt::format("{} bytes of YAML are more than {}",
                                                           text.size(), limits::kYamlBytesMax),
                                    .hint = "split the file"});
        return refused;
    }
    return Builder(text).run();
}

} // namespace tanggap::codec
