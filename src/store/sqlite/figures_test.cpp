// The counts that are kept with alerts are those of the alerts, whatever happens to them.
#include <random>

#include "store/alert_state.h"
#include "store/figures.h"
#include "store/protection.h"
#include "store/sqlite/database.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/test_world.h"

namespace tanggap::store::sqlite {
namespace {

constexpr base::Time kNow = base::Time::from_seconds(1'700'200'000);
constexpr std::int64_t kDaySeconds = 86'400;

class KeptCounts : public testing::Test {
protected:
    std::uint64_t below(std::uint64_t end) { return random_() % end; }
    template <std::size_t N>
    std::string one_of(const std::array<const char*, N>& words)
    {
        return words.at(below(N));
    }

    /// Whatever may differ between two commits of one alert differs by chance.
    model::Alert some_alert(std::uint64_t number)
    {
        constexpr std::array kSources{"203.0.113.7",       "198.51.100.9", "0.0.0.0",
                                      "2001:db8:1:2::/64", "root@vpn-1",   "a\"b'c"};
        constexpr std::array kTargets{"web-1", "web-2", "", "ID", "3"};
        constexpr std::array kOrganisations{"Bapenda", "Dinas Kesehatan", "", "ID"};
        if (ids_.size() < number) {
            ids_.push_back(base::make_uuid_v7(kNow));
            keys_.push_back({.source = one_of(kSources),
                             .technique = one_of(std::array{"T1110", "T1190", "rule-1", "3"}),
                             .target = one_of(kTargets)});
        }
        model::Alert alert = sample_alert(number);
        alert.id = ids_.at(number - 1);
        alert.key = keys_.at(number - 1);
        alert.severity = static_cast<model::Level>(below(5));
        alert.outcomes = {};
        alert.outcomes.add(static_cast<model::Outcome>(below(4)), 1);
        alert.detections = below(50);
        // Twelve days, often at the very border of an hour.
        alert.first_seen = base::Time::from_seconds(1'699'000'000 / kDaySeconds * kDaySeconds +
                                                    static_cast<std::int64_t>(below(288)) * 3600);
        alert.first_seen.ns -= below(3) == 0 ? 1 : 0;
        alert.source_country = one_of(std::array{"ID", "US", ""});
        alert.organisation = one_of(kOrganisations);
        return alert;
    }
    void commit_some(std::uint64_t new_ones)
    {
        std::vector<model::Alert> alerts;
        const std::uint64_t known = ids_.size();
        for (std::uint64_t i = 0; i < new_ones; ++i) {
            alerts.push_back(some_alert(known + 1 + i));
        }
        for (std::uint64_t number = 1; number <= known; number += 1 + below(20)) {
            alerts.push_back(some_alert(number)); // Grew, and is another now.
        }
        const auto done = store_->commit(commit_of(++sequence_, std::move(alerts)));
        ASSERT_TRUE(done) << done.error().message;
    }
    /// People close, merge and reopen some; one is for named persons only.
    void decide_some()
    {
        const Command command{.actor = {.kind = ActorKind::User, .id = "u-1", .name = "rina"},
                              .now = kNow};
        const auto done = store_->change(command, [&](Change& change) -> base::Status {
            for (int i = 0; i < 20; ++i) {
                const std::uint64_t number = 1 + below(ids_.size());
                constexpr std::array kStates{model::AlertStatus::New, model::AlertStatus::Closed,
                                             model::AlertStatus::Merged,
                                             model::AlertStatus::Accepted};
                model::AlertState state{.status = kStates.at(below(kStates.size()))};
                if (state.status == model::AlertStatus::Closed) {
                    state.close_reason = one_of(std::array{"false_positive", "benign", "resolved",
                                                           "true_positive", "out_of_scope"});
                }
                TRY_STATUS(put_alert_state(change, number, state));
            }
            const ObjectRef hidden{.kind = "alert", .id = ids_.at(below(ids_.size())).text()};
            TRY_STATUS(put_protection(change, hidden, {.tlp = policy::Tlp::Red, .named = {"u-9"}}));
            return change.record({.action = "alert.close", .object = hidden, .touched = {}});
        });
        ASSERT_TRUE(done) << done.error().message;
    }

    AlertTally tally(AlertQuestion question, const char* filter)
    {
        const auto node = query::parse_or_error(filter, query::alert_scope());
        question.filter = &*node;
        question.now = kNow;
        AlertTally tally;
        const auto read = store_->read([&](Snapshot& snapshot) -> base::Status {
            TRY(tally, tally_alerts(snapshot, question));
            return {};
        });
        EXPECT_TRUE(read) << read.error().message;
        return tally;
    }
    /// Counted from what is kept, and alert by alert: a filter that all of them pass.
    void compare_some_periods()
    {
        for (int round = 0; round < 20; ++round) {
            const std::int64_t zone = static_cast<std::int64_t>(7 + below(3)) * 3600;
            const std::int64_t day =
                1'699'000'000 / kDaySeconds - 1 + static_cast<std::int64_t>(below(14));
            const auto days = static_cast<std::int64_t>(below(12) + 1);
            AlertQuestion question{.from = base::Time::from_seconds(day * kDaySeconds - zone),
                                   .days = static_cast<std::size_t>(days),
                                   .top = below(4) + 1};
            question.to = question.from + std::chrono::hours(24 * days);
            question.visible = policy::Filter::unrestricted();
            question.visible.user_id = one_of(std::array{"", "u-9"});
            const AlertTally kept = tally(question, "");
            const AlertTally counted = tally(question, "number>0");
            EXPECT_EQ(kept, counted) << day << " for " << days << " days";
            found_ += kept.alerts;
        }
    }
    CountsCheck check()
    {
        const auto check = check_counts(folder_.path());
        EXPECT_TRUE(check) << check.error().message;
        return check ? *check : CountsCheck{};
    }
    void run(const std::string& sql)
    {
        auto database = Database::open(folder_.path() + "/cases.sqlite", Access::ReadWrite);
        ASSERT_TRUE(database);
        const auto done = (*database)->run(sql);
        ASSERT_TRUE(done) << done.error().message;
    }

    TestFolder folder_;
    std::unique_ptr<CaseStore> store_ = open_or_fail(folder_.path());
    std::uint32_t seed_ = std::random_device{}();
    std::mt19937 random_{seed_};
    std::vector<base::Uuid> ids_;
    std::vector<model::AlertKey> keys_;
    std::uint64_t sequence_ = 0;
    std::uint64_t found_ = 0;
};

TEST_F(KeptCounts, are_those_of_the_alerts_through_growth_decisions_and_labels)
{
    SCOPED_TRACE("seed " + std::to_string(seed_));
    for (int round = 0; round < 8; ++round) {
        commit_some(60);
        decide_some();
        compare_some_periods();
        const CountsCheck checked = check();
        EXPECT_TRUE(checked.kept);
        EXPECT_GT(checked.counts, 100U);
        EXPECT_EQ(checked.differences, 0U) << checked.examples.front();
    }
    EXPECT_GT(found_, 1000U);
}

TEST_F(KeptCounts, of_names_are_no_addresses)
{
    commit_some(200);
    AlertQuestion question{.from = base::Time::from_seconds(1'690'000'000 / 3600 * 3600),
                           .to = base::Time::from_seconds(1'710'000'000 / 3600 * 3600)};
    question.visible = policy::Filter::unrestricted();
    for (const char* const filter : {"", "number>0"}) {
        const AlertTally found = tally(question, filter);
        EXPECT_EQ(found.sources.values, 6U) << filter;
        EXPECT_EQ(found.addresses, 4U) << filter; // 0.0.0.0 is one, root@vpn-1 is none
    }
}

TEST_F(KeptCounts, that_are_wrong_are_told_with_their_day)
{
    commit_some(50);
    store_.reset();
    EXPECT_EQ(check().differences, 0U);
    run("UPDATE figure_days SET attempts = attempts + 7 WHERE (day, dimension, value) ="
        " (SELECT day, dimension, value FROM figure_days LIMIT 1)");
    run("UPDATE figure_hours SET alerts = alerts + 1 WHERE hour ="
        " (SELECT max(hour) FROM figure_hours)");
    const CountsCheck wrong = check();
    ASSERT_EQ(wrong.differences, 2U);
    EXPECT_TRUE(wrong.examples.at(0).starts_with("hour 2023-11-")) << wrong.examples.at(0);
    EXPECT_TRUE(wrong.examples.at(1).starts_with("2023-11-")) << wrong.examples.at(1);
    EXPECT_NE(wrong.examples.at(1).find("severity"), std::string::npos) << wrong.examples.at(1);
}

TEST_F(KeptCounts, are_made_for_the_alerts_of_an_older_database)
{
    commit_some(150);
    decide_some();
    store_.reset();
    run("DELETE FROM figure_days");
    run("DELETE FROM figure_hours");
    run("DELETE FROM figure_values");
    EXPECT_GT(check().differences, 100U);
    for (const Migration& migration : migrations()) {
        for (const std::string_view statement : migration.statements) {
            if (statement.starts_with("INSERT INTO figure_")) {
                run(std::string(statement));
            }
        }
    }
    EXPECT_EQ(check().differences, 0U);
}

} // namespace
} // namespace tanggap::store::sqlite
