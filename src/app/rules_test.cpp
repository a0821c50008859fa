#include "app/rules.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace tanggap::app {
namespace {

constexpr std::string_view kGood = R"(title: Scanner
id: 10000000-0000-4000-a000-000000000001
author: Somebody Else
license: DRL-1.1
level: high
logsource: {category: webserver}
detection: {tool: {cs-user-agent|contains: sqlmap}, condition: tool}
)";

class RuleFiles : public ::testing::Test {
protected:
    void SetUp() override
    {
        const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
        folder_ = std::filesystem::temp_directory_path() / (std::string("rules_") + info->name());
        std::filesystem::remove_all(folder_);
        write("set/web/good.yml", kGood);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string write(const std::string& name, std::string_view text) const
    {
        std::filesystem::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name, std::ios::binary) << text;
        return (folder_ / name).string();
    }
    std::string path(const std::string& name) const { return (folder_ / name).string(); }
    int import() { return run_rules_import(import_, console_); }

    std::filesystem::path folder_;
    std::string out_;
    std::string err_;
    cli::Console console_{.out = [this](std::string_view text) { out_ += text; },
                          .err = [this](std::string_view text) { err_ += text; }};
    RulesImportOptions import_{};
};

TEST_F(RuleFiles, CheckNamesEveryErrorWithItsPlaceAndExitsSix)
{
    EXPECT_EQ(run_rules_check({.paths = {path("set")}}, console_), 0) << err_;
    write("set/broken.yml", "title: [\n");
    write("set/wrong.yml",
          "title: x\nlogsource: {category: webserver}\ndetection: {a: {b|nosuch: c}, "
          "condition: a}\n");
    EXPECT_EQ(run_rules_check({.paths = {path("set")}}, console_), 6);
    EXPECT_NE(err_.find("broken.yml:"), std::string::npos) << err_;
    EXPECT_NE(err_.find("nosuch"), std::string::npos) << err_;
    EXPECT_EQ(run_rules_check({.paths = {path("nowhere")}}, console_), 3);
}

TEST_F(RuleFiles, OurOwnRulesAreRight)
{
    EXPECT_EQ(run_rules_check({}, console_), 0) << err_;
}

TEST_F(RuleFiles, AnImportedSetIsLoadedWithItsAuthorAndLicence)
{
    import_ = {.from = path("set"), .data = path("data")};
    EXPECT_EQ(import(), 0) << err_;
    EXPECT_TRUE(std::filesystem::exists(path("data/content/rules/web/good.yml")));
    RulesOptions list{.folders = {.given = {}, .data = path("data")}};
    out_.clear();
    EXPECT_EQ(run_rules_list(list, console_), 0);
    const auto line = out_.find("10000000-0000-4000-a000-000000000001");
    ASSERT_NE(line, std::string::npos);
    const auto begin = out_.rfind('\n', line) + 1;
    const auto rule = nlohmann::json::parse(out_.substr(begin, out_.find('\n', line) - begin));
    EXPECT_EQ(rule["author"], "Somebody Else");
    EXPECT_EQ(rule["license"], "DRL-1.1");
    EXPECT_EQ(rule["overriding"], true);
    EXPECT_EQ(import(), 0); // Again: nothing to do.
    EXPECT_NE(out_.find("1 already there"), std::string::npos) << out_;
}

TEST_F(RuleFiles, WhatHasErrorsStaysOutAndNothingIsWrittenOver)
{
    write("set/broken.yml", "title: [\n");
    import_ = {.from = path("set"), .data = path("data"), .dry_run = true};
    EXPECT_EQ(import(), 8);
    EXPECT_FALSE(std::filesystem::exists(path("data/content")));
    import_.dry_run = false;
    EXPECT_EQ(import(), 8);
    EXPECT_FALSE(std::filesystem::exists(path("data/content/rules/broken.yml")));
    write("data/content/rules/web/good.yml", std::string(kGood) + "# mine\n");
    EXPECT_EQ(import(), 5);
    import_.replace = true;
    EXPECT_EQ(import(), 8);
    std::filesystem::remove(path("set/web/good.yml"));
    EXPECT_EQ(import(), 6);
    EXPECT_EQ((import_.from = path("nowhere"), import()), 3);
}

} // namespace
} // namespace tanggap::app
