// YAML of a source file to a SourceSpec, every problem with its place.
#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "codec/yaml.h"
#include "normalize/detail/field_plan.h"
#include "normalize/detail/spec.h"

namespace tanggap::normalize::detail {
namespace {

using codec::YamlEntry;
using codec::YamlNode;

constexpr std::string_view kDocs = "see docs/reference/sources.md";

class Reader {
public:
    Reader(const SourceFile& file, std::vector<Diagnostic>& diagnostics)
        : file_(file), diagnostics_(diagnostics)
    {
    }

    std::unique_ptr<SourceSpec> read()
    {
        const codec::YamlStream stream = codec::parse_yaml(file_.yaml);
        for (const codec::YamlProblem& problem : stream.problems) {
            diagnostics_.push_back({.file = file_.name,
                                    .line = problem.line,
                                    .column = problem.column,
                                    .message = problem.message,
                                    .hint = problem.hint});
            failed_ = true;
        }
        if (!failed_ && (stream.documents.size() != 1 || !stream.documents[0].is_mapping())) {
            diagnostics_.push_back({.file = file_.name,
                                    .line = 1,
                                    .column = 1,
                                    .message = "a source file holds one mapping",
                                    .hint = std::string(kDocs)});
            failed_ = true;
        }
        if (failed_) {
            return nullptr;
        }
        spec_ = std::make_unique<SourceSpec>();
        spec_->info.overriding = file_.overriding;
        read_top(stream.documents[0]);
        return failed_ ? nullptr : std::move(spec_);
    }

private:
    using Handler = void (Reader::*)(const YamlNode&);
    struct Key {
        std::string_view name;
        Handler handler;
    };

    void problem(const YamlNode& at, std::string message, std::string hint = std::string(kDocs))
    {
        diagnostics_.push_back({.file = file_.name,
                                .line = at.line,
                                .column = at.column,
                                .message = std::move(message),
                                .hint = std::move(hint)});
        failed_ = true;
    }

    static std::string join(std::span<const std::string_view> words)
    {
        std::string out;
        for (const std::string_view word : words) {
            out += out.empty() ? "" : ", ";
            out += word;
        }
        return out;
    }

    /// Refuses keys that are not in `known`: a typing error must not be silent.
    void only(const YamlNode& node, std::initializer_list<std::string_view> known)
    {
        for (const YamlEntry& entry : node.entries) {
            if (std::ranges::find(known, entry.key.text) == known.end()) {
                problem(entry.key, "unknown key " + base::quoted(entry.key.text),
                        "known here: " + join({known.begin(), known.size()}));
            }
        }
    }

    void text(const YamlNode& node, std::string& out)
    {
        if (!node.is_scalar()) {
            problem(node, "expected a text");
            return;
        }
        out = node.text;
    }

    /// One text or a list of texts.
    void texts(const YamlNode& node, std::vector<std::string>& out)
    {
        if (node.is_scalar()) {
            out.push_back(node.text);
            return;
        }
        for (const YamlNode& item : node.items) {
            out.emplace_back();
            text(item, out.back());
        }
        if (node.is_mapping()) {
            problem(node, "expected a text or a list of texts");
        }
    }

    void read_top(const YamlNode& top)
    {
        only(top, {"id", "title", "title_id", "description", "dataset", "format", "rank",
                   "choosable", "recognise", "time", "set", "fields", "rest", "keep_whole", "lines",
                   "messages", "include", "derive", "samples"});
        require(top, "id", spec_->info.id);
        require(top, "title", spec_->info.title);
        require(top, "dataset", spec_->info.dataset);
        require(top, "format", spec_->info.format);
        // In this order: patterns take over the constants of the source.
        constexpr Key kKeys[] = {
            {"title_id", &Reader::read_title_id},
            {"format", &Reader::read_format},
            {"rank", &Reader::read_rank},
            {"choosable", &Reader::read_choosable},
            {"recognise", &Reader::read_recognise},
            {"time", &Reader::read_time},
            {"set", &Reader::read_set},
            {"fields", &Reader::read_fields},
            {"rest", &Reader::read_rest},
            {"keep_whole", &Reader::read_keep_whole},
            {"lines", &Reader::read_lines},
            {"messages", &Reader::read_messages},
            {"include", &Reader::read_include},
            {"derive", &Reader::read_derive},
            {"samples", &Reader::read_samples},
        };
        for (const Key& key : kKeys) {
            if (const YamlNode* node = top.find(key.name)) {
                (this->*key.handler)(*node);
            }
        }
        if (spec_->format == Format::Lines && top.find("lines") == nullptr) {
            problem(top, "format lines needs at least one pattern under 'lines'");
        }
    }

