#include "detect/detail/rule_parser.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/id.h"
#include "base/text.h"
#include "detect/detail/documents.h"

namespace tanggap::detect {
namespace {

using codec::YamlNode;

const std::vector<std::string> kStatuses{"stable", "test", "experimental", "deprecated",
                                         "unsupported"};
const std::vector<std::string> kAttributes{
    "title",       "id",          "name",   "related",        "taxonomy", "status",
    "description", "license",     "author", "references",     "date",     "modified",
    "logsource",   "detection",   "fields", "falsepositives", "level",    "tags",
    "scope",       "correlation", "filter", "generate",       "tanggap"};
const std::vector<std::string> kRelations{"derived", "obsolete", "merged", "renamed", "similar"};
const std::vector<std::string> kTaxonomies{"sigma", "ecs"};
// Sigma 2.1.0, JSON schema.
constexpr std::size_t kTitleCharactersMax = 256;
constexpr std::size_t kDescriptionCharactersMax = 65'535;

std::size_t characters_of(std::string_view text)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_date(std::string_view text)
{
    constexpr std::string_view kShape = "0000-00-00";
    const auto fits = [](char c, char shape) {
        return shape == '0' ? c >= '0' && c <= '9' : c == shape;
    };
    return std::ranges::equal(text, kShape, fits) &&
           base::parse_rfc3339(std::string(text) + "T00:00:00Z").has_value();
}

/// "namespace.rest" of lower-case letters, digits and - _ .
bool is_tag(std::string_view text)
{
    const auto dot = text.find('.');
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    };
    return dot != std::string_view::npos && dot > 0 && dot + 1 < text.size() &&
           std::ranges::all_of(text, plain);
}

class RuleReader {
public:
    RuleReader(const RuleFile& file, const Placeholders& placeholders, Diagnoser& diagnose)
        : file_(file), placeholders_(placeholders), diagnose_(diagnose)
    {
        rule_.info = std::make_shared<model::RuleInfo>();
    }

    void read(const YamlNode& document, ParsedFile& out)
    {
        if (!document.is_mapping()) {
            diagnose_.error(document, "a rule is a map with title, logsource and detection");
            return;
        }
        const auto before = diagnose_.errors();
        rule_.place = {.file = file_.name, .line = document.line, .column = document.column};
        diagnose_.set_rule(scalar(document, "title"));
        read_identity(document);
        read_people(document);
        read_dates(document);
        read_relations(document);
        read_tags(document);
        warn_misspelt(document);
        if (const auto* filter = document.find("filter")) {
            auto parsed = read_filter(document, *filter);
            if (diagnose_.errors() == before) {
                out.filters.push_back(std::move(parsed));
            }
            return;
        }
        read_own_block(document);
        read_logic(document);
        if (diagnose_.errors() != before) {
            return;
        }
        if (rule_.hidden) {
            out.rules.push_back(counted_rule());
            rule_.hidden = false;
        }
        out.rules.push_back(std::move(rule_));
    }

private:
    /// The text under `key`, empty where it is absent; reports a list or map.
    std::string scalar(const YamlNode& map, std::string_view key)
    {
        const auto* node = map.find(key);
        if (node == nullptr || node->is_null()) {
            return {};
        }
        if (!node->is_scalar()) {
            diagnose_.error(*node, fmt::format("{} is text", base::quoted(key)));
        }
        return node->text;
    }

    /// A list of texts; one text stands for a list of one.
    std::vector<std::string> texts(const YamlNode& map, std::string_view key)
    {
        std::vector<std::string> out;
        const auto* node = map.find(key);
        if (node == nullptr || node->is_null()) {
            return out;
        }
        if (node->is_scalar()) {
            return {node->text};
        }
        for (const auto& item : node->items) {
            if (!item.is_scalar()) {
                diagnose_.error(item, fmt::format("{} is a list of texts", base::quoted(key)));
            }
            out.push_back(item.text);
        }
        return out;
    }

