#include "portal/templates.h"

#include <algorithm>
#include <ctemplate/template.h>
#include <fmt/format.h>
#include <set>

#include "base/report_limits.h"
#include "base/text.h"
#include "codec/html.h"
#include "codec/yaml.h"

namespace tanggap::portal {
namespace {

constexpr std::string_view kPragma = "{{%AUTOESCAPE context=\"HTML\"}}";
constexpr std::string_view kFolder = "portal/templates/";
constexpr std::string_view kLayout = "layout.html";
constexpr std::string_view kNames = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

bool is_name(std::string_view text)
{
    return !text.empty() && text.find_first_not_of(kNames) == text.npos;
}

/// A tag between "{{" and "}}": a value, the begin or end of a section, a comment. Nothing else:
/// modifiers, run-time includes, other pragmas and other delimiters can all undo the escaping.
base::Status check_tag(std::string_view file, std::string_view tag)
{
    const bool comment = tag.starts_with('!');
    const bool section = tag.starts_with('#') || tag.starts_with('/');
    if (comment || is_name(section ? tag.substr(1) : tag)) {
        return {};
    }
    return base::invalid(fmt::format(
        "{}: found {}, expected a value {{{{NAME}}}}, a section {{{{#NAME}}}} {{{{/NAME}}}} or a "
        "comment; modifiers such as :none, includes and other delimiters are not taken",
        file, base::quoted("{{" + std::string(tag) + "}}")));
}

/// The text after the pragma, with every tag checked.
base::Result<std::string_view> checked(const ContentFile& file)
{
    std::string_view text = file.text;
    if (text.find("{{") != text.find(kPragma) || text.find(kPragma) == text.npos) {
        return base::invalid(fmt::format("{}: the first tag must be {}", file.name, kPragma));
    }
    text.remove_prefix(text.find(kPragma) + kPragma.size());
    for (std::size_t at = text.find("{{"); at != text.npos; at = text.find("{{", at)) {
        const std::size_t end = text.find("}}", at);
        if (end == text.npos) {
            return base::invalid(fmt::format("{}: a tag is not closed: {}", file.name,
                                             base::quoted(text.substr(at), 40)));
        }
        TRY_STATUS(check_tag(file.name, text.substr(at + 2, end - at - 2)));
        at = end + 2;
    }
    return text;
}

using Files = std::map<std::string, const ContentFile*, std::less<>>;

/// Writes [[key]] and [[INCLUDE file]] out; [[BODY]] is `body`.
class Composer {
public:
    Composer(const Files& files, const Texts& texts, model::Language language)
        : files_(files), texts_(texts), language_(language)
    {
    }

    base::Result<std::string> compose(const ContentFile& file, std::string_view body,
                                      std::size_t depth = 0)
    {
        if (depth > base::limits::kTemplateIncludesMax) {
            return base::invalid(file.name + ": files include each other without end");
        }
        TRY(std::string_view text, checked(file));
        std::string out;
        while (true) {
            const std::size_t at = text.find("[[");
            out += text.substr(0, at);
            if (at == text.npos) {
                return out;
            }
            const std::size_t end = text.find("]]", at);
            if (end == text.npos) {
                return base::invalid(file.name + ": [[ without ]]");
            }
            TRY_STATUS(write(file, text.substr(at + 2, end - at - 2), body, depth, out));
            text.remove_prefix(end + 2);
        }
    }

private:
    base::Status write(const ContentFile& file, std::string_view word, std::string_view body,
                       std::size_t depth, std::string& out)
    {
        constexpr std::string_view kInclude = "INCLUDE ";
        if (word == "BODY") {
            out += body;
            return {};
        }
        if (word.starts_with(kInclude)) {
            const auto found = files_.find(word.substr(kInclude.size()));
            if (found == files_.end()) {
                return base::invalid(
                    fmt::format("{}: no file {} to include", file.name, base::quoted(word)));
            }
            TRY(const std::string included, compose(*found->second, {}, depth + 1));
            out += included;
            return {};
        }
        if (!texts_.has(word)) {
            return base::invalid(fmt::format("{}: there is no text {} in portal/texts.yaml",
                                             file.name, base::quoted(word)));
        }
        codec::append_html_text(out, texts_.in(word, language_));
        return {};
    }

