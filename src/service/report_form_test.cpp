#include "service/report_form.h"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "generated/source_dir.h"
#include "service/profile.h"
#include "service/report_marks.h"

namespace tanggap::service {
namespace {

ReportForm shipped_form()
{
    std::ifstream in(std::string(TANGGAP_SOURCE_DIR) + "/content/forms/report.yaml");
    const std::string yaml{std::istreambuf_iterator<char>(in), {}};
    auto form = ReportForm::load("forms/report.yaml", yaml);
    EXPECT_TRUE(form) << (form ? "" : form.error().message);
    return std::move(*form);
}

TEST(ReportFormTest, StepsFollowTheAnswers)
{
    const ReportForm form = shipped_form();
    const auto ids = [&](const Answers& answers) {
        std::string text;
        for (const FormStep* const step : form.steps_for(answers)) {
            text += step->id + " ";
        }
        return text;
    };
    EXPECT_EQ(ids({{"what", "fraud"}}), "apa uang di-mana cerita bukti identitas ");
    EXPECT_EQ(ids({{"what", "website"}, {"role", "agency"}, {"identity", "open"}}),
              "apa sebagai di-mana cerita dampak bukti identitas kontak ");
    EXPECT_EQ(ids({{"what", "impersonation"}, {"identity", "anonymous"}}),
              "apa di-mana cerita bukti identitas ");
}

TEST(ReportFormTest, WhatIsMissingShortLongOrMalformedIsSaid)
{
    const ReportForm form = shipped_form();
    const auto problems = [&](const Answers& answers) {
        std::string text;
        for (const FormProblem& problem : check_answers(form, answers)) {
            text += problem.question + " ";
        }
        return text;
    };
    const std::string story = "Dua puluh huruf atau lebih.";
    EXPECT_EQ(problems({}), "what story identity ");
    EXPECT_EQ(problems({{"what", "fraud"}, {"story", story}, {"identity", "anonymous"}}), "");
    EXPECT_EQ(problems({{"what", "none"}, {"story", "pendek"}, {"identity", "anonymous"}}),
              "what story ");
    const Answers open{{"what", "fraud"},    {"story", story},
                       {"identity", "open"}, {"email", "not an address"},
                       {"phone", "call me"}, {"name", std::string(121, 'x')}};
    EXPECT_EQ(problems(open), "name email phone ");
    // Letters are counted, not bytes.
    EXPECT_EQ(
        problems(
            {{"what", "fraud"}, {"story", std::string(19, 'a') + "é"}, {"identity", "anonymous"}}),
        "");
}

TEST(ReportFormTest, AnswersThatAreNotAskedAreLeftOut)
{
    const Answers answers{
        {"what", "fraud"}, {"identity", "anonymous"}, {"name", "Sari"}, {"_seen", "apa"}};
    EXPECT_EQ(asked_only(shipped_form(), answers),
              (Answers{{"what", "fraud"}, {"identity", "anonymous"}}));
}

TEST(ReportFormTest, AFileThatLacksSomethingIsNamedWithItsLine)
{
    for (const char* const yaml :
         {"steps: 1", "steps:\n  - {id: a, title: {id: x}}",
          "steps:\n  - {id: a, kind: odd, title: {id: x, en: y}}",
          "steps:\n  - id: a\n    title: {id: x, en: y}\n    fields: [{name: what, kind: choice, "
          "label: {id: x, en: y}}]",
          "steps:\n  - id: a\n    title: {id: x, en: y}\n    fields: [{name: story, label: {id: x, "
          "en: y}, missing: {id: x, en: y}}]"}) {
        const auto form = ReportForm::load("f.yaml", yaml);
        ASSERT_FALSE(form) << yaml;
        EXPECT_TRUE(form.error().message.starts_with("f.yaml")) << form.error().message;
    }
}

TEST(ReportMarksTest, LinksHostsPhonesAndAccountsInOneForm)
{
    const auto marks = marks_of(
        "Klik hxxps://pajak-kota[.]example/bayar atau WA +62 812-3456 7890, transfer ke "
        "rek 1234 5678 9012 a.n. X, telp 0812.3456.7890, surel a@kota.example, 203.0.113.9, "
        "harga 50000, abc0812345678901");
    const auto has = [&](std::string_view kind, std::string_view value) {
        return std::ranges::find(marks, store::ReportMark{std::string(kind), std::string(value)}) !=
               marks.end();
    };
    EXPECT_TRUE(has("url", "https://pajak-kota.example/bayar"));
    EXPECT_TRUE(has("host", "pajak-kota.example"));
    EXPECT_TRUE(has("phone", "081234567890"));
    EXPECT_TRUE(has("account", "123456789012"));
    EXPECT_TRUE(has("email", "a@kota.example"));
    EXPECT_TRUE(has("address", "203.0.113.9"));
    EXPECT_FALSE(has("account", "50000"));
    EXPECT_FALSE(has("phone", "0812345678901"));
    EXPECT_EQ(std::ranges::count(marks, store::ReportMark{"phone", "081234567890"}), 1);
    EXPECT_TRUE(marks_of(std::string(100'000, '9')).empty());
}

TEST(ProfileTest, AProfileComesBackWholeAndWrongOnesAreExplained)
{
    Profile profile = first_profile("Kota Contoh CSIRT");
    profile.domain = "csirt.kota.example";
    profile.mission = {.id = "Menjaga", .en = "Keeping"};
    EXPECT_EQ(read_profile(profile_json(profile)).value(), profile);
    const std::vector<std::pair<std::string, std::string>> cases{
        {"[]", "object"},
        {R"({"nonsense": 1})", "nonsense"},
        {R"({"team": 1})", "team"},
        {R"({"colour": "red"})", "colour"},
        {R"({"colour": "#12345g"})", "colour"},
        {R"({"time_zone": "CET"})", "time_zone"},
        {R"({"domain": "https://x/"})", "domain"},
        {R"({"languages": []})", "languages"},
        {R"({"languages": ["fr"]})", "languages"},
        {R"({"mission": "text"})", "mission"},
        {R"({"mission": {"de": "x"}})", "mission"},
        {R"({"pgp_key": "secret"})", "pgp_key"},
        {R"({"crest_png": "PHN2Zz4="})", "crest_png"},
        {"{\"team\": \"" + std::string(121, 'x') + "\"}", "121"},
    };
    for (const auto& [json, named] : cases) {
        const auto read = read_profile(json);
        ASSERT_FALSE(read) << json;
        EXPECT_NE(read.error().message.find(named), std::string::npos) << read.error().message;
    }
}

TEST(ProfileTest, ABrandsColoursCanAlwaysBeRead)
{
    EXPECT_NEAR(contrast("#000000", "#ffffff"), 21.0, 0.01);
    EXPECT_NEAR(contrast("#777777", "#ffffff"), 4.48, 0.01);
    for (const char* const seed :
         {"#0b5cad", "#ffffff", "#000000", "#ffff00", "#ff0000", "#808080", "#00ff88"}) {
        const BrandColours brand = brand_colours(seed);
        EXPECT_GE(contrast(brand.light, "#ffffff"), 4.5) << seed << " " << brand.light;
        EXPECT_GE(contrast(brand.light, "#f4f6f8"), 4.5) << seed << " " << brand.light;
        EXPECT_GE(contrast(brand.dark, "#14171a"), 4.5) << seed << " " << brand.dark;
        EXPECT_GE(contrast(brand.dark, "#1d2126"), 4.5) << seed << " " << brand.dark;
    }
    EXPECT_EQ(brand_colours("#0b5cad").light, "#0b5cad");
}

} // namespace
} // namespace tanggap::service