    void read_identity(const YamlNode& document)
    {
        auto& info = *rule_.info;
        info.title = scalar(document, "title");
        info.name = scalar(document, "name");
        rule_.name = info.name;
        info.id = scalar(document, "id");
        info.overriding = file_.origin != RuleOrigin::Shipped;
        const auto* title = document.find("title");
        if (info.title.empty()) {
            diagnose_.error(document, "the rule has no title");
        } else if (characters_of(info.title) > kTitleCharactersMax) {
            diagnose_.warning(
                *title, fmt::format("the title is longer than {} characters", kTitleCharactersMax));
        }
        read_taxonomy(document);
        if (info.id.empty()) {
            info.id = derived_id();
            diagnose_.warning(document,
                              "the rule has no id; one is derived from its file and title",
                              fmt::format("add 'id: {}'", info.id));
        } else if (!base::parse_uuid(info.id)) {
            diagnose_.warning(*document.find("id"),
                              fmt::format("the id {} is no UUID", base::quoted(info.id)));
        }
    }

    /// Field names and log sources of another world would be looked for in vain.
    void read_taxonomy(const YamlNode& document)
    {
        auto& taxonomy = rule_.info->taxonomy;
        taxonomy = scalar(document, "taxonomy");
        if (!taxonomy.empty() && std::ranges::find(kTaxonomies, taxonomy) == kTaxonomies.end()) {
            diagnose_.error(
                *document.find("taxonomy"),
                fmt::format("the taxonomy {} is not known here", base::quoted(taxonomy)),
                "use Sigma's own names, or 'taxonomy: ecs' with ECS names");
        }
    }

    std::string derived_id(std::string_view more = {}) const
    {
        const auto hash = base::sha256({file_.name, "\n", rule_.info->title, more});
        base::Uuid id;
        std::copy_n(hash.begin(), id.bytes.size(), id.bytes.begin());
        return id.text();
    }

    void read_people(const YamlNode& document)
    {
        auto& info = *rule_.info;
        info.description = scalar(document, "description");
        info.author = scalar(document, "author");
        info.license = scalar(document, "license");
        info.false_positives = texts(document, "falsepositives");
        info.references = texts(document, "references");
        info.fields = texts(document, "fields");
        info.scope = texts(document, "scope");
        if (characters_of(info.description) > kDescriptionCharactersMax) {
            diagnose_.warning(*document.find("description"),
                              fmt::format("the description is longer than {} characters",
                                          kDescriptionCharactersMax));
        }
        info.status = scalar(document, "status");
        if (!info.status.empty() && std::ranges::find(kStatuses, info.status) == kStatuses.end()) {
            diagnose_.error(*document.find("status"),
                            fmt::format("unknown status {}", base::quoted(info.status)),
                            did_you_mean(info.status, kStatuses));
        }
        const auto level = scalar(document, "level");
        if (level.empty()) {
            return;
        }
        if (const auto parsed = model::parse_level(level)) {
            info.level = *parsed;
        } else {
            diagnose_.error(*document.find("level"),
                            fmt::format("unknown level {}", base::quoted(level)),
                            "informational, low, medium, high or critical");
        }
    }

    void read_dates(const YamlNode& document)
    {
        rule_.info->date = date(document, "date");
        rule_.info->modified = date(document, "modified");
    }

    std::string date(const YamlNode& document, std::string_view key)
    {
        auto text = scalar(document, key);
        if (!text.empty() && !is_date(text)) {
            diagnose_.warning(*document.find(key), fmt::format("{} is no date", base::quoted(text)),
                              "write YYYY-MM-DD");
        }
        return text;
    }

    void read_relations(const YamlNode& document)
    {
        const auto* related = document.find("related");
        if (related == nullptr || related->is_null()) {
            return;
        }
        for (const auto& item : related->items) {
            model::RelatedRule one{.id = scalar(item, "id"), .type = scalar(item, "type")};
            const bool known = std::ranges::find(kRelations, one.type) != kRelations.end();
            if (one.id.empty() || !known) {
                diagnose_.warning(item, "a related rule has an id and a type",
                                  "type: derived, obsolete, merged, renamed or similar");
            }
            rule_.info->related.push_back(std::move(one));
        }
        if (!related->is_sequence()) {
            diagnose_.warning(*related, "'related' is a list of ids and types");
        }
    }