    void require(const YamlNode& top, std::string_view key, std::string& out)
    {
        const YamlNode* node = top.find(key);
        if (node == nullptr) {
            problem(top, "the key '" + std::string(key) + "' is missing");
            return;
        }
        text(*node, out);
        if (out.empty()) {
            problem(*node, "the key '" + std::string(key) + "' is empty");
        }
    }

    void read_title_id(const YamlNode& node) { text(node, spec_->info.title_id); }
    void read_rest(const YamlNode& node) { text(node, spec_->rest); }
    void read_include(const YamlNode& node) { texts(node, spec_->include); }
    void read_choosable(const YamlNode& node) { flag(node, spec_->choosable); }
    void read_keep_whole(const YamlNode& node) { flag(node, spec_->keep_whole); }

    void flag(const YamlNode& node, bool& out)
    {
        const auto value = node.as_bool();
        if (!value) {
            problem(node, "expected true or false, found " + base::quoted(node.text));
            return;
        }
        out = *value;
    }

    void read_rank(const YamlNode& node)
    {
        const auto value = node.as_integer();
        if (!value || *value < 0 || *value > 1000) {
            problem(node, "rank is a number from 0 to 1000");
            return;
        }
        spec_->rank = static_cast<int>(*value);
    }

    void read_format(const YamlNode& node)
    {
        struct Word {
            std::string_view word;
            Format format;
        };
        constexpr Word kWords[] = {{"access_log", Format::AccessLog},
                                   {"syslog", Format::Syslog},
                                   {"json", Format::Json},
                                   {"lines", Format::Lines},
                                   {"text", Format::Text}};
        const auto found = std::ranges::find(kWords, node.text, &Word::word);
        if (found == std::end(kWords)) {
            problem(node, base::quoted(node.text) + " is not a format",
                    "use access_log, syslog, json, lines or text");
            return;
        }
        spec_->format = found->format;
    }

    void read_recognise(const YamlNode& node)
    {
        only(node, {"programs", "fields"});
        if (const YamlNode* programs = node.find("programs")) {
            texts(*programs, spec_->recognise.programs);
        }
        if (const YamlNode* fields = node.find("fields")) {
            for (const YamlNode& item : fields->items) {
                spec_->recognise.fields.emplace_back();
                texts(item, spec_->recognise.fields.back());
            }
        }
    }

    void read_time(const YamlNode& node)
    {
        only(node, {"from", "utc", "formats"});
        if (const YamlNode* utc = node.find("utc")) {
            texts(*utc, spec_->utc_fields);
        }
        if (const YamlNode* from = node.find("from")) {
            texts(*from, spec_->time_fields);
        }
        if (const YamlNode* formats = node.find("formats")) {
            std::vector<std::string> words;
            texts(*formats, words);
            for (const std::string& word : words) {
                auto format = TimeFormat::compile(word);
                if (!format) {
                    problem(*formats, format.error().message);
                    continue;
                }
                spec_->time_formats.push_back(std::move(*format));
            }
        }
    }

    void read_set(const YamlNode& node) { spec_->constants = constants(node, {}); }

    Constant constant(const std::string& name, const YamlNode& node)
    {
        Constant out{.name = name, .text = node.text};
        if (const auto number = node.as_integer()) {
            out.kind = model::Value::Kind::Integer;
            out.integer = *number;
            out.text = std::to_string(*number);
        } else if (const auto flag = node.as_bool()) {
            out.kind = model::Value::Kind::Bool;
            out.boolean = *flag;
            out.text = *flag ? "true" : "false";
        }
        return out;
    }

