#include "portal/templates.h"

#include <gtest/gtest.h>
#include <set>

#include "portal/content_for_test.h"
#include "portal/hostile_for_test.h"

namespace tanggap::portal {
namespace {

constexpr std::string_view kPragma = "{{%AUTOESCAPE context=\"HTML\"}}";

base::Result<TemplateSet> load_with(std::string_view page)
{
    const std::vector<ContentFile> files{
        {"portal/texts.yaml", "lang: {id: id, en: en}\nhello: {id: 'Halo <b>', en: Hello}\n"},
        {"portal/templates/layout.html",
         std::string(kPragma) + "<html lang=\"[[lang]]\">[[BODY]]</html>"},
        {"portal/templates/page.html", std::string(page)},
    };
    auto texts = Texts::load(files);
    EXPECT_TRUE(texts);
    return TemplateSet::load(files, *texts);
}

TEST(TemplatesTest, AFileMustBeginByAskingForEscaping)
{
    EXPECT_TRUE(load_with(std::string(kPragma) + "<p>{{X}}</p>"));
    for (const std::string_view page :
         {"<p>{{X}}</p>", "<p>no tag at all</p>", "{{X}}{{%AUTOESCAPE context=\"HTML\"}}",
          "{{! comment }}{{%AUTOESCAPE context=\"HTML\"}}<p>",
          "{{%AUTOESCAPE context=\"JAVASCRIPT\"}}<p>", "{{%AUTOESCAPE context=\"MANUAL\"}}<p>"}) {
        const auto set = load_with(page);
        ASSERT_FALSE(set) << page;
        EXPECT_NE(set.error().message.find("the first tag must be"), std::string::npos) << page;
    }
}

TEST(TemplatesTest, WhatUndoesEscapingIsRefused)
{
    for (const std::string_view tag :
         {"{{X:none}}", "{{X:raw}}", "{{X:h}}", "{{X:html_escape}}", "{{X:x-own}}", "{{=<% %>=}}",
          "{{>OTHER}}", "{{%AUTOESCAPE context=\"MANUAL\"}}", "{{ X }}", "{{x}}", "{{X", "{{}}"}) {
        const auto set = load_with(std::string(kPragma) + "<p>" + std::string(tag) + "</p>");
        EXPECT_FALSE(set) << tag;
    }
}

TEST(TemplatesTest, ATextOrFileThatIsNotThereIsNamed)
{
    const auto text = load_with(std::string(kPragma) + "<p>[[no_such]]</p>");
    ASSERT_FALSE(text);
    EXPECT_NE(text.error().message.find("no_such"), std::string::npos);
    EXPECT_FALSE(load_with(std::string(kPragma) + "[[INCLUDE nowhere.html]]"));
    EXPECT_FALSE(load_with(std::string(kPragma) + "[[INCLUDE page.html]]")); // itself, without end
    EXPECT_FALSE(load_with(std::string(kPragma) + "{{#OPEN}}<p>"));
}

TEST(TemplatesTest, TextsAreEscapedAndValuesByTheirPlace)
{
    const auto set = load_with(std::string(kPragma) +
                               "<p>[[hello]]</p><a href=\"{{HREF}}\" title=\"{{X}}\">{{X}}</a>");
    ASSERT_TRUE(set);
    Values values;
    values.set("X", "<b>\"'").set("HREF", "javascript:alert(1)");
    const std::string page = set->render("page.html", model::Language::Indonesian, values).value();
    EXPECT_NE(page.find("<p>Halo &lt;b&gt;</p>"), std::string::npos) << page;
    EXPECT_EQ(page.find("javascript"), std::string::npos) << page;
    EXPECT_NE(page.find("&lt;b&gt;&quot;&#39;"), std::string::npos) << page;
    EXPECT_FALSE(set->render("other.html", model::Language::English, values));
}

TEST(TemplatesTest, LinesOfATypedTextComeBack)
{
    const auto set = load_with(std::string(kPragma) +
                               "<textarea>\n{{#L}}{{TEXT}}{{#MORE}}\n{{/MORE}}{{/L}}</textarea>");
    ASSERT_TRUE(set);
    Values values;
    values.lines("L", "one\n\n<two>");
    const std::string page = set->render("page.html", model::Language::English, values).value();
    EXPECT_NE(page.find("<textarea>\none\n\n&lt;two&gt;</textarea>"), std::string::npos) << page;
}

// --- every shipped template with hostile values in every place ---------------------------------

/// The names of a template's values and sections, all of one level: sections see what is around.
struct Names {
    std::set<std::string> values;
    std::set<std::string> sections;
};

Names names_in(std::span<const ContentFile> files)
{
    Names names;
    for (const ContentFile& file : files) {
        for (std::size_t at = file.text.find("{{"); at != std::string::npos;
             at = file.text.find("{{", at + 2)) {
            const std::string tag = file.text.substr(at + 2, file.text.find("}}", at) - at - 2);
            if (tag.starts_with('#')) {
                names.sections.insert(tag.substr(1));
            } else if (!tag.starts_with('%') && !tag.starts_with('/') && !tag.starts_with('!')) {
                names.values.insert(tag);
            }
        }
    }
    return names;
}

Values everything(const Names& names, std::string_view text)
{
    Values values;
    for (const std::string& name : names.values) {
        values.set(name, text);
    }
    for (const std::string& name : names.sections) {
        values.show(name);
    }
    return values;
}

/// The tags of a page with their attributes' names: what markup a browser would see. Enough of the
/// HTML standard's tokenizer for pages of ours: quoted attributes, comments, raw text.
class Markup {
public:
    explicit Markup(std::string_view page) : rest_(page)
    {
        while (!rest_.empty()) {
            next();
        }
    }
    std::vector<std::string> tags;
    std::vector<std::string> addresses; ///< of href, src, action

private:
    void next()
    {
        const std::size_t at = rest_.find('<');
        if (at == rest_.npos) {
            rest_ = {};
            return;
        }
        rest_.remove_prefix(at);
        if (rest_.starts_with("<!--")) {
            tags.emplace_back("comment");
            skip_past("-->");
            return;
        }
        const bool tag =
            rest_.size() > 1 && (std::isalpha(static_cast<unsigned char>(rest_[1])) != 0 ||
                                 rest_[1] == '/' || rest_[1] == '!');
        rest_.remove_prefix(1);
        if (tag) {
            read_tag();
        }
    }

