#include "detect/oracle/content.h"

#include <algorithm>
#include <cctype>

namespace tanggap::detect::oracle {
namespace {

using codec::YamlNode;

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return c < 0x80 ? static_cast<char>(std::tolower(c)) : c;
    });
    return text;
}

std::vector<std::string> texts(const YamlNode* node)
{
    std::vector<std::string> out;
    if (node == nullptr || node->is_null()) {
        return out;
    }
    for (const auto& item : node->items) {
        out.push_back(item.text);
    }
    if (node->is_scalar()) {
        out.push_back(node->text);
    }
    return out;
}

std::string text(const YamlNode& map, std::string_view key)
{
    const auto* node = map.find(key);
    return node == nullptr || node->is_null() ? std::string() : node->text;
}

LogSource logsource_of(const YamlNode& map)
{
    return {lower(text(map, "category")), lower(text(map, "product")), lower(text(map, "service"))};
}

/// `wide` says nothing that `narrow` does not say too.
bool covers(const LogSource& wide, const LogSource& narrow)
{
    for (std::size_t i = 0; i < wide.size(); ++i) {
        if (!wide[i].empty() && wide[i] != narrow[i]) {
            return false;
        }
    }
    return true;
}

std::vector<YamlNode> documents_of(const std::string& yaml)
{
    auto stream = codec::parse_yaml(yaml);
    std::vector<YamlNode> out;
    for (std::size_t i = 0; i < stream.documents.size(); ++i) {
        if (stream.sound(i)) {
            out.push_back(std::move(stream.documents[i]));
        }
    }
    return out;
}

// --- mappings ---------------------------------------------------------------------------------

void add_names(const YamlNode& from, Variant& to)
{
    if (const auto* names = from.find("names")) {
        for (const auto& entry : names->entries) {
            to.names.emplace(entry.key.text, texts(&entry.value));
        }
    }
    if (to.others.empty()) {
        to.others = texts(from.find("others"));
    }
}

Variant read_variant(const YamlNode& node, const std::map<std::string, YamlNode>& sets)
{
    Variant out;
    add_names(node, out);
    for (const auto& name : texts(node.find("fields"))) {
        if (const auto set = sets.find(name); set != sets.end()) {
            add_names(set->second, out);
        }
    }
    if (const auto* when = node.find("when")) {
        for (const auto& entry : when->entries) {
            auto values =
                entry.value.as_bool() == true ? std::vector<std::string>() : texts(&entry.value);
            std::transform(values.begin(), values.end(), values.begin(), lower);
            out.when.emplace_back(entry.key.text, std::move(values));
        }
    }
    return out;
}

// --- conditions -------------------------------------------------------------------------------

std::vector<std::string> words_of(const std::string& text)
{
    std::vector<std::string> out;
    std::string word;
    for (const char c : text + " ") {
        const bool bracket = c == '(' || c == ')';
        if (bracket || std::isspace(static_cast<unsigned char>(c)) != 0) {
            if (!word.empty()) {
                out.push_back(std::move(word));
            }
            word.clear();
            if (bracket) {
                out.emplace_back(1, c);
            }
        } else {
            word += c;
        }
    }
    return out;
}

bool name_fits(const std::string& pattern, const std::string& name)
{
    if (pattern.empty()) {
        return name.empty();
    }
    if (pattern[0] == '*') {
        return name_fits(pattern.substr(1), name) ||
               (!name.empty() && name_fits(pattern, name.substr(1)));
    }
    return !name.empty() && name[0] == pattern[0] && name_fits(pattern.substr(1), name.substr(1));
}

/// or < and < not < "of" < brackets.
class ConditionReader {
public:
    ConditionReader(const std::string& text, const std::map<std::string, Selection>& selections)
        : words_(words_of(text)), selections_(selections)
    {
    }

    std::optional<Condition> read()
    {
        auto out = read_either("or");
        return good_ && at_ == words_.size() ? std::optional(std::move(out)) : std::nullopt;
    }

private:
    std::string peek(std::size_t ahead = 0) const
    {
        return at_ + ahead < words_.size() ? words_[at_ + ahead] : std::string();
    }

    Condition read_either(const std::string& operation)
    {
        const bool is_or = operation == "or";
        Condition out;
        out.kind = is_or ? Condition::Kind::Or : Condition::Kind::And;
        out.children.push_back(is_or ? read_either("and") : read_not());
        while (lower(peek()) == operation) {
            ++at_;
            out.children.push_back(is_or ? read_either("and") : read_not());
        }
        return out;
    }

    Condition read_not()
    {
        if (lower(peek()) == "not") {
            ++at_;
            Condition out;
            out.kind = Condition::Kind::Not;
            out.children.push_back(read_not());
            return out;
        }
        return read_one();
    }