    /// The constants of `node`, with those of `outer` that it does not name.
    Constants constants(const YamlNode& node, const Constants& outer)
    {
        Constants out;
        if (!node.is_mapping()) {
            problem(node, "'set' is a mapping of field: value");
            return out;
        }
        for (const Constant& inherited : outer) {
            if (node.find(inherited.name) == nullptr) {
                out.push_back(inherited);
            }
        }
        for (const YamlEntry& entry : node.entries) {
            if (entry.value.is_null()) {
                continue; // takes an inherited value away
            }
            if (entry.value.is_scalar()) {
                out.push_back(constant(entry.key.text, entry.value));
            }
            for (const YamlNode& item : entry.value.items) {
                out.push_back(constant(entry.key.text, item));
            }
        }
        return out;
    }

    /// "source.ip" or {to: source.ip, type: ip, words: {…}}.
    std::optional<Target> target(const YamlNode& node)
    {
        if (node.is_scalar()) {
            return make_target(node.text, ValueType::Text);
        }
        only(node, {"to", "type", "words"});
        const YamlNode* to = node.find("to");
        if (to == nullptr || !to->is_scalar()) {
            problem(node, "expected 'to: field'");
            return std::nullopt;
        }
        ValueType type = ValueType::Text;
        if (const YamlNode* word = node.find("type")) {
            const auto parsed = parse_value_type(word->text);
            if (!parsed) {
                problem(*word, parsed.error().message);
                return std::nullopt;
            }
            type = *parsed;
        }
        Target out = make_target(to->text, type);
        if (const YamlNode* words = node.find("words")) {
            for (const YamlEntry& entry : words->entries) {
                out.words.emplace_back(entry.key.text, entry.value.text);
            }
        }
        return out;
    }

    void read_fields(const YamlNode& node)
    {
        for (const YamlEntry& entry : node.entries) {
            const std::string& name = entry.key.text;
            if (name.ends_with(".*")) {
                std::string to;
                text(entry.value, to);
                if (!to.ends_with(".*")) {
                    problem(entry.value, "'" + name + "' goes to a name that ends in '.*'");
                    continue;
                }
                const bool skips_one = name.ends_with(".*.*");
                spec_->branches.push_back(
                    {.from = name.substr(0, name.size() - (skips_one ? 3 : 1)),
                     .to = to.substr(0, to.size() - 1),
                     .skips_one = skips_one});
                continue;
            }
            auto& targets = spec_->fields[name];
            if (entry.value.is_scalar() && entry.value.text == "~") {
                continue; // nowhere: the field is left out
            }
            if (!entry.value.is_sequence()) {
                add_target(entry.value, targets);
            }
            for (const YamlNode& item : entry.value.items) {
                add_target(item, targets);
            }
        }
    }

    void add_target(const YamlNode& node, std::vector<Target>& targets)
    {
        if (auto one = target(node)) {
            targets.push_back(std::move(*one));
        }
    }

    std::optional<LinePattern> line_pattern(const YamlNode& node, const Constants& outer)
    {
        const YamlNode* text_node = node.is_scalar() ? &node : node.find("pattern");
        if (text_node == nullptr) {
            problem(node, "expected 'pattern: text with {fields}'");
            return std::nullopt;
        }
        auto pattern = Pattern::compile(text_node->text);
        if (!pattern) {
            problem(*text_node, pattern.error().message);
            return std::nullopt;
        }
        LinePattern out{.pattern = std::move(*pattern), .targets = {}, .constants = outer};
        if (node.is_mapping()) {
            only(node, {"pattern", "set"});
            if (const YamlNode* set = node.find("set")) {
                out.constants = constants(*set, outer);
            }
        }
        for (const Capture& capture : out.pattern.captures()) {
            const int index = static_cast<int>(out.targets.size());
            out.time_capture = capture.name == "time" ? index : out.time_capture;
            out.message_capture = capture.name == "_message" ? index : out.message_capture;
            const bool kept =
                capture.name != "_" && capture.name != "time" && capture.name != "_message";
            out.targets.push_back(make_target(kept ? capture.name : "", capture.type));
        }
        return out;
    }

    void patterns(const YamlNode& node, const Constants& outer, std::vector<LinePattern>& out)
    {
        if (!node.is_sequence()) {
            problem(node, "expected a list of patterns");
        }
        for (const YamlNode& item : node.items) {
            if (auto pattern = line_pattern(item, outer)) {
                out.push_back(std::move(*pattern));
            }
        }
    }

