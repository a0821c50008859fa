#include "detect/detail/mapping.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace tanggap::detect {

using codec::YamlNode;

namespace {

/// A named set of field names that several log sources share.
struct FieldSet {
    std::map<std::string, std::vector<std::string>> names;
    std::vector<std::string> others;
};

std::vector<const YamlNode*> one_or_many(const YamlNode& node)
{
    std::vector<const YamlNode*> out;
    for (const auto& item : node.items) {
        out.push_back(&item);
    }
    if (node.is_scalar() && !node.is_null()) {
        out.push_back(&node);
    }
    return out;
}

} // namespace

/// Two passes over all files: field sets first, so that their order does not matter.
class MappingReader {
public:
    MappingReader(Mappings& out, std::vector<Diagnostic>& diagnostics)
        : out_(out), diagnostics_(diagnostics)
    {
    }

    void read(std::span<const MappingFile> files)
    {
        std::vector<std::pair<std::string, YamlNode>> documents;
        for (const auto& file : files) {
            take_documents(file, documents);
        }
        for (const auto& [name, document] : documents) {
            Diagnoser diagnose(name, diagnostics_);
            read_shared(document, diagnose);
        }
        for (const auto& [name, document] : documents) {
            Diagnoser diagnose(name, diagnostics_);
            read_sources(document, diagnose);
        }
    }

private:
    void take_documents(const MappingFile& file,
                        std::vector<std::pair<std::string, YamlNode>>& documents)
    {
        auto stream = codec::parse_yaml(file.yaml);
        report_problems(stream, file.name, diagnostics_);
        for (std::size_t i = 0; i < stream.documents.size(); ++i) {
            if (stream.sound(i)) {
                documents.emplace_back(file.name, std::move(stream.documents[i]));
            }
        }
    }

    static void refuse_unknown(const YamlNode& map, const std::vector<std::string>& known,
                               Diagnoser& diagnose)
    {
        for (const auto& entry : map.entries) {
            if (std::ranges::find(known, entry.key.text) == known.end()) {
                diagnose.error(entry.key,
                               fmt::format("a mapping has no {}", base::quoted(entry.key.text)),
                               did_you_mean(entry.key.text, known));
            }
        }
    }

    void read_shared(const YamlNode& document, Diagnoser& diagnose)
    {
        refuse_unknown(document, {"field_sets", "logsources", "placeholders"}, diagnose);
        if (const auto* sets = document.find("field_sets")) {
            for (const auto& entry : sets->entries) {
                FieldSet set;
                read_names(entry.value, set, diagnose);
                if (!sets_.emplace(entry.key.text, std::move(set)).second) {
                    diagnose.error(entry.key, fmt::format("the field set {} is given twice",
                                                          base::quoted(entry.key.text)));
                }
            }
        }
        if (const auto* placeholders = document.find("placeholders")) {
            for (const auto& entry : placeholders->entries) {
                for (const auto* value : one_or_many(entry.value)) {
                    out_.placeholders_[entry.key.text].push_back(value->text);
                }
            }
        }
    }

    void read_names(const YamlNode& map, FieldSet& set, Diagnoser& diagnose)
    {
        if (const auto* names = map.find("names")) {
            for (const auto& entry : names->entries) {
                auto& fields = set.names[entry.key.text];
                for (const auto* field : one_or_many(entry.value)) {
                    fields.push_back(field->text);
                }
                if (fields.empty()) {
                    diagnose.error(entry.key, "a field name stands for at least one event field");
                }
            }
        }
        if (const auto* others = map.find("others")) {
            for (const auto* field : one_or_many(*others)) {
                set.others.push_back(field->text);
                if (!field->text.contains("{}")) {
                    diagnose.error(*field, "'others' needs {} where the name goes",
                                   "for example winlog.event_data.{}");
                }
            }
        }
    }

    void read_sources(const YamlNode& document, Diagnoser& diagnose)
    {
        const auto* sources = document.find("logsources");
        if (sources == nullptr) {
            return;
        }
        static const std::vector<std::string> kKnown{"category", "product", "service", "when",
                                                     "fields",   "names",   "others",  "variants"};
        for (const auto& item : sources->items) {
            refuse_unknown(item, kKnown, diagnose);
            MappedSource source;
            source.logsource = {.category = text(item, "category"),
                                .product = text(item, "product"),
                                .service = text(item, "service")};
            if (const auto* variants = item.find("variants")) {
                for (const auto& variant : variants->items) {
                    source.variants.push_back(read_variant(variant, diagnose));
                }
            } else {
                source.variants.push_back(read_variant(item, diagnose));
            }
            add_source(item, std::move(source), diagnose);
        }
    }

