#include "portal/site.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.h"
#include "codec/yaml.h"

namespace tanggap::portal {
namespace {

using codec::YamlNode;

/// The last file of each name.
std::vector<ContentFile> last_of_each(std::span<const ContentFile> files)
{
    std::vector<ContentFile> last;
    for (const ContentFile& file : files) {
        const auto same = std::ranges::find(last, file.name, &ContentFile::name);
        if (same == last.end()) {
            last.push_back(file);
        } else {
            *same = file;
        }
    }
    return last;
}

/// One YAML document with the errors of its readers.
class Document {
public:
    static base::Result<Document> read(const ContentFile& file)
    {
        Document document(file.name);
        codec::YamlStream stream = codec::parse_yaml(file.text);
        if (!stream.problems.empty()) {
            return base::invalid(fmt::format("{}:{}: {}", file.name, stream.problems[0].line,
                                             stream.problems[0].message));
        }
        if (stream.documents.size() != 1 || !stream.documents[0].is_mapping()) {
            return base::invalid(file.name + ": expected one mapping");
        }
        document.top_ = std::move(stream.documents[0]);
        return document;
    }

    const YamlNode& top() const { return top_; }

    std::unexpected<base::Error> wrong(const YamlNode& at, std::string_view message) const
    {
        return base::invalid(fmt::format("{}:{}: {}", name_, at.line, message));
    }

    base::Result<const YamlNode*> list(std::string_view key) const
    {
        const YamlNode* const node = top_.find(key);
        if (node == nullptr || !node->is_sequence()) {
            return wrong(top_, fmt::format("expected a list `{}`", key));
        }
        return node;
    }

    base::Result<model::Words> words(const YamlNode& node) const
    {
        const YamlNode* const id = node.find("id");
        const YamlNode* const en = node.find("en");
        if (id == nullptr || en == nullptr || id->text.empty() || en->text.empty()) {
            return wrong(node, "a text needs both languages: {id: …, en: …}");
        }
        return model::Words{.id = id->text, .en = en->text};
    }

    base::Result<model::Words> words(const YamlNode& in, std::string_view key) const
    {
        const YamlNode* const node = in.find(key);
        if (node == nullptr) {
            return wrong(in, fmt::format("`{}` is missing", key));
        }
        return words(*node);
    }

    base::Result<std::vector<model::Words>> list_of_words(const YamlNode& in,
                                                          std::string_view key) const
    {
        std::vector<model::Words> list;
        if (const YamlNode* const node = in.find(key)) {
            for (const YamlNode& item : node->items) {
                TRY(list.emplace_back(), words(item));
            }
        }
        return list;
    }

    static std::string text(const YamlNode& in, std::string_view key)
    {
        const YamlNode* const node = in.find(key);
        return node == nullptr ? std::string() : node->text;
    }

private:
    explicit Document(std::string name) : name_(std::move(name)) {}
    std::string name_;
    YamlNode top_;
};

base::Result<std::vector<Heading>> read_headings(const Document& document)
{
    std::vector<Heading> headings;
    TRY(const YamlNode* list, document.list("headings"));
    for (const YamlNode& node : list->items) {
        Heading heading{.number = Document::text(node, "number"),
                        .title = {},
                        .from = Document::text(node, "from"),
                        .text = {}};
        TRY(heading.title, document.words(node, "title"));
        if (const YamlNode* const text = node.find("text")) {
            TRY(heading.text, document.words(*text));
        }
        if (heading.number.empty()) {
            return document.wrong(node, "a heading needs a `number`");
        }
        headings.push_back(std::move(heading));
    }
    return headings;
}

base::Result<std::vector<NoticeSection>> read_sections(const Document& document)
{
    std::vector<NoticeSection> sections;
    TRY(const YamlNode* list, document.list("sections"));
    for (const YamlNode& node : list->items) {
        NoticeSection section;
        TRY(section.heading, document.words(node, "heading"));
        TRY(section.items, document.list_of_words(node, "items"));
        sections.push_back(std::move(section));
    }
    return sections;
}

base::Result<Advisory> read_advisory(const Document& document)
{
    const YamlNode& top = document.top();
    Advisory advisory;
    advisory.id = Document::text(top, "id");
    advisory.level = Document::text(top, "level");
    const auto date = base::parse_rfc3339(Document::text(top, "date") + "T00:00:00Z");
    if (!date) {
        return document.wrong(top, "`date` must be a day as in \"2026-11-02\"");
    }
    advisory.date = *date;
    constexpr std::string_view kId = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    if (advisory.id.empty() || advisory.id.find_first_not_of(kId) != advisory.id.npos) {
        return document.wrong(top, "`id` must be of A-Z, 0-9 and -");
    }
    if (std::ranges::find(model::kAdvisoryLevels, advisory.level) == model::kAdvisoryLevels.end()) {
        return document.wrong(top, "`level` must be info, low, medium, high or critical");
    }
    TRY(advisory.title, document.words(top, "title"));
    TRY(advisory.summary, document.words(top, "summary"));
    TRY(advisory.affected, document.list_of_words(top, "affected"));
    TRY(advisory.actions, document.list_of_words(top, "actions"));
    if (const YamlNode* const sources = top.find("sources")) {
        for (const YamlNode& source : sources->items) {
            if (!source.text.starts_with("https://") && !source.text.starts_with("http://")) {
                return document.wrong(source, "a source must be an http or https address");
            }
            advisory.sources.push_back(source.text);
        }
    }
    return advisory;
}

base::Result<const ContentFile*> find_file(std::span<const ContentFile> files,
                                           std::string_view name)
{
    const auto found = std::ranges::find(files, name, &ContentFile::name);
    if (found == files.end()) {
        return base::invalid(fmt::format("content holds no {}", name));
    }
    return &*found;
}

base::Result<Document> read_file(std::span<const ContentFile> files, std::string_view name)
{
    TRY(const ContentFile* file, find_file(files, name));
    return Document::read(*file);
}

} // namespace

base::Result<std::shared_ptr<const Site>> Site::load(std::span<const ContentFile> files)
{
    const std::vector<ContentFile> last = last_of_each(files);
    TRY(Texts texts, Texts::load(last));
    TRY(TemplateSet templates, TemplateSet::load(last, texts));
    TRY(const ContentFile* form_file, find_file(last, "forms/report.yaml"));
    TRY(service::ReportForm form, service::ReportForm::load(form_file->name, form_file->text));
    TRY(const Document rfc2350, read_file(last, "portal/rfc2350.yaml"));
    TRY(std::vector<Heading> headings, read_headings(rfc2350));
    TRY(const Document privacy, read_file(last, "portal/privacy.yaml"));
    TRY(std::vector<NoticeSection> sections, read_sections(privacy));
    TRY(const ContentFile* style, find_file(last, "portal/templates/portal.css"));
    std::vector<Advisory> advisories;
    for (const ContentFile& file : last) {
        if (file.name.starts_with("advisories/")) {
            TRY(const Document document, Document::read(file));
            TRY(advisories.emplace_back(), read_advisory(document));
        }
    }
    std::ranges::sort(advisories, [](const Advisory& a, const Advisory& b) {
        return std::pair(b.date, a.id) < std::pair(a.date, b.id);
    });
    return std::make_shared<const Site>(Site{.texts = std::move(texts),
                                             .templates = std::move(templates),
                                             .form = std::move(form),
                                             .rfc2350 = std::move(headings),
                                             .privacy = std::move(sections),
                                             .advisories = std::move(advisories),
                                             .style = style->text});
}

} // namespace tanggap::portal
