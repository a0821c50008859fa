#include "app/hunt.h"
#include "generated/source_dir.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
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
    EXPECT_NE(text.find("user_agent.original=sqlmap/1.7"), std::string::npos) << text;
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

std::vector<nlohmann::json> lines_of(const std::string& text)
{
    std::vector<nlohmann::json> out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        out.push_back(nlohmann::json::parse(line));
    }
    return out;
}

TEST_F(Hunted, TheOutputIsTheSameForAnyNumberOfThreads)
{
    std::string log;
    for (int i = 0; i < 30'000; ++i) {
        log += kLog;
    }
    const auto big = write("big.log", log);
    options_.files = {big, options_.files[0], big};
    options_.threads = 1;
    ASSERT_TRUE(run());
    const std::string one = out_.str();
    for (const std::size_t threads : {2U, 5U}) {
        options_.threads = threads;
        const auto summary = run();
        ASSERT_TRUE(summary);
        EXPECT_EQ(summary->records, 180'003U);
        EXPECT_TRUE(out_.str() == one) << threads << " threads";
    }
}

TEST_F(Hunted, FiltersChooseEventsAndFindings)
{
    const auto count = [this] {
        const auto summary = run();
        EXPECT_TRUE(summary);
        EXPECT_EQ(lines_of(out_.str()).size(), summary->detections);
        return summary->detections;
    };
    const auto all = options_;
    options_.filter.level = model::Level::Critical;
    EXPECT_EQ(count(), 1U);
    options_ = all;
    options_.filter.rules = {"STORM"};
    EXPECT_EQ(count(), 1U);
    options_ = all;
    options_.filter.excluded = {"10000000-0000-4000-A000-000000000001"};
    EXPECT_EQ(count(), 1U);
    options_ = all;
    options_.filter.tags = {"t1*"};
    EXPECT_EQ(count(), 0U);
    options_ = all;
    options_.filter.fields = {hunting::parse_field_test("source.ip=192.0.2.?").value()};
    EXPECT_EQ(count(), 3U);
    options_.filter.fields.push_back(hunting::parse_field_test("url.query=id=2").value());
    EXPECT_EQ(count(), 2U);
    options_ = all;
    options_.since = base::parse_rfc3339("2026-10-03T07:05:11Z").value();
    EXPECT_EQ(count(), 1U); // one line alone is no storm
    options_ = all;
    options_.until = base::parse_rfc3339("2026-10-03T07:05:11Z").value();
    EXPECT_EQ(count(), 1U);
    EXPECT_FALSE(hunting::parse_field_test("nothing").has_value());
}

TEST_F(Hunted, CsvAndTimelineHaveALineForEachFinding)
{
    options_.form = HuntOptions::Form::Csv;
    options_.files = {write(
        "evil.log",
        R"(192.0.2.9 - =cmd|x [03/Oct/2026:07:05:10 +0000] "GET / HTTP/1.1" 200 5 "-" "=sqlmap ""\x1b[31m")"
        "\n")};
    ASSERT_TRUE(run());
    EXPECT_TRUE(out_.str().starts_with("time,level,rule,")) << out_.str();
    EXPECT_EQ(std::ranges::count(out_.str(), '\n'), 2);
    EXPECT_NE(out_.str().find("\"'=cmd|x\""), std::string::npos) << out_.str();
    options_.form = HuntOptions::Form::Timeline;
    ASSERT_TRUE(run());
    EXPECT_TRUE(out_.str().starts_with("2026-10-03T07:05:10Z")) << out_.str();
    EXPECT_EQ(out_.str().find('\x1b'), std::string::npos);
}

TEST_F(Hunted, AFileOlderThanItsLogKeepsTheTimesOfTheLog)
{
    std::filesystem::last_write_time(options_.files[0],
                                     std::filesystem::file_time_type::clock::now() -
                                         std::chrono::hours(24 * 365 * 20));
    ASSERT_TRUE(run());
    EXPECT_EQ(lines_of(out_.str()).at(0)["@timestamp"], "2026-10-03T07:05:10Z");
}

TEST_F(Hunted, FoldersAndArchivesAreHuntedFileByFile)
{
    std::filesystem::create_directories(folder_ / "logs" / "deep");
    write("logs/b.log", kLog);
    write("logs/deep/a.log", kLog);
    const std::string tar = (folder_ / "logs.tar").string();
    ASSERT_EQ(std::system(("tar -C " + folder_.string() + " -cf " + tar + " logs").c_str()), 0);
    options_.files = {(folder_ / "logs").string(), tar};
    const auto summary = run();
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->files, 4U);
    EXPECT_EQ(summary->records, 12U);
    EXPECT_EQ(exit_code_of(options_, *summary), 0);
    const auto findings = lines_of(out_.str());
    EXPECT_EQ(findings.at(0)["file"], options_.files[0] + "/b.log");
    const std::string last = findings.back()["file"];
    EXPECT_TRUE(last.starts_with(tar + "/logs/")) << last;
    EXPECT_EQ(findings.back()["record"], 3);
}

TEST_F(Hunted, ClearedLogsAndHolesAreTold)
{
    const auto event = [](int code, int record, const char* time) {
        return fmt::format(
                   R"({{"EventID":{},"Channel":"Security","SourceName":"X","Hostname":"dc-1","RecordNumber":{},"@timestamp":"{}"}})",
                   code, record, time) +
               "\n";
    };
    std::string log;
    for (int i = 1; i <= 20; ++i) {
        log += event(4624, i, "2026-10-03T07:00:00Z");
    }
    log += event(1102, 30, "2026-10-03T08:00:00Z");
    log += event(4624, 31, "2026-10-03T07:30:00Z");
    options_.files = {write("security.jsonl", log)};
    auto summary = run();
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->detections, 0U);
    EXPECT_EQ(summary->tamper_signs, 3U);
    EXPECT_EQ(out_.str(), "");
    EXPECT_NE(errors_.str().find("3 signs of tampering"), std::string::npos);
    options_.tamper = true;
    ASSERT_TRUE(run());
    const auto signs = lines_of(out_.str());
    ASSERT_EQ(signs.size(), 3U);
    EXPECT_EQ(signs[0]["rule"]["title"], "An event log was cleared");
    EXPECT_EQ(signs[0]["record"], 21);
    EXPECT_NE(signs[1]["reasons"][0]["value"].get<std::string>().find("9 records are missing"),
              std::string::npos);
    EXPECT_EQ(signs[2]["record"], 22);
}

