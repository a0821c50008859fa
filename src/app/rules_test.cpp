#include "app/rules.h"

#include "app/rule_coverage.h"
#include "app/rule_tests.h"

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

constexpr std::string_view kHit =
    R"(192.0.2.7 - - [03/Oct/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "sqlmap/1.7")";
constexpr std::string_view kMiss =
    R"(192.0.2.7 - - [03/Oct/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8")";

std::string samples(std::string_view match, std::string_view near_miss)
{
    std::string out = "rule: 10000000-0000-4000-a000-000000000001\n";
    for (const auto& [list, line] :
         {std::pair("match", match), std::pair("near_miss", near_miss)}) {
        out += std::string(list) + ":\n  - source: apache_access\n    line: '" + std::string(line) +
               "'\n";
    }
    return out;
}

TEST_F(RuleFiles, SamplesAreTriedAndExitSixWhereOneFails)
{
    const RuleTestsOptions test{.paths = {path("set")}};
    EXPECT_EQ(run_rule_tests(test, console_), 3) << "there are none";
    write("set/web/good.samples.yaml", samples(kHit, kMiss));
    EXPECT_EQ(run_rule_tests(test, console_), 0) << out_ << err_;
    EXPECT_NE(err_.find("2 samples of 1 rules, 0 failed; 0 rules without"), std::string::npos)
        << err_;
    EXPECT_EQ(run_rule_tests({.paths = {path("set/web/good.yml")}}, console_), 0) << err_;
    write("set/web/good.samples.yaml", samples(kMiss, kHit));
    EXPECT_EQ(run_rule_tests(test, console_), 6);
    EXPECT_NE(out_.find("does not match, and must"), std::string::npos) << out_;
    EXPECT_NE(out_.find("matches, and must not"), std::string::npos) << out_;
    write("set/web/good.samples.yaml", samples(kHit, "no access log"));
    EXPECT_EQ(run_rule_tests(test, console_), 6);
    EXPECT_NE(out_.find("line 1 is no event of apache_access"), std::string::npos) << out_;
    write("set/web/good.samples.yaml", "rule: [");
    EXPECT_EQ(run_rule_tests(test, console_), 6);
}

TEST_F(RuleFiles, CoverageNamesRulesThatCanNeverFireAndWhy)
{
    write("set/other.yml", "title: Elsewhere\nid: 10000000-0000-4000-a000-000000000002\n"
                           "logsource: {category: process_creation, product: windows}\n"
                           "detection: {s: {Image: x}, condition: s}\n");
    const std::string log = write("logs/access.log", std::string(kHit) + "\n");
    // What links lead to may be gone; that hinders nothing else.
    std::filesystem::create_symlink("nowhere", path("logs/gone.log"));
    std::filesystem::create_symlink("nowhere", path("set/gone.yml"));
    EXPECT_EQ(run_rule_coverage({.logs = {path("logs")}, .rules = {path("set")}}, console_), 0)
        << err_;
    EXPECT_NE(out_.find("Elsewhere: no event is of "), std::string::npos) << out_;
    EXPECT_EQ(out_.find("Scanner: "), std::string::npos) << out_;
    EXPECT_NE(err_.find("1 of 2 rules can fire"), std::string::npos) << err_;
    out_.clear();
    EXPECT_EQ(run_rule_coverage({.logs = {path("logs")}, .rules = {path("set")}, .jsonl = true},
                                console_),
              0);
    const auto first = nlohmann::json::parse(out_.substr(0, out_.find('\n')));
    EXPECT_EQ(first["gap"], "events");
    EXPECT_EQ(first["can_fire"], false);
    EXPECT_EQ(run_rule_coverage({.logs = {path("nowhere")}}, console_), 3);
}

} // namespace
} // namespace tanggap::app
