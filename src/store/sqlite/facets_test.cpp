// Facets against the lists they lead to, and reads that nobody waits for.
#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "base/text.h"
#include "base/triage_limits.h"
#include "query/query.h"
#include "store/abandoned.h"
#include "store/alert_state.h"
#include "store/people.h"
#include "store/sqlite/change.h"
#include "store/sqlite/test_world.h"

namespace tanggap::store::sqlite {
namespace {

constexpr base::Time kNow = base::Time::from_seconds(1'700'100'000);

class FacetsOfTheQueue : public testing::Test {
protected:
    void fill(std::uint64_t first, std::uint64_t count, std::string_view status)
    {
        std::vector<model::Alert> alerts;
        for (std::uint64_t number = first; number < first + count; ++number) {
            alerts.push_back(sample_alert(number));
            alerts.back().status = status;
        }
        const auto done = store_->commit(commit_of(++sequence_, std::move(alerts)));
        ASSERT_TRUE(done) << done.error().message;
    }
    TriageQuestion question(const query::Node& node) const
    {
        return {.filter = &node,
                .now = kNow,
                .visible = policy::Filter::unrestricted(),
                .visible_reports = policy::Filter::unrestricted()};
    }
    std::uint64_t count(const std::string& text)
    {
        const auto node = query::parse_or_error(text, query::triage_scope());
        EXPECT_TRUE(node) << text;
        std::uint64_t counted = 0;
        EXPECT_TRUE(store_->read([&](Snapshot& snapshot) -> base::Status {
            TRY(counted, count_triage(snapshot, question(*node), kCountAll));
            return {};
        }));
        return counted;
    }
    std::vector<FacetValues> facets(const std::string& text, std::span<const std::string> fields)
    {
        const auto node = query::parse_or_error(text, query::triage_scope());
        EXPECT_TRUE(node) << text;
        std::vector<FacetValues> found;
        EXPECT_TRUE(store_->read([&](Snapshot& snapshot) -> base::Status {
            TRY(found, triage_facets(snapshot, fields, question(*node), 300));
            return {};
        }));
        return found;
    }

    TestFolder folder_;
    std::unique_ptr<CaseStore> store_ = open_or_fail(folder_.path());
    std::uint64_t sequence_ = 0;
};

TEST_F(FacetsOfTheQueue, count_what_the_list_of_each_value_counts)
{
    fill(1, 90, "new");
    fill(91, 40, "closed");
    const User budi{.id = "u-9",
                    .name = "Budi",
                    .password_hash = "x",
                    .totp_secret_wrapped = "x",
                    .roles = {"analyst"},
                    .created_at = kNow};
    const Command command{.actor = {.name = "test"}, .now = kNow};
    ASSERT_TRUE(store_->change(command, [&](Change& change) -> base::Status {
        TRY_STATUS(add_user(change, budi));
        for (std::uint64_t number = 3; number < 60; number += 7) {
            TRY_STATUS(
                put_alert_state(change, number,
                                {.status = model::AlertStatus::Accepted,
                                 .assignee = "u-9",
                                 .labels = {"piket", number % 2 == 0 ? "genap" : "ganjil"}}));
        }
        return change.record({.action = "user.add", .object = budi.object(), .touched = {}});
    }));
    const std::array<std::string, 13> fields{
        "kind",      "severity",       "status", "assignee", "label",        "rule",   "source",
        "technique", "source_country", "target", "asset",    "organisation", "outcome"};
    std::size_t compared = 0;
    for (const std::string text : {"", "is:open", "-is:snoozed severity>=medium", "assignee:Budi",
                                   "label:ganjil OR technique:T1190", "title:nothing"}) {
        const auto found = facets(text, fields);
        ASSERT_EQ(found.size(), fields.size());
        for (std::size_t i = 0; i < fields.size(); ++i) {
            std::uint64_t before = UINT64_MAX;
            for (const auto& [value, counted] : found[i]) {
                EXPECT_LE(counted, before) << "the most frequent first";
                before = counted;
                const std::string narrower =
                    value.empty() ? "-" + fields[i] + ":*" : fields[i] + ":\"" + value + "\"";
                EXPECT_EQ(counted, count("(" + (text.empty() ? "kind:*" : text) + ") " + narrower))
                    << text << " / " << narrower;
                ++compared;
            }
        }
    }
    EXPECT_GT(compared, 500U);
}

TEST_F(FacetsOfTheQueue, words_are_found_in_all_that_an_alert_names)
{
    constexpr std::uint64_t kAlerts = 130;
    fill(1, kAlerts, "new");
    for (const std::string word : {"site-3", "PORTAL 5", "dinas 1", "t1190", "203.0.113.7", "SQL",
                                   "sandi", "nothing", "%", "203_0", "113.1", "example"}) {
        std::uint64_t expected = 0;
        for (std::uint64_t number = 1; number <= kAlerts; ++number) {
            const model::Alert alert = sample_alert(number);
            expected += std::ranges::any_of(
                std::array{alert.title, alert.title_id, alert.key.source, alert.key.target,
                           alert.key.technique, alert.asset_name, alert.organisation},
                [&](const std::string& text) {
                    return base::to_lower_ascii(text).contains(base::to_lower_ascii(word));
                });
        }
        EXPECT_EQ(count("\"" + word + "\""), expected) << word;
        EXPECT_EQ(count("-\"" + word + "\""), kAlerts - expected) << word;
        EXPECT_EQ(count("is:open \"" + word + "\""), expected) << word;
    }
}

TEST_F(FacetsOfTheQueue, and_lists_are_the_same_when_a_status_is_crowded)
{
    constexpr std::uint64_t kMany = base::limits::kCrowdedStatusAlerts + 50;
    fill(1, 100, "closed");
    const std::array<std::string, 2> fields{"status", "severity"};
    fill(101, 25, "new");
    EXPECT_EQ(count("is:open"), 25U);
    for (std::uint64_t first = 1'000; first < 1'000 + kMany; first += 5'000) {
        fill(first, std::min<std::uint64_t>(5'000, 1'000 + kMany - first), "new");
    }
    EXPECT_EQ(count("is:open"), kMany + 25);
    EXPECT_EQ(count("status:new number<1000"), 25U);
    EXPECT_EQ(count("is:closed"), 100U);
    EXPECT_EQ(count("is:snoozed"), 0U);
    EXPECT_EQ(count("-is:open"), 100U);
    EXPECT_EQ(count("is:open 203.0.113"), kMany + 25) << "a word that nearly all say";
    EXPECT_EQ(count("203.0.113.249"), count("source:203.0.113.249")) << "one that few say";
    EXPECT_EQ(facets("status:*", fields).front(),
              (FacetValues{{"new", kMany + 25}, {"closed", 100}}));
}

TEST(AbandonedReads, end_once_nobody_waits_and_leave_the_connection_whole)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    const auto endless = [&] {
        return store->read([&](Snapshot& snapshot) -> base::Status {
            TRY([[maybe_unused]] const auto never,
                database_of(snapshot).integer_of("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT"
                                                 " i + 1 FROM n) SELECT count(*) FROM n"));
            return {};
        });
    };
    int asked = 0;
    const Abandoned after_a_while = [&] { return ++asked > 3; };
    {
        const AbandonedReads reads(after_a_while);
        EXPECT_EQ(endless().error().code, base::Code::Unavailable);
        EXPECT_EQ(asked, 4);
    }
    EXPECT_TRUE(store->read([&](Snapshot& snapshot) -> base::Status {
        TRY(const auto one, database_of(snapshot).integer_of("SELECT 1"));
        EXPECT_EQ(one, 1);
        return {};
    }));
}

} // namespace
} // namespace tanggap::store::sqlite
