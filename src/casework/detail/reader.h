// Reading our content files: every problem with its place, none ends the reading. For this room
// only.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "casework/content.h"
#include "codec/yaml.h"

namespace tanggap::casework::detail {

/// A length of time as written: "15m", "2h", "3d" by the clock on the wall; "1wd" is a working day.
struct Span {
    std::int64_t seconds = 0;
    std::int64_t working_days = 0; ///< not 0: `seconds` is 0
};
std::optional<Span> parse_span(std::string_view text);

class Reader {
public:
    using Node = codec::YamlNode;

    Reader(const ContentFile& file, std::vector<Diagnostic>& diagnostics)
        : file_(file), diagnostics_(diagnostics)
    {
    }

    /// The one mapping of the file; nothing where it is not sound.
    std::optional<Node> document();
    bool failed() const { return failed_; }

    void problem(const Node& at, std::string message, std::string hint = {});
    /// Refuses keys that are not in `known`: a typing error must not be silent.
    void only(const Node& node, std::initializer_list<std::string_view> known);
    /// The value under `key`; a problem where it is missing.
    const Node* require(const Node& node, std::string_view key);

    std::string text(const Node& node);
    std::string id(const Node& node); ///< a-z, 0-9, '_' and '-', at most 64
    std::string optional_text(const Node& node, std::string_view key);
    bool flag(const Node& node, std::string_view key, bool otherwise);
    Text both(const Node& node); ///< {id: …, en: …}, neither empty
    Span span(const Node& node);
    std::vector<std::string> texts(const Node& node, std::string_view key);
    std::vector<Text> list_of_both(const Node& node, std::string_view key);
    /// The items of the list under `key`; none, with a problem, where it is no list.
    const std::vector<Node>& items(const Node& node, std::string_view key);

    /// What `parse` makes of the text; its error is the problem.
    template <class Parse>
    auto word(const Node& node, Parse parse) -> std::decay_t<decltype(*parse(std::string_view()))>
    {
        auto value = parse(text(node));
        if (!value) {
            problem(node, value.error().message);
            return {};
        }
        return *value;
    }

private:
    const ContentFile& file_;
    std::vector<Diagnostic>& diagnostics_;
    bool failed_ = false;
};

/// A later file of the same id wins.
template <class Value>
void keep_last_of_each_id(std::vector<Value>& values, const Value& latest)
{
    std::erase_if(values, [&](const Value& each) { return each.id == latest.id; });
    values.push_back(latest);
}

} // namespace tanggap::casework::detail
