// What the shipped texts must keep to.
#include <gtest/gtest.h>
#include <sstream>

#include "generated/source_dir.h"
#include "portal/content_for_test.h"

namespace tanggap::portal {
namespace {

constexpr std::size_t kWordsMax = 20;

/// Sentences end at . ! ? before a blank or the end; "14.00" and ".go.id" do not end one.
std::vector<std::string> sentences_of(const std::string& text)
{
    std::vector<std::string> sentences(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool stop = text[i] == '.' || text[i] == '!' || text[i] == '?';
        const bool ends =
            stop && (i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\n');
        if (ends || text[i] == '\n') {
            sentences.emplace_back();
        } else {
            sentences.back() += text[i];
        }
    }
    return sentences;
}

std::size_t words_of(const std::string& sentence)
{
    std::istringstream in(sentence);
    std::size_t words = 0;
    for (std::string word; in >> word;) {
        ++words;
    }
    return words;
}

class Reader {
public:
    void read(const model::Words& both, const std::string& where)
    {
        for (const std::string& text : {both.id, both.en}) {
            for (const std::string& sentence : sentences_of(text)) {
                EXPECT_LE(words_of(sentence), kWordsMax) << where << ": " << sentence;
                ++sentences;
            }
        }
    }
    void read(const std::vector<model::Words>& list, const std::string& where)
    {
        for (const model::Words& both : list) {
            read(both, where);
        }
    }
    std::size_t sentences = 0;
};

void read_form(const service::ReportForm& form, Reader& reader)
{
    for (const service::FormStep& step : form.steps()) {
        reader.read({step.title, step.lead}, step.id);
        reader.read(step.points, step.id);
        for (const service::FormQuestion& question : step.questions) {
            reader.read({question.label, question.hint, question.missing, question.too_short,
                         question.too_long, question.wrong},
                        question.name);
            for (const service::FormOption& option : question.options) {
                reader.read({option.label, option.hint}, option.value);
                reader.read(option.first_steps, option.value);
            }
        }
    }
}

TEST(ContentTest, TextsForCitizensHaveAtMostTwentyWordsASentence)
{
    const auto site = Site::load(shipped_content());
    ASSERT_TRUE(site) << site.error().message;
    Reader reader;
    for (const auto& [key, both] : (*site)->texts.all()) {
        reader.read(both, key);
    }
    read_form((*site)->form, reader);
    for (const NoticeSection& section : (*site)->privacy) {
        reader.read(section.items, "privacy");
    }
    for (const Advisory& advisory : (*site)->advisories) {
        reader.read({advisory.title, advisory.summary}, advisory.id);
        reader.read(advisory.affected, advisory.id);
        reader.read(advisory.actions, advisory.id);
    }
    EXPECT_GT(reader.sentences, 500U);
}

TEST(ContentTest, EveryTextIsUsed)
{
    const std::vector<ContentFile> files = shipped_content();
    const Texts texts = Texts::load(files).value();
    std::string all;
    for (const ContentFile& file : files) {
        all += file.name.ends_with(".html") ? file.text : "";
    }
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(TANGGAP_SOURCE_DIR) + "/src/portal")) {
        if (entry.is_regular_file()) {
            std::ifstream in(entry.path());
            all += std::string{std::istreambuf_iterator<char>(in), {}};
        }
    }
    for (const auto& [key, both] : texts.all()) {
        // Texts of a family are named by their parts: status_*, level_*, home_do_*_text, *_next.
        const bool family = key.starts_with("status_") || key.starts_with("level_") ||
                            key.starts_with("home_do_") || key.starts_with("helped_") ||
                            key.ends_with("_next") || key.ends_with("_title");
        EXPECT_TRUE(family || all.find(key) != all.npos) << key;
    }
}

TEST(ContentTest, Rfc2350HasEveryHeadingOfTheStandard)
{
    const auto site = Site::load(shipped_content()).value();
    for (const char* const number :
         {"1",   "1.1", "1.2", "1.3",  "2",    "2.1",   "2.2",   "2.3",   "2.4", "2.5", "2.6",
          "2.7", "2.8", "2.9", "2.10", "2.11", "3",     "3.1",   "3.2",   "3.3", "3.4", "4",
          "4.1", "4.2", "4.3", "5",    "5.1",  "5.1.1", "5.1.2", "5.1.3", "5.2", "6",   "7"}) {
        EXPECT_NE(std::ranges::find(site->rfc2350, number, &Heading::number), site->rfc2350.end())
            << number;
    }
}

TEST(ContentTest, AWrongFileIsNamedWithItsPlace)
{
    const std::vector<std::pair<std::string, std::string>> cases{
        {"portal/texts.yaml", "lang: {id: id}\n"},
        {"portal/privacy.yaml", "sections: 1\n"},
        {"portal/rfc2350.yaml", "headings:\n  - {number: '1', title: {id: a}}\n"},
        {"forms/report.yaml", "steps:\n  - {id: 'A B', title: {id: a, en: b}}\n"},
        {"advisories/x.yaml", "id: IMB-1\ndate: gestern\nlevel: low\n"},
        {"advisories/x.yaml", "id: a b\ndate: '2026-01-01'\nlevel: low\n"},
        {"portal/templates/home.html", "<p>{{X}}</p>"},
    };
    for (const auto& [name, text] : cases) {
        std::vector<ContentFile> files = shipped_content();
        replace_file(files, name, text);
        const auto site = Site::load(files);
        ASSERT_FALSE(site) << name;
        EXPECT_NE(site.error().message.find(name), std::string::npos) << site.error().message;
    }
}

} // namespace
} // namespace tanggap::portal
