#include "app/hunt.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace tanggap::app {
namespace {

constexpr std::string_view kRule = R"(title: Scanner
id: 10000000-0000-4000-a000-000000000001
name: scanner
author: Us
license: Apache-2.0
level: high
logsource: {category: webserver}
detection:
  tool:
    cs-user-agent|contains: sqlmap
  condition: tool
---
title: Scanner storm
id: 10000000-0000-4000-a000-000000000002
level: critical
correlation:
  type: event_count
  rules: [scanner]
  group-by: [c-ip]
  timespan: 1m
  condition: {gte: 2}
  generate: true
)";

constexpr std::string_view kLog =
    R"(192.0.2.1 - - [03/Oct/2026:07:05:09 +0000] "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0"
192.0.2.9 - - [03/Oct/2026:07:05:10 +0000] "GET /?id=1 HTTP/1.1" 200 5 "-" "sqlmap/1.7"
192.0.2.9 - - [03/Oct/2026:07:05:11 +0000] "GET /?id=2 HTTP/1.1" 200 5 "-" "sqlmap/1.7"
)";

/// A folder of its own with one log and one rule file.
class Hunted : public ::testing::Test {
protected:
    void SetUp() override
    {
        const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
        folder_ = std::filesystem::temp_directory_path() / (std::string("hunt_") + info->name());
        std::filesystem::create_directories(folder_);
        options_.files = {write("access.log", kLog)};
        options_.rules = {write("rule.yml", kRule)};
        auto content = load_content({.given = TANGGAP_SOURCE_DIR "/content", .data = {}});
        ASSERT_TRUE(content) << content.error().message;
        content_ = std::move(*content);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string write(const std::string& name, std::string_view text) const
    {
        std::ofstream(folder_ / name, std::ios::binary) << text;
        return (folder_ / name).string();
    }

    base::Result<HuntSummary> run()
    {
        out_.str({});
        errors_.str({});
        return hunt(options_, content_, out_, errors_);
    }

    std::filesystem::path folder_;
    HuntOptions options_;
    Content content_;
    std::ostringstream out_;
    std::ostringstream errors_;
};

TEST_F(Hunted, FindingsNameRuleFileRecordAndReason)
{
    const auto summary = run();
    ASSERT_TRUE(summary) << summary.error().message;
    EXPECT_EQ(summary->records, 3U);
    EXPECT_EQ(summary->events, 3U);
    EXPECT_EQ(summary->detections, 3U);

    std::istringstream lines(out_.str());
    std::vector<nlohmann::json> findings;
    for (std::string line; std::getline(lines, line);) {
        findings.push_back(nlohmann::json::parse(line));
    }
    ASSERT_EQ(findings.size(), 3U);
    EXPECT_EQ(findings[0]["rule"]["title"], "Scanner");
    EXPECT_EQ(findings[0]["rule"]["author"], "Us");
    EXPECT_EQ(findings[0]["record"], 2);
    EXPECT_EQ(findings[0]["file"], options_.files[0]);
    EXPECT_EQ(findings[0]["@timestamp"], "2026-10-03T07:05:10Z");
    EXPECT_EQ(findings[0]["reasons"][0]["event_field"], "user_agent.original");
    EXPECT_EQ(findings[0]["event"]["source"]["ip"], "192.0.2.9");
    EXPECT_EQ(findings[2]["rule"]["title"], "Scanner storm");
    EXPECT_EQ(findings[2]["correlation"]["events"], 2);
}

TEST_F(Hunted, TheTableShowsTheGravestRuleFirst)
{
    options_.form = HuntOptions::Form::Table;
    ASSERT_TRUE(run());
    const auto text = out_.str();
    EXPECT_TRUE(text.starts_with("critical")) << text;
    EXPECT_NE(text.find("user_agent.original = sqlmap/1.7"), std::string::npos) << text;
    EXPECT_NE(text.find("by Us, Apache-2.0"), std::string::npos) << text;
}

TEST_F(Hunted, ExitCodesSayWhatHappened)
{
    auto summary = run();
    ASSERT_TRUE(summary);
    EXPECT_EQ(exit_code_of(options_, *summary), 0);
    options_.fail_on = model::Level::High;
    EXPECT_EQ(exit_code_of(options_, *summary), 10);
    options_.files.push_back((folder_ / "nothing.log").string());
    summary = run();
    ASSERT_TRUE(summary);
    EXPECT_EQ(exit_code_of(options_, *summary), 8);
    EXPECT_NE(errors_.str().find("nothing.log"), std::string::npos);
}

TEST_F(Hunted, ABadRuleIsNamedAndTheRestHunts)
{
    options_.rules.push_back(write("bad.yml",
                                   "title: Bad\nlogsource: {category: webserver}\n"
                                   "detection:\n  s: {a|contians: x}\n  condition: s\n"));
    ASSERT_TRUE(run());
    EXPECT_NE(errors_.str().find("4:9: error: unknown modifier 'contians'"), std::string::npos)
        << errors_.str();
    options_.rules = {options_.rules.back()};
    EXPECT_FALSE(run());
}

TEST_F(Hunted, TheSummaryCanBeOneJsonObject)
{
    options_.summary_json = true;
    ASSERT_TRUE(run());
    // The summary is the last line, after what is wrong with rules and files.
    std::string line;
    std::string last;
    for (std::istringstream lines(errors_.str()); std::getline(lines, line);) {
        last = line;
    }
    const auto object = nlohmann::json::parse(last);
    EXPECT_EQ(object["records"], 3);
    EXPECT_EQ(object["detections"], 3);
}

} // namespace
} // namespace tanggap::app