    void add_source(const YamlNode& at, MappedSource source, Diagnoser& diagnose)
    {
        // A later file extends what an earlier one said of the same log source.
        const auto known =
            std::ranges::find(out_.sources_, source.logsource, &MappedSource::logsource);
        if (source.logsource == LogSource{} || source.variants.empty()) {
            diagnose.error(at, "a log source has a category, product or service, and a 'when'");
        } else if (known != out_.sources_.end()) {
            std::ranges::move(source.variants, std::back_inserter(known->variants));
        } else {
            out_.sources_.push_back(std::move(source));
        }
    }

    static std::string text(const YamlNode& map, std::string_view key)
    {
        const auto* node = map.find(key);
        return node == nullptr ? std::string{} : base::to_lower_ascii(node->text);
    }

    Variant read_variant(const YamlNode& node, Diagnoser& diagnose)
    {
        Variant variant;
        FieldSet own;
        read_names(node, own, diagnose);
        variant.names = own.names;
        variant.others = own.others;
        if (const auto* sets = node.find("fields")) {
            for (const auto* name : one_or_many(*sets)) {
                add_set(*name, variant, diagnose);
            }
        }
        const auto* when = node.find("when");
        if (when == nullptr || when->entries.empty()) {
            diagnose.error(node, "a log source needs 'when': which events belong to it");
            return variant;
        }
        for (const auto& entry : when->entries) {
            variant.when.push_back(read_test(entry));
        }
        std::ranges::sort(variant.when);
        return variant;
    }

    /// What the variant says itself wins; of two sets the earlier.
    void add_set(const YamlNode& name, Variant& variant, Diagnoser& diagnose)
    {
        const auto set = sets_.find(name.text);
        if (set == sets_.end()) {
            std::vector<std::string> known;
            for (const auto& [known_name, unused] : sets_) {
                known.push_back(known_name);
            }
            diagnose.error(name, fmt::format("no field set is named {}", base::quoted(name.text)),
                           did_you_mean(name.text, known));
            return;
        }
        variant.names.insert(set->second.names.begin(), set->second.names.end());
        if (variant.others.empty()) {
            variant.others = set->second.others;
        }
    }

    static RouteTest read_test(const codec::YamlEntry& entry)
    {
        RouteTest test{.field = entry.key.text, .values = {}};
        if (entry.value.as_bool() == true) {
            return test;
        }
        for (const auto* value : one_or_many(entry.value)) {
            test.values.push_back(base::to_lower_ascii(value->text));
        }
        std::ranges::sort(test.values);
        return test;
    }

    Mappings& out_;
    std::vector<Diagnostic>& diagnostics_;
    std::map<std::string, FieldSet> sets_;
};

Mappings Mappings::load(std::span<const MappingFile> files, std::vector<Diagnostic>& diagnostics)
{
    Mappings out;
    MappingReader(out, diagnostics).read(files);
    return out;
}

std::vector<std::string> Variant::fields_of(std::string_view sigma_field) const
{
    const std::string name(sigma_field);
    if (const auto known = names.find(name); known != names.end()) {
        return known->second;
    }
    std::vector<std::string> out;
    if (!name.contains('.')) {
        for (const auto& pattern : others) {
            const auto at = pattern.find("{}");
            out.push_back(pattern.substr(0, at) + name + pattern.substr(at + 2));
        }
    }
    if (out.empty()) {
        out.push_back(name);
    }
    return out;
}

std::vector<const Variant*> Mappings::find(const LogSource& logsource) const
{
    const auto says = [](const std::string& asked, const std::string& given) {
        return asked.empty() || asked == given;
    };
    std::vector<const Variant*> exact;
    std::vector<const Variant*> narrower;
    for (const auto& source : sources_) {
        const bool fits = says(logsource.category, source.logsource.category) &&
                          says(logsource.product, source.logsource.product) &&
                          says(logsource.service, source.logsource.service);
        for (const auto& variant : source.variants) {
            if (source.logsource == logsource) {
                exact.push_back(&variant);
            } else if (fits) {
                narrower.push_back(&variant);
            }
        }
    }
    return exact.empty() ? narrower : exact;
}

} // namespace tanggap::detect