    const Files& files_;
    const Texts& texts_;
    model::Language language_;
};

base::Result<model::Words> read_words(const ContentFile& file, const codec::YamlEntry& entry)
{
    const codec::YamlNode* const id = entry.value.find("id");
    const codec::YamlNode* const en = entry.value.find("en");
    if (id == nullptr || en == nullptr || !id->is_scalar() || !en->is_scalar() ||
        id->text.empty() || en->text.empty()) {
        return base::invalid(fmt::format("{}:{}: {} needs a text for id and for en", file.name,
                                         entry.key.line, base::quoted(entry.key.text)));
    }
    return model::Words{.id = id->text, .en = en->text};
}

} // namespace

Values& Values::set(std::string_view name, std::string_view text)
{
    texts_.emplace_back(name, text);
    return *this;
}

Values& Values::add(std::string_view section)
{
    sections_.emplace_back(section, std::make_unique<Values>());
    return *sections_.back().second;
}

Values& Values::lines(std::string_view section, std::string_view text)
{
    while (true) {
        const std::size_t end = text.find('\n');
        Values& line = add(section);
        line.set("TEXT", text.substr(0, end));
        if (end == text.npos) {
            return *this;
        }
        line.show("MORE");
        text.remove_prefix(end + 1);
    }
}

base::Result<Texts> Texts::load(std::span<const ContentFile> files)
{
    Texts texts;
    for (const ContentFile& file : files) {
        if (file.name != "portal/texts.yaml") {
            continue;
        }
        const codec::YamlStream yaml = codec::parse_yaml(file.text);
        if (!yaml.problems.empty()) {
            return base::invalid(fmt::format("{}:{}: {}", file.name, yaml.problems[0].line,
                                             yaml.problems[0].message));
        }
        if (yaml.documents.size() != 1 || !yaml.documents[0].is_mapping()) {
            return base::invalid(file.name + " must hold one mapping of keys to id and en");
        }
        for (const codec::YamlEntry& entry : yaml.documents[0].entries) {
            TRY(texts.words_[entry.key.text], read_words(file, entry));
        }
    }
    return texts;
}

const model::Words& Texts::at(std::string_view key) const
{
    const auto found = words_.find(key);
    TANGGAP_ASSERT(found != words_.end());
    return found->second;
}

/// The cache of the library is thread-safe for expanding; a set never changes after load.
struct TemplateSet::Compiled {
    ctemplate::TemplateCache cache;
    std::set<std::string> names; ///< "id/home.html"
};

TemplateSet::TemplateSet(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
TemplateSet::TemplateSet(TemplateSet&&) noexcept = default;
TemplateSet& TemplateSet::operator=(TemplateSet&&) noexcept = default;
TemplateSet::~TemplateSet() = default;

base::Result<TemplateSet> TemplateSet::load(std::span<const ContentFile> files, const Texts& texts)
{
    Files by_name;
    for (const ContentFile& file : files) {
        if (file.name.starts_with(kFolder) && file.name.ends_with(".html")) {
            by_name[file.name.substr(kFolder.size())] = &file;
        }
    }
    const auto layout = by_name.find(kLayout);
    if (layout == by_name.end()) {
        return base::invalid("content holds no portal/templates/layout.html");
    }
    auto compiled = std::make_unique<Compiled>();
    for (const auto& [name, file] : by_name) {
        if (name == kLayout) {
            continue;
        }
        for (const auto language : {model::Language::Indonesian, model::Language::English}) {
            Composer composer(by_name, texts, language);
            TRY(const std::string body, composer.compose(*file, {}));
            TRY(const std::string page, composer.compose(*layout->second, body));
            const std::string key = std::string(model::code_of(language)) + "/" + name;
            if (!compiled->cache.StringToTemplateCache(key, std::string(kPragma) + page,
                                                       ctemplate::STRIP_BLANK_LINES)) {
                return base::invalid(
                    file->name + " does not compile: is every section closed where it was opened, "
                                 "and every attribute in quotes?");
            }
            compiled->names.insert(key);
        }
    }
    return TemplateSet(std::move(compiled));
}

namespace {

void fill(ctemplate::TemplateDictionary& dictionary, const auto& texts, const auto& sections,
          const auto& descend)
{
    for (const auto& [name, text] : texts) {
        dictionary.SetValue(name, text);
    }
    for (const auto& [name, values] : sections) {
        descend(*dictionary.AddSectionDictionary(name), *values);
    }
}

} // namespace

base::Result<std::string> TemplateSet::render(std::string_view name, model::Language language,
                                              const Values& values) const
{
    const std::string key = std::string(model::code_of(language)) + "/" + std::string(name);
    if (!compiled_->names.contains(key)) {
        return base::internal("there is no template " + key);
    }
    ctemplate::TemplateDictionary dictionary(key);
    const auto descend = [](ctemplate::TemplateDictionary& into, const Values& from,
                            const auto& again) -> void {
        const auto next = [&](ctemplate::TemplateDictionary& deeper, const Values& inner) {
            again(deeper, inner, again);
        };
        fill(into, from.texts_, from.sections_, next);
    };
    descend(dictionary, values, descend);
    std::string page;
    if (!compiled_->cache.ExpandWithData(key, ctemplate::STRIP_BLANK_LINES, &dictionary, nullptr,
                                         &page)) {
        return base::internal("the template " + key + " could not be filled in");
    }
    return page;
}

std::vector<std::string> TemplateSet::names() const
{
    std::vector<std::string> names;
    for (const std::string& key : compiled_->names) {
        if (key.starts_with("id/")) {
            names.push_back(key.substr(3));
        }
    }
    return names;
}

} // namespace tanggap::portal