    Condition read_one()
    {
        if (peek() == "(") {
            ++at_;
            auto out = read_either("or");
            good_ = good_ && peek() == ")";
            ++at_;
            return out;
        }
        if (lower(peek(1)) == "of") {
            return read_quantified();
        }
        Condition out;
        out.kind = Condition::Kind::Name;
        out.name = peek();
        good_ = good_ && selections_.count(out.name) == 1;
        ++at_;
        return out;
    }

    Condition read_quantified()
    {
        Condition out;
        const auto quantity = lower(peek());
        good_ = good_ && (quantity == "1" || quantity == "any" || quantity == "all");
        out.kind = quantity == "all" ? Condition::Kind::And : Condition::Kind::Or;
        const auto pattern = peek(2);
        const bool them = lower(pattern) == "them";
        for (const auto& [name, selection] : selections_) {
            if (them ? name[0] != '_' : name_fits(pattern, name)) {
                out.children.push_back(
                    {.kind = Condition::Kind::Name, .children = {}, .name = name});
            }
        }
        good_ = good_ && !out.children.empty();
        at_ += 3;
        return out;
    }

    std::vector<std::string> words_;
    const std::map<std::string, Selection>& selections_;
    std::size_t at_ = 0;
    bool good_ = true;
};

// --- rules ------------------------------------------------------------------------------------

struct Filter {
    LogSource logsource;
    std::vector<std::string> targets; ///< empty: all
    Logic logic;
};

class RuleReader {
public:
    explicit RuleReader(Oracle::Content& out) : out_(out) {}

    void read(const YamlNode& document)
    {
        if (document.find("action") != nullptr) {
            return;
        }
        if (const auto* correlation = document.find("correlation")) {
            read_correlation(document, *correlation);
        } else if (const auto* filter = document.find("filter")) {
            read_filter(document, *filter);
        } else if (const auto* detection = document.find("detection")) {
            read_rule(document, *detection);
        }
    }

    void finish()
    {
        for (const auto& filter : filters_) {
            for (auto& rule : out_.rules) {
                const bool named =
                    filter.targets.empty() ||
                    std::any_of(filter.targets.begin(), filter.targets.end(), [&](const auto& one) {
                        return one == rule.id || one == rule.name;
                    });
                if (named && covers(filter.logsource, rule.logsource)) {
                    rule.logic.push_back(filter.logic);
                }
            }
        }
        for (auto& rule : out_.rules) {
            rule.variants = variants_of(rule.logsource);
        }
    }

private:
    std::vector<std::size_t> variants_of(const LogSource& logsource) const
    {
        std::vector<std::size_t> narrower;
        for (const auto& [source, variants] : out_.sources) {
            if (source == logsource) {
                return variants;
            }
            if (covers(logsource, source)) {
                narrower.insert(narrower.end(), variants.begin(), variants.end());
            }
        }
        return narrower;
    }

    void read_rule(const YamlNode& document, const YamlNode& detection)
    {
        Rule rule;
        rule.id = text(document, "id");
        rule.name = text(document, "name");
        if (const auto* logsource = document.find("logsource")) {
            rule.logsource = logsource_of(*logsource);
        }
        Logic logic;
        if (read_logic(detection, logic) && !rule.logsource.empty()) {
            rule.logic.push_back(std::move(logic));
            out_.rules.push_back(std::move(rule));
        }
    }

    void read_filter(const YamlNode& document, const YamlNode& filter)
    {
        Filter out;
        if (const auto* logsource = document.find("logsource")) {
            out.logsource = logsource_of(*logsource);
        }
        out.targets = texts(filter.find("rules"));
        if (out.targets == std::vector<std::string>{"any"} ||
            out.targets == std::vector<std::string>{"all"}) {
            out.targets.clear();
        }
        if (read_logic(filter, out.logic) && !out.logsource.empty()) {
            filters_.push_back(std::move(out));
        }
    }

    bool read_logic(const YamlNode& map, Logic& out)
    {
        for (const auto& entry : map.entries) {
            if (entry.key.text == "condition" || entry.key.text == "rules") {
                continue;
            }
            if (!read_selection(entry.value, out.selections[entry.key.text])) {
                return false;
            }
        }
        const auto* condition = map.find("condition");
        if (condition == nullptr || map.find("timeframe") != nullptr) {
            return false;
        }
        out.condition.kind = Condition::Kind::Or;
        for (const auto& one : texts(condition)) {
            auto read = ConditionReader(one, out.selections).read();
            if (!read) {
                return false;
            }
            out.condition.children.push_back(std::move(*read));
        }
        return !out.condition.children.empty();
    }

