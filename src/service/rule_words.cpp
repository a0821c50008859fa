#include "service/rule_words.h"

#include <algorithm>

#include "base/rule_limits.h"
#include "codec/yaml.h"

namespace tanggap::service {
namespace {

using codec::YamlNode;

std::string text_of(const YamlNode* node)
{
    return node != nullptr && node->is_scalar() ? node->text : std::string();
}

/// One text, or the texts of a list.
std::vector<std::string> texts_of(const YamlNode* node)
{
    std::vector<std::string> out;
    if (node == nullptr) {
        return out;
    }
    if (node->is_scalar()) {
        out.push_back(node->text);
    }
    for (const YamlNode& item : node->items) {
        out.push_back(text_of(&item));
    }
    return out;
}

std::string join(const std::vector<std::string>& texts, std::string_view joint)
{
    std::string out;
    for (const std::string& text : texts) {
        out.append(out.empty() ? "" : joint).append(text);
    }
    return out;
}

RuleLine line_of(std::string_view key, std::vector<std::string> values)
{
    RuleLine line;
    while (true) {
        const std::size_t end = std::min(key.find('|'), key.size());
        std::string part(key.substr(0, end));
        if (line.field.empty() && line.modifiers.empty() && !part.empty()) {
            line.field = std::move(part);
        } else if (!part.empty()) {
            line.modifiers.push_back(std::move(part));
        }
        if (end == key.size()) {
            break;
        }
        key.remove_prefix(end + 1);
    }
    const std::size_t told = std::min(values.size(), base::limits::kRuleValuesTold);
    line.more = values.size() - told;
    values.resize(told);
    line.values = std::move(values);
    return line;
}

std::vector<RuleLine> lines_of(const YamlNode& map)
{
    std::vector<RuleLine> lines;
    for (const codec::YamlEntry& entry : map.entries) {
        lines.push_back(line_of(entry.key.text, texts_of(&entry.value)));
    }
    return lines;
}

RuleSelection selection_of(const codec::YamlEntry& entry)
{
    RuleSelection selection{.name = entry.key.text, .any_of = {}};
    const YamlNode& value = entry.value;
    if (value.is_mapping()) {
        selection.any_of.push_back(lines_of(value));
        return selection;
    }
    const bool maps = std::ranges::any_of(value.items, &YamlNode::is_mapping);
    if (!maps) {
        selection.any_of.push_back({line_of("", texts_of(&value))});
        return selection;
    }
    for (const YamlNode& item : value.items) {
        selection.any_of.push_back(lines_of(item));
    }
    return selection;
}

RuleCounting counting_of(const YamlNode& correlation)
{
    RuleCounting counting{.type = text_of(correlation.find("type")),
                          .rules = texts_of(correlation.find("rules")),
                          .group_by = texts_of(correlation.find("group-by")),
                          .timespan = text_of(correlation.find("timespan")),
                          .condition = {}};
    if (const YamlNode* const condition = correlation.find("condition")) {
        std::vector<std::string> bounds;
        for (const codec::YamlEntry& entry : condition->entries) {
            bounds.push_back(entry.key.text + " " + join(texts_of(&entry.value), ", "));
        }
        counting.condition = join(bounds, ", ");
    }
    return counting;
}

} // namespace

RuleWords words_of_rule(std::string_view yaml, std::string_view rule_id)
{
    RuleWords words;
    const codec::YamlStream stream = codec::parse_yaml(yaml);
    const auto document = std::ranges::find_if(stream.documents, [&](const YamlNode& each) {
        return text_of(each.find("id")) == rule_id;
    });
    if (document == stream.documents.end()) {
        return words;
    }
    if (const YamlNode* const source = document->find("logsource")) {
        std::vector<std::string> parts;
        for (const codec::YamlEntry& entry : source->entries) {
            if (entry.key.text != "definition") {
                parts.push_back(entry.key.text + " " + text_of(&entry.value));
            }
        }
        words.logsource = join(parts, ", ");
    }
    if (const YamlNode* const correlation = document->find("correlation")) {
        words.counting = counting_of(*correlation);
    }
    if (const YamlNode* const detection = document->find("detection")) {
        for (const codec::YamlEntry& entry : detection->entries) {
            if (entry.key.text == "condition") {
                words.condition = join(texts_of(&entry.value), " or ");
            } else if (entry.key.text != "timeframe") {
                words.selections.push_back(selection_of(entry));
            }
        }
    }
    return words;
}

} // namespace tanggap::service