    void read_tags(const YamlNode& document)
    {
        auto& info = *rule_.info;
        info.tags = texts(document, "tags");
        for (const auto& tag : info.tags) {
            if (!is_tag(tag)) {
                diagnose_.warning(*document.find("tags"),
                                  fmt::format("{} is no tag", base::quoted(tag)),
                                  "lower-case words after a namespace, for example attack.t1110");
            }
        }
        constexpr std::string_view kTechnique = "attack.t";
        for (const auto& tag : info.tags) {
            const bool technique = tag.starts_with(kTechnique) && tag.size() > kTechnique.size() &&
                                   tag[kTechnique.size()] >= '0' && tag[kTechnique.size()] <= '9';
            std::string id = technique ? "T" + tag.substr(kTechnique.size()) : std::string();
            if (technique && std::ranges::find(info.techniques, id) == info.techniques.end()) {
                info.techniques.push_back(std::move(id));
            }
        }
    }

    /// Our own block: Indonesian texts, confidence and the outcome a rule proves.
    void read_own_block(const YamlNode& document)
    {
        const auto* own = document.find("tanggap");
        if (own == nullptr) {
            return;
        }
        static const std::vector<std::string> kKnown{"title_id", "description_id", "confidence",
                                                     "outcome"};
        auto& info = *rule_.info;
        for (const auto& entry : own->entries) {
            if (std::ranges::find(kKnown, entry.key.text) == kKnown.end()) {
                diagnose_.error(entry.key,
                                fmt::format("'tanggap' has no {}", base::quoted(entry.key.text)),
                                did_you_mean(entry.key.text, kKnown));
            }
        }
        info.title_id = scalar(*own, "title_id");
        info.description_id = scalar(*own, "description_id");
        if (const auto* confidence = own->find("confidence")) {
            info.confidence = confidence->as_number().value_or(0);
            if (info.confidence < 0.5 || info.confidence > 1) {
                diagnose_.error(*confidence, "'confidence' is a number from 0.5 to 1");
            }
        }
        if (const auto* outcome = own->find("outcome")) {
            info.declared_outcome = model::Outcome::Succeeded;
            if (outcome->text != "succeeded") {
                diagnose_.error(*outcome, "a rule can only declare the outcome 'succeeded'",
                                "the other outcomes are read from each event");
            }
        }
    }

    void warn_misspelt(const YamlNode& document)
    {
        for (const auto& entry : document.entries) {
            const auto meant = nearest(entry.key.text, kAttributes);
            const bool known = std::ranges::find(kAttributes, entry.key.text) != kAttributes.end();
            if (!known && !meant.empty() && document.find(meant) == nullptr) {
                diagnose_.warning(entry.key,
                                  fmt::format("unknown attribute {}", base::quoted(entry.key.text)),
                                  fmt::format("did you mean {}?", base::quoted(meant)));
            }
        }
    }

    void read_logic(const YamlNode& document)
    {
        const auto* correlation = document.find("correlation");
        if (correlation != nullptr) {
            rule_.info->correlation = true;
            rule_.correlation = parse_correlation(*correlation, diagnose_);
            read_generate(document);
            return;
        }
        read_logsource(document);
        const auto* detection = document.find("detection");
        if (detection == nullptr) {
            diagnose_.error(document, "the rule has neither 'detection' nor 'correlation'");
            return;
        }
        auto parsed = parse_detection(*detection, placeholders_, diagnose_);
        rule_.condition = std::move(parsed.condition);
        if (parsed.aggregation) {
            rule_.correlation = std::move(parsed.aggregation->rule);
            rule_.hidden = true;
        }
    }

    /// The schema has it beside `correlation`, pySigma and the text inside.
    void read_generate(const YamlNode& document)
    {
        const auto* generate = document.find("generate");
        if (generate == nullptr) {
            return;
        }
        if (!generate->as_bool()) {
            diagnose_.error(*generate, "'generate' is true or false");
        } else if (rule_.correlation) {
            rule_.correlation->generate = rule_.correlation->generate || *generate->as_bool();
        }
    }

