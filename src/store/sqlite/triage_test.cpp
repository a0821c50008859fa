// The queue, what people decided, and what the pipeline does to it.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "store/alert_state.h"
#include "store/people.h"
#include "store/sqlite/test_world.h"
#include "store/triage_list.h"
#include "store/views.h"

namespace tanggap::store::sqlite {
namespace {

using model::AlertState;
using model::AlertStatus;

constexpr base::Time kNow = base::Time::from_seconds(1'700'100'000);

TriageQuestion question(const query::Node* filter)
{
    return {.filter = filter, .now = kNow, .visible = policy::Filter::unrestricted()};
}

class TriageStore : public testing::Test {
protected:
    void fill(std::uint64_t count)
    {
        std::vector<model::Alert> alerts;
        for (std::uint64_t number = 1; number <= count; ++number) {
            alerts.push_back(sample_alert(number));
            alerts.back().created_at =
                base::Time::from_seconds(1'700'000'000 + static_cast<std::int64_t>(number));
        }
        commit(std::move(alerts));
    }
    void commit(std::vector<model::Alert> alerts)
    {
        const auto done = store_->commit(commit_of(++sequence_, std::move(alerts)));
        ASSERT_TRUE(done) << done.error().message;
    }
    void decide(std::uint64_t number, const AlertState& state)
    {
        const Command command{.actor = {.kind = ActorKind::User, .id = "u-1", .name = "rina"},
                              .now = kNow};
        const auto done = store_->change(command, [&](Change& change) -> base::Status {
            TRY_STATUS(put_alert_state(change, number, state));
            TRY(const AlertInHand alert, find_alert_in_hand(change, number));
            return change.record(
                {.action = "alert.close", .object = alert.object(), .touched = {}});
        });
        ASSERT_TRUE(done) << done.error().message;
    }
    TriagePage page(std::string_view text, TriageSort sort, std::size_t limit,
                    const std::string& after = {})
    {
        const auto node = query::parse_or_error(text, query::triage_scope());
        EXPECT_TRUE(node) << node.error().message;
        TriagePage page;
        const auto read = store_->read([&](Snapshot& snapshot) -> base::Status {
            TRY(page, list_triage(snapshot, {.filter = &*node,
                                             .sort = sort,
                                             .limit = limit,
                                             .after = after,
                                             .now = kNow,
                                             .visible = policy::Filter::unrestricted()}));
            return {};
        });
        EXPECT_TRUE(read) << read.error().message;
        return page;
    }
    std::vector<std::uint64_t> numbers(std::string_view text)
    {
        std::vector<std::uint64_t> found;
        for (const TriageRow& row : page(text, TriageSort::FirstSeenDesc, 500).rows) {
            found.push_back(row.alert.number);
        }
        std::ranges::sort(found);
        return found;
    }

    TestFolder folder_;
    std::unique_ptr<CaseStore> store_ = open_or_fail(folder_.path());
    std::uint64_t sequence_ = 0;
};

using Numbers = std::vector<std::uint64_t>;

TEST_F(TriageStore, walks_each_order_to_its_end_without_gap_or_repeat)
{
    fill(57);
    for (const TriageSort sort : {TriageSort::PriorityDesc, TriageSort::LastSeenDesc,
                                  TriageSort::FirstSeenDesc, TriageSort::EventsDesc}) {
        for (const char* const text : {"", "is:open", "severity>=medium"}) {
            std::set<std::uint64_t> seen;
            std::string after;
            std::uint64_t rows = 0;
            do {
                const TriagePage part = page(text, sort, 10, after);
                for (const TriageRow& row : part.rows) {
                    seen.insert(row.alert.number);
                    ++rows;
                }
                after = part.next;
            } while (!after.empty());
            EXPECT_EQ(rows, seen.size()) << text;
            EXPECT_EQ(rows, page(text, sort, 500).rows.size()) << text;
        }
    }
}

TEST_F(TriageStore, finds_alerts_by_where_they_stand)
{
    fill(10);
    decide(1, {.status = AlertStatus::Accepted, .assignee = "u-1", .labels = {"piket"}});
    decide(2, {.status = AlertStatus::Closed, .close_reason = "benign"});
    decide(3, {.status = AlertStatus::Snoozed, .snoozed_until = kNow + std::chrono::hours(1)});
    decide(4, {.status = AlertStatus::Archived});
    decide(5, {.status = AlertStatus::Merged, .merged_into = 6});
    decide(7, {.status = AlertStatus::Escalating});
    decide(8, {.status = AlertStatus::InCase, .case_id = "c-1"});
    const std::pair<const char*, Numbers> cases[] = {
        {"is:open", {1, 3, 6, 7, 9, 10}},
        {"is:open -is:snoozed (assignee:u-1 OR is:unassigned)", {1, 6, 7, 9, 10}},
        {"is:new", {6, 9, 10}},
        {"is:ongoing", {1}},
        {"is:escalating", {7}},
        {"is:snoozed", {3}},
        {"is:archived", {4}},
        {"is:closed", {2}},
        {"is:merged", {5}},
        {"status:in_case", {8}},
        {"status:open -is:new", {1, 3, 7}},
        {"has:case", {8}},
        {"case:c-1", {8}},
        {"reason:benign", {2}},
        {"label:piket", {1}},
        {"label:pik*", {1}},
        {"-has:label is:open", {3, 6, 7, 9, 10}},
        {"into:6", {5}},
        {"assignee:u-1", {1}},
        {"has:assignee", {1}},
        {"kind:report", {}},
        {"kind:alert is:closed", {2}},
        {"is:mine", {}},
    };
    for (const auto& [text, expected] : cases) {
        EXPECT_EQ(numbers(text), expected) << text;
    }
}

TEST_F(TriageStore, an_assignee_is_found_by_name_and_told_by_name)
{
    fill(2);
    const User budi{.id = "u-9",
                    .name = "Budi",
                    .password_hash = "x",
                    .totp_secret_wrapped = "x",
                    .roles = {"analyst"},
                    .created_at = kNow};
    const Command command{.actor = {.name = "test"}, .now = kNow};
    ASSERT_TRUE(store_->change(command, [&](Change& change) -> base::Status {
        TRY_STATUS(add_user(change, budi));
        return change.record({.action = "user.add", .object = budi.object(), .touched = {}});
    }));
    decide(2, {.status = AlertStatus::Accepted, .assignee = "u-9"});
    EXPECT_EQ(numbers("assignee:budi"), (Numbers{2}));
    EXPECT_EQ(numbers("assignee:BUD*"), (Numbers{2}));
    EXPECT_EQ(numbers("assignee:rina"), Numbers{});
    const TriagePage found = page("assignee:budi", TriageSort::PriorityDesc, 5);
    EXPECT_EQ(found.rows.front().standing.assignee, "Budi");
    EXPECT_EQ(found.rows.front().standing.version, 1U);
    ASSERT_TRUE(store_->read([&](Snapshot& snapshot) -> base::Status {
        TRY(const auto facet, triage_facet(snapshot, "assignee", question(nullptr), 5));
        EXPECT_EQ(facet,
                  (std::vector<std::pair<std::string, std::uint64_t>>{{"", 1}, {"Budi", 1}}));
        TRY(const auto people, list_assignees(snapshot));
        EXPECT_EQ(people.size(), 1U);
        return {};
    }));
}

TEST_F(TriageStore, a_priority_that_a_person_set_sorts_and_outlives_the_pipeline)
{
    fill(3);
    decide(2, {.priority = 100});
    EXPECT_EQ(page("", TriageSort::PriorityDesc, 1).rows.front().alert.number, 2U);
    commit({sample_alert(2)});
    EXPECT_EQ(store_->find_alert("ALR-2")->priority, 100);
    decide(2, {});
    EXPECT_EQ(store_->find_alert("ALR-2")->priority, sample_alert(2).priority)
        << "back to the computed one";
}

TEST_F(TriageStore, growth_brings_back_what_was_closed_and_what_is_louder_than_forecast)
{
    fill(3);
    const model::Baseline seen{.events = 9, .events_per_hour = 9, .at = kNow};
    decide(1,
           {.status = AlertStatus::Closed, .close_reason = "resolved", .baseline = {.events = 3}});
    decide(3, {.status = AlertStatus::Archived, .baseline = seen});
    model::Alert closed = sample_alert(1);
    model::Alert archived = sample_alert(3);
    closed.events = 4;
    archived.events = 9 + 27;
    archived.last_seen = kNow;
    commit({closed, archived});
    EXPECT_EQ(numbers("is:regressed"), (Numbers{1}));
    EXPECT_EQ(numbers("is:archived"), (Numbers{3})) << "three times the forecast, not above";
    archived.events = 9 + 28;
    commit({archived});
    EXPECT_EQ(numbers("is:escalating"), (Numbers{3}));
}

TEST_F(TriageStore, news_are_what_was_made_or_came_back_since)
{
    fill(5);
    const base::Time since = base::Time::from_seconds(1'700'000'003);
    const auto news = [&](std::string_view text) {
        const auto node = query::parse_or_error(text, query::triage_scope());
        std::uint64_t count = 0;
        EXPECT_TRUE(store_->read([&](Snapshot& snapshot) -> base::Status {
            TRY(count, count_triage_news(snapshot, question(&*node), since, 100));
            return {};
        }));
        return count;
    };
    EXPECT_EQ(news("is:open"), 2U) << "numbers 4 and 5";
    decide(1, {.status = AlertStatus::Escalating, .since = kNow});
    decide(2, {.status = AlertStatus::Accepted, .since = kNow});
    EXPECT_EQ(news("is:open"), 3U) << "accepting is a person's doing, no news";
    decide(5, {.status = AlertStatus::Closed});
    EXPECT_EQ(news("is:open"), 2U);
}

TEST_F(TriageStore, all_matching_are_those_that_were_there)
{
    fill(6);
    const auto node = query::parse_or_error("is:open", query::triage_scope());
    ASSERT_TRUE(store_->read([&](Snapshot& snapshot) -> base::Status {
        TRY(const auto matching, find_matching_alerts(snapshot, question(&*node),
                                                      base::Time::from_seconds(1'700'000'004), 10));
        EXPECT_EQ(matching, (Numbers{4, 3, 2, 1}));
        EXPECT_EQ(find_matching_alerts(snapshot, question(&*node), kNow, 5).error().code,
                  base::Code::Exhausted);
        return {};
    }));
}

TEST_F(TriageStore, precedents_share_target_and_rule_and_are_settled)
{
    // Numbers of one parity share the rule; those seven apart share the target.
    fill(60);
    for (const std::uint64_t number : {1U, 15U, 29U, 8U}) {
        decide(number, {.status = AlertStatus::Closed, .close_reason = "benign"});
    }
    const auto alert = store_->find_alert("ALR-43");
    ASSERT_TRUE(alert);
    ASSERT_TRUE(store_->read([&](Snapshot& snapshot) -> base::Status {
        TRY(const Precedents found,
            find_precedents(snapshot, *alert, 2, policy::Filter::unrestricted()));
        EXPECT_EQ(found.total, 3U) << "8 has another rule";
        EXPECT_EQ(found.rows.size(), 2U);
        EXPECT_EQ(found.rows.front().alert.number, 29U);
        return {};
    }));
}

TEST_F(TriageStore, a_damaged_place_is_refused)
{
    fill(3);
    for (const char* const place :
         {"x", "1.2.3", "1.2.3.4.5", "1.2.3.", "99999999999999999999.1.1.0"}) {
        const auto read = store_->read([&](Snapshot& snapshot) -> base::Status {
            TRY([[maybe_unused]] const TriagePage part,
                list_triage(
                    snapshot,
                    {.after = place, .now = kNow, .visible = policy::Filter::unrestricted()}));
            return {};
        });
        EXPECT_EQ(read.error().code, base::Code::Invalid) << place;
    }
}

} // namespace
} // namespace tanggap::store::sqlite