    void read_lines(const YamlNode& node) { patterns(node, spec_->constants, spec_->lines); }

    void read_messages(const YamlNode& node)
    {
        for (const YamlNode& item : node.items) {
            only(item, {"programs", "strip", "strip_end", "set", "patterns", "dataset", "decode_as",
                        "claims_all"});
            MessageGroup group;
            if (const YamlNode* programs = item.find("programs")) {
                texts(*programs, group.programs);
            }
            if (const YamlNode* strip = item.find("strip")) {
                texts(*strip, group.strip);
            }
            if (const YamlNode* strip_end = item.find("strip_end")) {
                texts(*strip_end, group.strip_end);
            }
            if (const YamlNode* decode_as = item.find("decode_as")) {
                texts(*decode_as, group.decode_as);
            }
            if (const YamlNode* dataset = item.find("dataset")) {
                text(*dataset, group.dataset);
            }
            if (const YamlNode* claims_all = item.find("claims_all")) {
                flag(*claims_all, group.claims_all);
            }
            const YamlNode* set = item.find("set");
            group.constants = set != nullptr ? constants(*set, spec_->constants) : spec_->constants;
            if (const YamlNode* list = item.find("patterns")) {
                patterns(*list, group.constants, group.patterns);
            }
            spec_->messages.push_back(std::move(group));
        }
    }

    void read_derive(const YamlNode& node)
    {
        for (const YamlNode& item : node.items) {
            only(item, {"to", "type", "words", "from", "when", "set"});
            Derivation derivation;
            if (item.find("to") != nullptr) {
                YamlNode target_part = item;
                std::erase_if(target_part.entries, [](const YamlEntry& entry) {
                    return entry.key.text == "from" || entry.key.text == "when" ||
                           entry.key.text == "set";
                });
                derivation.to = target(target_part);
                if (const YamlNode* from = item.find("from")) {
                    texts(*from, derivation.from);
                }
            }
            if (const YamlNode* when = item.find("when")) {
                for (const YamlEntry& entry : when->entries) {
                    derivation.when.push_back({.field = entry.key.text, .values = {}});
                    texts(entry.value, derivation.when.back().values);
                }
            }
            if (const YamlNode* set = item.find("set")) {
                derivation.constants = constants(*set, {});
            }
            spec_->derive.push_back(std::move(derivation));
        }
    }

    void read_samples(const YamlNode& node)
    {
        for (const YamlNode& item : node.items) {
            only(item, {"line", "expect"});
            SourceSpec::Sample sample{.line = {}, .at_line = item.line, .expect = {}};
            if (const YamlNode* line = item.find("line")) {
                text(*line, sample.line);
            }
            if (const YamlNode* expect = item.find("expect")) {
                for (const YamlEntry& entry : expect->entries) {
                    sample.expect.emplace_back(entry.key.text, entry.value.text);
                }
            }
            spec_->samples.push_back(std::move(sample));
        }
    }

    const SourceFile& file_;
    std::vector<Diagnostic>& diagnostics_;
    std::unique_ptr<SourceSpec> spec_;
    bool failed_ = false;
};

} // namespace

Target make_target(std::string name, ValueType type)
{
    Target target;
    target.name = std::move(name);
    target.type = type;
    constexpr std::string_view kAddress = ".address";
    const std::string_view stem =
        std::string_view(target.name).ends_with(kAddress)
            ? std::string_view(target.name).substr(0, target.name.size() - kAddress.size())
            : std::string_view(target.name);
    if (type == ValueType::Address || type == ValueType::Endpoint) {
        target.ip_name = std::string(stem) + ".ip";
        target.port_name = std::string(stem) + ".port";
    }
    return target;
}

std::unique_ptr<SourceSpec> read_source(const SourceFile& file,
                                        std::vector<Diagnostic>& diagnostics)
{
    auto spec = Reader(file, diagnostics).read();
    if (spec) {
        spec->plan = std::make_shared<const FieldPlan>(*spec);
    }
    return spec;
}

} // namespace tanggap::normalize::detail
