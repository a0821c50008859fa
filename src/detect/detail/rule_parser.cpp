#include "detect/detail/rule_parser.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/id.h"
#include "base/text.h"

namespace tanggap::detect {
namespace {

using base::quoted;
using codec::YamlNode;

const std::vector<std::string> kStatuses{"stable", "test", "experimental", "deprecated",
                                         "unsupported"};
const std::vector<std::string> kAttributes{
    "title",       "id",          "name",   "related",        "taxonomy", "status",
    "description", "license",     "author", "references",     "date",     "modified",
    "logsource",   "detection",   "fields", "falsepositives", "level",    "tags",
    "scope",       "correlation", "filter", "tanggap"};
constexpr std::size_t kTitleCharactersMax = 256; // Sigma 2.1.0, "Title"

class RuleReader {
public:
    RuleReader(const RuleFile& file, const Placeholders& placeholders, Diagnoser& diagnose)
        : file_(file), placeholders_(placeholders), diagnose_(diagnose)
    {
        rule_.info = std::make_shared<model::RuleInfo>();
    }

    std::optional<ParsedRule> read(const YamlNode& document)
    {
        if (!document.is_mapping()) {
            diagnose_.error(document, "a rule is a map with title, logsource and detection");
            return std::nullopt;
        }
        const auto before = diagnose_.errors();
        rule_.place = {.file = file_.name, .line = document.line, .column = document.column};
        diagnose_.set_rule(scalar(document, "title"));
        if (refuse_other_documents(document)) {
            return std::nullopt;
        }
        read_identity(document);
        read_people(document);
        read_tags(document);
        read_own_block(document);
        warn_misspelt(document);
        read_logic(document);
        return diagnose_.errors() == before ? std::optional(std::move(rule_)) : std::nullopt;
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
            diagnose_.error(*node, fmt::format("{} is text", quoted(key)));
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
                diagnose_.error(item, fmt::format("{} is a list of texts", quoted(key)));
            }
            out.push_back(item.text);
        }
        return out;
    }

    bool refuse_other_documents(const YamlNode& document)
    {
        if (const auto* filter = document.find("filter")) {
            diagnose_.error(*filter, "filter documents are not supported",
                            "write the exception into the rule's own condition");
            return true;
        }
        const auto* action = document.find("action");
        if (action != nullptr && document.find("detection") == nullptr) {
            diagnose_.error(*action, "the old 'action: global/repeat/reset' form is not supported",
                            "write each rule out in full");
            return true;
        }
        return false;
    }

    void read_identity(const YamlNode& document)
    {
        auto& info = *rule_.info;
        info.title = scalar(document, "title");
        rule_.name = scalar(document, "name");
        info.id = scalar(document, "id");
        info.overriding = file_.overriding;
        const auto* title = document.find("title");
        if (info.title.empty()) {
            diagnose_.error(document, "the rule has no title");
        } else if (info.title.size() > kTitleCharactersMax) {
            diagnose_.warning(
                *title, fmt::format("the title is longer than {} characters", kTitleCharactersMax));
        }
        if (info.id.empty()) {
            info.id = derived_id();
            diagnose_.warning(document,
                              "the rule has no id; one is derived from its file and title",
                              fmt::format("add 'id: {}'", info.id));
        } else if (!base::parse_uuid(info.id)) {
            diagnose_.warning(*document.find("id"),
                              fmt::format("the id {} is no UUID", quoted(info.id)));
        }
    }

    std::string derived_id() const
    {
        const auto hash = base::sha256({file_.name, "\n", rule_.info->title});
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
        info.status = scalar(document, "status");
        if (!info.status.empty() && std::ranges::find(kStatuses, info.status) == kStatuses.end()) {
            diagnose_.error(*document.find("status"),
                            fmt::format("unknown status {}", quoted(info.status)),
                            did_you_mean(info.status, kStatuses));
        }
        const auto level = scalar(document, "level");
        if (level.empty()) {
            return;
        }
        if (const auto parsed = model::parse_level(level)) {
            info.level = *parsed;
        } else {
            diagnose_.error(*document.find("level"), fmt::format("unknown level {}", quoted(level)),
                            "informational, low, medium, high or critical");
        }
    }

    void read_tags(const YamlNode& document)
    {
        auto& info = *rule_.info;
        info.tags = texts(document, "tags");
        constexpr std::string_view kTechnique = "attack.t";
        for (const auto& tag : info.tags) {
            const bool technique = tag.starts_with(kTechnique) && tag.size() > kTechnique.size() &&
                                   tag[kTechnique.size()] >= '0' && tag[kTechnique.size()] <= '9';
            if (technique) {
                info.techniques.push_back("T" + tag.substr(kTechnique.size()));
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
                                fmt::format("'tanggap' has no {}", quoted(entry.key.text)),
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
                                  fmt::format("unknown attribute {}", quoted(entry.key.text)),
                                  fmt::format("did you mean {}?", quoted(meant)));
            }
        }
    }

    void read_logic(const YamlNode& document)
    {
        const auto* correlation = document.find("correlation");
        if (correlation != nullptr) {
            rule_.info->correlation = true;
            rule_.correlation = parse_correlation(*correlation, diagnose_);
            return;
        }
        read_logsource(document);
        const auto* detection = document.find("detection");
        if (detection == nullptr) {
            diagnose_.error(document, "the rule has neither 'detection' nor 'correlation'");
            return;
        }
        rule_.condition = parse_detection(*detection, placeholders_, diagnose_);
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

std::vector<ParsedRule> parse_rules(const RuleFile& file, const Placeholders& placeholders,
                                    std::vector<Diagnostic>& diagnostics)
{
    const auto stream = codec::parse_yaml(file.yaml);
    report_problems(stream, file.name, diagnostics);
    std::vector<ParsedRule> rules;
    for (std::size_t i = 0; i < stream.documents.size(); ++i) {
        if (!stream.sound(i)) {
            continue;
        }
        Diagnoser diagnose(file.name, diagnostics);
        if (auto rule = RuleReader(file, placeholders, diagnose).read(stream.documents[i])) {
            rules.push_back(std::move(*rule));
        }
    }
    return rules;
}

} // namespace tanggap::detect
