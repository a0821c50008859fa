#include "detect/detail/documents.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"

namespace tanggap::detect {
namespace {

using codec::YamlEntry;
using codec::YamlNode;

/// `over` wins where both say something that is no map.
void merge(YamlNode& into, const YamlNode& over)
{
    for (const auto& entry : over.entries) {
        const auto known = std::ranges::find_if(
            into.entries, [&](const YamlEntry& other) { return other.key.text == entry.key.text; });
        if (known == into.entries.end()) {
            into.entries.push_back(entry);
        } else if (known->value.is_mapping() && entry.value.is_mapping()) {
            merge(known->value, entry.value);
        } else {
            known->value = entry.value;
        }
    }
}

std::string take_action(YamlNode& document)
{
    const auto entry = std::ranges::find_if(
        document.entries, [](const YamlEntry& one) { return one.key.text == "action"; });
    if (entry == document.entries.end()) {
        return {};
    }
    auto action = entry->value.text;
    document.entries.erase(entry);
    return action;
}

} // namespace

std::vector<YamlNode> rule_documents(codec::YamlStream stream, const std::string& file,
                                     std::vector<Diagnostic>& diagnostics)
{
    std::vector<YamlNode> out;
    YamlNode shared;
    std::optional<YamlNode> before;
    Diagnoser diagnose(file, diagnostics);
    for (std::size_t i = 0; i < stream.documents.size(); ++i) {
        if (!stream.sound(i)) {
            continue;
        }
        auto document = std::move(stream.documents[i]);
        const auto* const at = document.find("action");
        const auto place = at == nullptr ? YamlNode{} : *at;
        const auto action = take_action(document);
        if (action == "global") {
            shared = std::move(document);
            continue;
        }
        if (action == "reset") {
            shared = {};
            continue;
        }
        if (action == "repeat" && before) {
            auto again = *before;
            merge(again, document);
            document = std::move(again);
        } else if (action == "repeat") {
            diagnose.error(place, "'action: repeat' has no document before it to repeat");
            continue;
        } else if (!action.empty()) {
            diagnose.error(place, fmt::format("unknown action {}", base::quoted(action)),
                           "global, repeat or reset");
            continue;
        }
        before = document;
        merge(document, shared);
        out.push_back(std::move(document));
    }
    return out;
}

} // namespace tanggap::detect
