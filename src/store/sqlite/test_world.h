// A data folder that dies with its test, and alerts to put into it.
#pragma once

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "store/sqlite/sqlite_case_store.h"

namespace tanggap::store::sqlite {

class TestFolder {
public:
    TestFolder()
    {
        const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
        path_ = std::filesystem::temp_directory_path() /
                ("tanggap-" + std::to_string(::getpid()) + "-" + test->test_suite_name() + "-" +
                 std::string(test->name()));
        std::filesystem::remove_all(path_);
    }
    ~TestFolder() { std::filesystem::remove_all(path_); }
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

/// A store that must open.
inline std::unique_ptr<CaseStore> open_or_fail(const std::string& folder)
{
    auto store = open_sqlite(folder);
    EXPECT_TRUE(store) << store.error().message;
    return store ? std::move(*store) : nullptr;
}

inline model::Alert sample_alert(std::uint64_t number)
{
    model::Alert alert;
    alert.number = number;
    alert.id = base::make_uuid_v7(base::Time::from_seconds(1'700'000'000));
    alert.key = {.source = "203.0.113." + std::to_string(number % 250),
                 .technique = number % 2 == 0 ? "T1190" : "T1110",
                 .target = "site-" + std::to_string(number % 7) + ".example"};
    alert.title = number % 2 == 0 ? "SQL injection in a query" : "SSH brute force";
    alert.title_id = number % 2 == 0 ? "Penyisipan SQL" : "Tebak sandi SSH";
    alert.severity = static_cast<model::Level>(number % 5);
    alert.priority = static_cast<int>(number * 37 % 101);
    alert.first_seen = base::Time::from_seconds(1'700'000'000 + static_cast<std::int64_t>(number));
    alert.last_seen = alert.first_seen + std::chrono::seconds(number * 13 % 1000);
    alert.events = number * 3;
    alert.detections = number * 4;
    alert.outcomes.add(model::Outcome::Failed, number);
    alert.rules = {{.rule_id = number % 2 == 0 ? "rule-sql" : "rule-ssh",
                    .title = alert.title,
                    .title_id = alert.title_id,
                    .level = alert.severity,
                    .detections = number * 4}};
    alert.factors = {{.name = "severity", .value = "high", .factor = 0.75}};
    alert.first_reasons = {{.selection = "selection",
                            .field = "cs-user-agent",
                            .event_field = "user_agent.original",
                            .value = "a \"quoted\" \xff byte",
                            .pattern = "*sqlmap*"}};
    alert.sensor = "web-1";
    alert.source_country = "ID";
    alert.organisation = "Dinas " + std::to_string(number % 3);
    alert.asset_name = "Portal " + std::to_string(number % 7);
    alert.summary = "11 events";
    alert.confidence = 0.9;
    alert.created_at = alert.updated_at = alert.last_seen;
    return alert;
}

/// A commit of one journal entry with these alerts.
inline Commit commit_of(std::uint64_t sequence, std::vector<model::Alert> alerts)
{
    Commit commit;
    commit.cursor = sequence;
    commit.range = {.first = sequence, .last = sequence, .token = "token", .annotations = {}};
    commit.stored = 10;
    commit.alerts = std::move(alerts);
    for (const model::Alert& alert : commit.alerts) {
        commit.last_alert_number = std::max(commit.last_alert_number, alert.number);
    }
    return commit;
}

} // namespace tanggap::store::sqlite