    void read_tag()
    {
        const std::size_t name_end = rest_.find_first_of(" \t\n\f>", 1);
        std::string name(rest_.substr(0, name_end));
        std::string described = name;
        rest_.remove_prefix(std::min(name_end, rest_.size()));
        while (!rest_.empty() && rest_.front() != '>') {
            read_attribute(described);
        }
        rest_.remove_prefix(std::min<std::size_t>(1, rest_.size()));
        tags.push_back(described);
        if (name == "textarea" || name == "title") { // only their own end tag is markup inside
            const std::size_t end = rest_.find("</" + name);
            rest_.remove_prefix(std::min(end, rest_.size()));
        }
    }

    void read_attribute(std::string& described)
    {
        if (std::isspace(static_cast<unsigned char>(rest_.front())) != 0 || rest_.front() == '/') {
            rest_.remove_prefix(1);
            return;
        }
        const std::size_t name_end = std::min(rest_.find_first_of("= \t\n\f>/", 1), rest_.size());
        const std::string name(rest_.substr(0, name_end));
        described += " " + name;
        rest_.remove_prefix(name_end);
        if (rest_.empty() || rest_.front() != '=') {
            return;
        }
        rest_.remove_prefix(1);
        const char quote = rest_.empty() ? '\0' : rest_.front();
        const bool quoted = quote == '"' || quote == '\'';
        rest_.remove_prefix(quoted ? 1 : 0);
        const std::size_t end =
            std::min(quoted ? rest_.find(quote) : rest_.find_first_of(" \t\n\f>"), rest_.size());
        if (name == "href" || name == "src" || name == "action") {
            addresses.emplace_back(rest_.substr(0, end));
        }
        rest_.remove_prefix(std::min(end + (quoted ? 1 : 0), rest_.size()));
    }

    void skip_past(std::string_view end)
    {
        const std::size_t at = rest_.find(end);
        rest_.remove_prefix(at == rest_.npos ? rest_.size() : at + end.size());
    }

    std::string_view rest_;
};

TEST(TemplatesTest, TwoHundredHostileTextsInEveryPlaceOfEveryTemplateAddNoMarkup)
{
    const std::vector<ContentFile> files = shipped_content();
    const Texts texts = Texts::load(files).value();
    const auto set = TemplateSet::load(files, texts);
    ASSERT_TRUE(set) << set.error().message;
    const Names names = names_in(files);
    const std::vector<std::string> hostile = hostile_texts();
    ASSERT_GE(hostile.size(), 200U);
    ASSERT_GE(set->names().size(), 13U);
    for (const std::string& name : set->names()) {
        const Markup expected(
            set->render(name, model::Language::Indonesian, everything(names, "x")).value());
        ASSERT_FALSE(expected.tags.empty());
        for (const std::string& text : hostile) {
            const std::string page =
                set->render(name, model::Language::Indonesian, everything(names, text)).value();
            const Markup found(page);
            ASSERT_EQ(found.tags, expected.tags) << name << " with " << text << "\n" << page;
            for (const std::string& address : found.addresses) {
                // Relative, http(s), or a scheme that our own template wrote.
                const bool ours = address.starts_with('#') || address.starts_with('/') ||
                                  address.starts_with("http") || address.starts_with("tel:") ||
                                  address.starts_with("mailto:") || address == "data:,";
                const std::size_t colon = address.find(':');
                const bool scheme = colon < address.find('/') && colon < address.find('%');
                ASSERT_TRUE(ours || !scheme) << name << ": " << address << " with " << text;
            }
        }
    }
}

} // namespace
} // namespace tanggap::portal