    /// What an old aggregation counts; the rule itself becomes the correlation.
    ParsedRule counted_rule()
    {
        ParsedRule counted;
        counted.info = std::make_shared<model::RuleInfo>(*rule_.info);
        counted.info->id = derived_id("\ncounted");
        counted.place = rule_.place;
        counted.logsource = std::exchange(rule_.logsource, {});
        counted.logsource_place = rule_.logsource_place;
        counted.condition = std::exchange(rule_.condition, nullptr);
        counted.hidden = true;
        rule_.correlation->members.push_back({.name = counted.info->id, .place = rule_.place});
        rule_.info->correlation = true;
        return counted;
    }

    ParsedFilter read_filter(const YamlNode& document, const YamlNode& filter)
    {
        read_logsource(document);
        ParsedFilter out;
        out.title = rule_.info->title;
        out.place = rule_.place;
        out.logsource = rule_.logsource;
        read_targets(filter, out);
        out.condition = parse_filter(filter, out.title, placeholders_, diagnose_);
        return out;
    }

    void read_targets(const YamlNode& filter, ParsedFilter& out)
    {
        const auto* rules = filter.find("rules");
        if (rules == nullptr) {
            diagnose_.error(filter, "the filter names no rules",
                            "'rules' is a list of ids or names, or 'any' for all of the logsource");
            return;
        }
        const bool one = rules->is_scalar() && !rules->is_null();
        out.every_rule = (rules->is_sequence() && rules->items.empty()) ||
                         (one && (rules->text == "any" || rules->text == "all"));
        if (out.every_rule) {
            return;
        }
        for (const auto& name : texts(filter, "rules")) {
            out.targets.push_back(
                {.name = name,
                 .place = {.file = file_.name, .line = rules->line, .column = rules->column}});
        }
        for (std::size_t i = 0; i < rules->items.size(); ++i) {
            out.targets[i].place.line = rules->items[i].line;
            out.targets[i].place.column = rules->items[i].column;
        }
        if (out.targets.empty()) {
            diagnose_.error(*rules, "'rules' is a list of ids or names, or 'any'");
        }
    }

    void read_logsource(const YamlNode& document)
    {
        const auto* logsource = document.find("logsource");
        if (logsource == nullptr || !logsource->is_mapping()) {
            diagnose_.error(document, "the rule has no logsource",
                            "for example 'logsource: {category: webserver}'");
            return;
        }
        rule_.logsource_place = {
            .file = file_.name, .line = logsource->line, .column = logsource->column};
        rule_.logsource.category = base::to_lower_ascii(scalar(*logsource, "category"));
        rule_.logsource.product = base::to_lower_ascii(scalar(*logsource, "product"));
        rule_.logsource.service = base::to_lower_ascii(scalar(*logsource, "service"));
        rule_.info->logsource = rule_.logsource.text();
        rule_.info->logsource_definition = scalar(*logsource, "definition");
        if (rule_.logsource == LogSource{}) {
            diagnose_.error(*logsource, "the logsource names no category, product or service");
        }
    }

    const RuleFile& file_;
    const Placeholders& placeholders_;
    Diagnoser& diagnose_;
    ParsedRule rule_;
};

} // namespace

std::string LogSource::text() const
{
    std::string out;
    const auto add = [&](std::string_view key, const std::string& value) {
        if (!value.empty()) {
            out += fmt::format("{}{} {}", out.empty() ? "" : ", ", key, value);
        }
    };
    add("category", category);
    add("product", product);
    add("service", service);
    return out;
}

ParsedFile parse_rules(const RuleFile& file, const Placeholders& placeholders,
                       std::vector<Diagnostic>& diagnostics)
{
    auto stream = codec::parse_yaml(file.yaml);
    report_problems(stream, file.name, diagnostics);
    ParsedFile out;
    for (const auto& document : rule_documents(std::move(stream), file.name, diagnostics)) {
        Diagnoser diagnose(file.name, diagnostics);
        RuleReader(file, placeholders, diagnose).read(document, out);
    }
    return out;
}

} // namespace tanggap::detect