TEST_F(Hunted, IndicatorsAreFoundBesideRules)
{
    options_.indicators = {write("list.txt", "192.0.2.0/30 # net\nno value\n")};
    const auto summary = run();
    ASSERT_TRUE(summary) << summary.error().message;
    EXPECT_EQ(summary->detections, 4U);
    const auto finding = lines_of(out_.str()).at(0);
    EXPECT_EQ(finding["rule"]["title"], "Network of an indicator");
    EXPECT_EQ(finding["record"], 1);
    EXPECT_NE(finding["reasons"][0]["pattern"].get<std::string>().find("192.0.2.0/30"),
              std::string::npos);
    EXPECT_NE(errors_.str().find("1 indicators (list), 1 refused"), std::string::npos)
        << errors_.str();
}

TEST_F(Hunted, ThePageHoldsNoMarkupOfALog)
{
    options_.files = {write(
        "evil.log",
        R"(192.0.2.9 - </script><b> [03/Oct/2026:07:05:10 +0000] "GET /<img> HTTP/1.1" 200 5 "-" "sqlmap</script><script>alert(1)</script>")"
        "\n")};
    options_.html = (folder_ / "page.html").string();
    ASSERT_TRUE(run());
    std::ifstream in(options_.html);
    const std::string page{std::istreambuf_iterator<char>(in), {}};
    EXPECT_NE(page.find("\\u003cscript\\u003ealert(1)"), std::string::npos);
    EXPECT_EQ(page.find("<script>alert"), std::string::npos);
    EXPECT_NE(page.find("require-trusted-types-for 'script'"), std::string::npos);
}

} // namespace
} // namespace tanggap::app
