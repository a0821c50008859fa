// Events as JSON text for people and the API. Written by hand: this runs once per printed event,
// keeps the order of fields and never fails.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "model/event.h"

namespace tanggap::model {
namespace {

void append_quoted(std::string& out, std::string_view text)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            if (byte < 0x20 || byte == 0x7F) {
                out += "\\u00";
                out += kHex[byte >> 4];
                out += kHex[byte & 15];
            } else {
                out += c;
            }
        }
    }
    out += '"';
}

void append_value(std::string& out, const Value& value)
{
    switch (value.kind) {
    case Value::Kind::Null:
        out += "null";
        return;
    case Value::Kind::Bool:
        out += value.boolean ? "true" : "false";
        return;
    case Value::Kind::Integer:
    case Value::Kind::Float:
        out += value.text;
        return;
    case Value::Kind::String:
        append_quoted(out, value.text);
        return;
    }
}

/// One level of the nested object. Children keep the order in which they were first added.
struct Node {
    std::string_view name;
    std::vector<const Value*> leaves;
    std::vector<Node> children;

    Node& child(std::string_view wanted)
    {
        const auto found = std::ranges::find(children, wanted, &Node::name);
        if (found != children.end()) {
            return *found;
        }
        children.push_back({.name = wanted, .leaves = {}, .children = {}});
        return children.back();
    }
};

/// Names deeper than this stay dotted: a hostile "a.a.a.…" cannot exhaust the stack.
constexpr std::size_t kRenderDepthMax = 64;

void add(Node& root, std::string_view name, const Value& value)
{
    Node* node = &root;
    for (std::size_t depth = 0; depth < kRenderDepthMax; ++depth) {
        const auto dot = name.find('.');
        if (dot == std::string_view::npos) {
            break;
        }
        node = &node->child(name.substr(0, dot));
        name.remove_prefix(dot + 1);
    }
    node->child(name).leaves.push_back(&value);
}

void append_leaves(std::string& out, const std::vector<const Value*>& leaves)
{
    if (leaves.size() == 1) {
        append_value(out, *leaves.front());
        return;
    }
    out += '[';
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        out += i == 0 ? "" : ",";
        append_value(out, *leaves[i]);
    }
    out += ']';
}

void append_node(std::string& out, const Node& node)
{
    out += '{';
    const char* separator = "";
    if (!node.leaves.empty()) {
        out += "\"value\":";
        append_leaves(out, node.leaves);
        separator = ",";
    }
    for (const Node& child : node.children) {
        out += separator;
        separator = ",";
        append_quoted(out, child.name);
        out += ':';
        if (child.children.empty()) {
            append_leaves(out, child.leaves);
        } else {
            append_node(out, child);
        }
    }
    out += '}';
}

} // namespace

std::string render_json(const Event& event, const RenderOptions& options)
{
    const std::string time = base::format_rfc3339(event.time);
    const std::string received = base::format_rfc3339(event.received);
    const std::string id = event.id.text();
    const std::array values{
        string_value(time),          string_value(kEcsVersion),    string_value(id),
        string_value(event.dataset), string_value(event.original), string_value(received)};
    Node root;
    add(root, "@timestamp", values[0]);
    add(root, "ecs.version", values[1]);
    if (options.with_id) {
        add(root, "event.id", values[2]);
    }
    add(root, "event.dataset", values[3]);
    if (options.with_original) {
        add(root, "event.original", values[4]);
    }
    if (options.with_ingested) {
        add(root, "event.ingested", values[5]);
    }
    for (const Field& field : event.fields) {
        add(root, field.name, field.value);
    }

    std::string out;
    out.reserve(event.original.size() * 3 + 256);
    append_node(out, root);
    return out;
}

std::string render_json(const Event& event)
{
    return render_json(event, {});
}

} // namespace tanggap::model
