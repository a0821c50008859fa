// For tests: enough of XML to compare what two parsers print.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tanggap::codec::testing {

struct XmlNode {
    std::string name;
    std::vector<std::pair<std::string, std::string>> attributes;
    std::string text;
    std::vector<XmlNode> children;
};

/// Elements, attributes, text and the five entities; nothing else is well-formed here.
class XmlReader {
public:
    explicit XmlReader(std::string_view text) : text_(text) {}

    std::optional<XmlNode> document()
    {
        XmlNode root;
        if (!element(root)) {
            return std::nullopt;
        }
        space();
        return text_.empty() ? std::optional(std::move(root)) : std::nullopt;
    }

private:
    bool take(std::string_view what)
    {
        if (!text_.starts_with(what)) {
            return false;
        }
        text_.remove_prefix(what.size());
        return true;
    }
    void space()
    {
        const auto first = text_.find_first_not_of(" \t\r\n");
        text_.remove_prefix(first == std::string_view::npos ? text_.size() : first);
    }
    std::string_view until(std::string_view stops)
    {
        const auto end = text_.find_first_of(stops);
        const auto found = text_.substr(0, end);
        text_.remove_prefix(found.size());
        return found;
    }

    static std::optional<std::string> undone(std::string_view text)
    {
        static constexpr std::pair<std::string_view, char> kEntities[] = {
            {"&amp;", '&'},  {"&lt;", '<'},    {"&gt;", '>'},
            {"&quot;", '"'}, {"&apos;", '\''}, {"&#13;", '\r'}};
        std::string out;
        while (!text.empty()) {
            if (text.front() != '&') {
                out += text.front();
                text.remove_prefix(1);
                continue;
            }
            bool known = false;
            for (const auto& [entity, c] : kEntities) {
                if (!known && text.starts_with(entity)) {
                    out += c;
                    text.remove_prefix(entity.size());
                    known = true;
                }
            }
            if (!known) {
                return std::nullopt;
            }
        }
        return out;
    }

    bool attributes(XmlNode& node)
    {
        for (space(); !text_.empty() && text_.front() != '>' && text_.front() != '/'; space()) {
            const std::string name(until("= >"));
            if (!take("=\"")) {
                return false;
            }
            const auto value = undone(until("\"<"));
            if (!value || !take("\"")) {
                return false;
            }
            node.attributes.emplace_back(name, *value);
        }
        return true;
    }

    bool element(XmlNode& node)
    {
        space();
        if (!take("<")) {
            return false;
        }
        node.name = until(" />");
        if (node.name.empty() || !attributes(node)) {
            return false;
        }
        if (take("/>")) {
            return true;
        }
        if (!take(">")) {
            return false;
        }
        for (;;) {
            const auto text = undone(until("<"));
            if (!text) {
                return false;
            }
            node.text += *text;
            if (take("</")) {
                return until(">") == node.name && take(">");
            }
            node.children.emplace_back();
            if (!element(node.children.back())) {
                return false;
            }
        }
    }

    std::string_view text_;
};

inline std::optional<XmlNode> read_xml(std::string_view text)
{
    return XmlReader(text).document();
}

} // namespace tanggap::codec::testing