    bool read_selection(const YamlNode& node, Selection& out)
    {
        if (node.is_mapping()) {
            std::vector<Line> lines;
            for (const auto& entry : node.entries) {
                lines.push_back({});
                if (!read_line(entry.key.text, entry.value, lines.back())) {
                    return false;
                }
            }
            out.push_back(std::move(lines));
            return true;
        }
        if (node.is_scalar()) {
            out.push_back(std::vector<Line>(1));
            return read_line("", node, out.back().back());
        }
        for (const auto& item : node.items) {
            if (item.is_sequence() || !read_selection(item, out)) {
                return false;
            }
        }
        return true;
    }

    bool read_line(const std::string& key, const YamlNode& value, Line& out)
    {
        std::vector<std::string> words{""};
        for (const char c : key) {
            if (c == '|') {
                words.emplace_back();
            } else {
                words.back() += c;
            }
        }
        out.field = words.front();
        words.erase(words.begin());
        out.all = std::find(words.begin(), words.end(), "all") != words.end();
        out.negated = std::find(words.begin(), words.end(), "neq") != words.end();
        auto nodes = value.items;
        if (value.is_scalar()) {
            nodes.push_back(value);
        }
        for (const auto& node : nodes) {
            auto question = node.is_scalar()
                                ? read_question(words, node, out.field.empty(), out_.placeholders)
                                : std::nullopt;
            if (!question || (node.is_null() && nodes.size() > 1)) {
                return false;
            }
            out.values.push_back(std::move(*question));
        }
        return !out.values.empty() && (!out.all || out.values.size() > 1);
    }

    void read_correlation(const YamlNode& document, const YamlNode& node)
    {
        Correlation out;
        out.id = text(document, "id");
        out.name = text(document, "name");
        out.type = text(node, "type");
        out.members = texts(node.find("rules"));
        out.group_by = texts(node.find("group-by"));
        const auto generate = text(node, "generate") + text(document, "generate");
        out.generate = generate.find("true") != std::string::npos;
        const auto span = text(node, "timespan");
        const std::map<char, std::int64_t> units{
            {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}, {'w', 604'800}};
        out.span_ns = std::stoll(span) * units.at(span.back()) * 1'000'000'000;
        if (const auto* aliases = node.find("aliases")) {
            for (const auto& alias : aliases->entries) {
                for (const auto& field : alias.value.entries) {
                    out.aliases[alias.key.text][field.key.text] = field.value.text;
                }
            }
        }
        if (const auto* condition = node.find("condition")) {
            for (const auto& entry : condition->entries) {
                if (entry.key.text == "field") {
                    out.fields = texts(&entry.value);
                } else if (entry.key.text == "percentile") {
                    out.percentile = *entry.value.as_number();
                } else {
                    out.bounds.emplace_back(entry.key.text, *entry.value.as_number());
                }
            }
        }
        out_.correlations.push_back(std::move(out));
    }

    Oracle::Content& out_;
    std::vector<Filter> filters_;
};

} // namespace

void read_mappings(std::span<const MappingFile> files, Oracle::Content& out)
{
    std::map<std::string, YamlNode> sets;
    std::vector<YamlNode> documents;
    for (const auto& file : files) {
        for (auto& document : documents_of(file.yaml)) {
            documents.push_back(std::move(document));
        }
    }
    for (const auto& document : documents) {
        if (const auto* known = document.find("field_sets")) {
            for (const auto& entry : known->entries) {
                sets.emplace(entry.key.text, entry.value);
            }
        }
        if (const auto* placeholders = document.find("placeholders")) {
            for (const auto& entry : placeholders->entries) {
                for (const auto& value : texts(&entry.value)) {
                    out.placeholders.emplace_back(entry.key.text, value);
                }
            }
        }
    }
    for (const auto& document : documents) {
        const auto* sources = document.find("logsources");
        for (const auto& node : sources == nullptr ? std::vector<YamlNode>() : sources->items) {
            const auto logsource = logsource_of(node);
            auto source = std::find_if(out.sources.begin(), out.sources.end(),
                                       [&](const auto& one) { return one.first == logsource; });
            if (source == out.sources.end()) {
                source = out.sources.insert(source, {logsource, {}});
            }
            const auto* variants = node.find("variants");
            for (const auto& variant : variants == nullptr ? std::vector{node} : variants->items) {
                source->second.push_back(out.variants.size());
                out.variants.push_back(read_variant(variant, sets));
            }
        }
    }
}

void read_rules(std::span<const RuleFile> files, Oracle::Content& out)
{
    RuleReader reader(out);
    for (const auto& file : files) {
        for (const auto& document : documents_of(file.yaml)) {
            reader.read(document);
        }
    }
    reader.finish();
}

} // namespace tanggap::detect::oracle
