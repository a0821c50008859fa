#include "app/explain_rule.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace tanggap::app {
namespace {

constexpr std::string_view kRule = R"(title: Scanner
id: 10000000-0000-4000-a000-000000000001
logsource: {category: webserver}
detection:
  tool: {cs-user-agent|contains: sqlmap}
  ours: {c-ip|cidr: 192.0.2.0/24}
  condition: tool and not ours
)";
constexpr std::string_view kLog =
    R"(198.51.100.7 - - [03/Oct/2026:07:05:09 +0700] "GET / HTTP/1.1" 200 12 "-" "Mozilla/5.0"
198.51.100.8 - - [03/Oct/2026:07:05:10 +0700] "GET /?id=1 HTTP/1.1" 200 12 "-" "sqlmap/1.8"
)";

class ExplainRule : public ::testing::Test {
protected:
    void SetUp() override
    {
        const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
        folder_ = std::filesystem::temp_directory_path() / (std::string("explain_") + info->name());
        std::filesystem::create_directories(folder_);
        options_.rule = write("rule.yml", kRule);
        options_.event = write("access.log", kLog);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string write(const std::string& name, std::string_view text) const
    {
        std::ofstream(folder_ / name, std::ios::binary) << text;
        return (folder_ / name).string();
    }

    std::filesystem::path folder_;
    ExplainRuleOptions options_;
    std::string out_;
    std::string err_;
    cli::Console console_{.out = [this](std::string_view text) { out_ += text; },
                          .err = [this](std::string_view text) { err_ += text; }};
};

TEST_F(ExplainRule, ShowsTheFirstEventThatMatchesLineByLine)
{
    ASSERT_EQ(run_explain_rule(options_, console_), 0) << err_;
    EXPECT_TRUE(out_.starts_with("Scanner matches record 2 of ")) << out_;
    EXPECT_NE(out_.find("cs-user-agent|contains"), std::string::npos) << out_;
    EXPECT_NE(out_.find("found: sqlmap/1.8"), std::string::npos) << out_;
}

TEST_F(ExplainRule, ShowsTheRecordThatIsAskedFor)
{
    options_.record = 1;
    options_.json = true;
    ASSERT_EQ(run_explain_rule(options_, console_), 0) << err_;
    const auto told = nlohmann::json::parse(out_);
    EXPECT_EQ(told.at("record"), 1);
    EXPECT_EQ(told.at("matched"), false);
    EXPECT_FALSE(told.at("tree").at("children").empty());
}

TEST_F(ExplainRule, SaysWhatIsNotThere)
{
    options_.record = 9;
    EXPECT_EQ(run_explain_rule(options_, console_), 3);
    options_.record = 0;
    options_.event = "nowhere.log";
    EXPECT_EQ(run_explain_rule(options_, console_), 3);
    options_.rule = "no such rule";
    EXPECT_EQ(run_explain_rule(options_, console_), 3);
    options_.rule = write("bad.yml", "title: x\nlogsource: {category: webserver}\n"
                                     "detection: {a: {b|nosuch: c}, condition: a}\n");
    EXPECT_EQ(run_explain_rule(options_, console_), 6);
    EXPECT_NE(err_.find("nosuch"), std::string::npos) << err_;
}

} // namespace
} // namespace tanggap::app
