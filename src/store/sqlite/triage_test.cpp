// The queue, what people decided, and what the pipeline does to it.
#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
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

base::Result<FacetValues> facet(Snapshot& snapshot, const std::string& field,
                                const TriageQuestion& question)
{
    TRY(auto facets, triage_facets(snapshot, std::array{field}, question, 5));
    return std::move(facets.front());
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
        TRY(const auto owners, facet(snapshot, "assignee", question(nullptr)));
        EXPECT_EQ(owners,
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
        TRY(const auto matching,
            find_matching(snapshot, question(&*node), base::Time::from_seconds(1'700'000'004), 10));
        Numbers found;
        for (const TriageKey& key : matching) {
            EXPECT_EQ(key.kind, TriageKind::Alert);
            found.push_back(key.number);
        }
        EXPECT_EQ(found, (Numbers{4, 3, 2, 1}));
        EXPECT_EQ(find_matching(snapshot, question(&*node), kNow, 5).error().code,
                  base::Code::Exhausted);
        return {};
    }));
}

/// Reports as a citizen sends them, between alerts in the order of priority.
class QueuedReports : public TriageStore {
protected:
    void receive(int number, model::Level severity, std::string_view story = "Pesan palsu")
    {
        Report report;
        report.head.id = base::make_uuid_v7(kNow + std::chrono::milliseconds(number)).text();
        report.head.number = "LPR-0000-000" + std::to_string(number);
        report.head.title = story;
        report.head.kind = "impersonation";
        report.head.severity = severity;
        report.head.received_at = report.head.updated_at = kNow - std::chrono::hours(number);
        report.answers = {{"story", std::string(story)}};
        const Command command{.actor = {.name = "reporter"}, .now = kNow};
        ASSERT_TRUE(store_->change(command, [&](Change& change) -> base::Status {
            TRY_STATUS(add_report(change, report, "hash", {}));
            return change.record({.action = "report.receive", .object = report.head.object()});
        }));
    }
    void put(int number, const std::function<void(ReportHead&)>& edit)
    {
        const Command command{.actor = {.name = "test"}, .now = kNow};
        ASSERT_TRUE(store_->change(command, [&](Change& change) -> base::Status {
            TRY(ReportHead head, find_report_head(change, "LPR-0000-000" + std::to_string(number)));
            edit(head);
            TRY_STATUS(put_report_head(change, head));
            return change.record({.action = "report.edit", .object = head.object()});
        }));
    }
    static TriageQuestion both(const query::Node* node)
    {
        return {.filter = node,
                .now = kNow,
                .visible = policy::Filter::unrestricted(),
                .visible_reports = policy::Filter::unrestricted()};
    }
    /// The numbers people read, page by page.
    std::vector<std::string> listed(std::string_view text,
                                    TriageSort sort = TriageSort::PriorityDesc,
                                    policy::Filter reports = policy::Filter::unrestricted())
    {
        const auto node = query::parse_or_error(text, query::triage_scope());
        EXPECT_TRUE(node) << text;
        std::vector<std::string> numbers;
        std::string after;
        do {
            EXPECT_TRUE(store_->read([&](Snapshot& snapshot) -> base::Status {
                TRY(const TriagePage page,
                    list_triage(snapshot, {.filter = &*node,
                                           .sort = sort,
                                           .limit = 2,
                                           .after = after,
                                           .now = kNow,
                                           .visible = policy::Filter::unrestricted(),
                                           .visible_reports = reports}));
                after = page.next;
                for (const TriageRow& row : page.rows) {
                    numbers.push_back(row.report ? row.report->head.number
                                                 : model::alert_number_text(row.alert.number));
                }
                return {};
            }));
        } while (!after.empty());
        return numbers;
    }
    std::uint64_t counted(std::string_view text)
    {
        const auto node = query::parse_or_error(text, query::triage_scope());
        std::uint64_t count = 0;
        EXPECT_TRUE(store_->read([&](Snapshot& snapshot) -> base::Status {
            TRY(count, count_triage(snapshot, both(&*node), 1000));
            return {};
        }));
        return count;
    }
};
using Names = std::vector<std::string>;

TEST_F(QueuedReports, stand_between_alerts_by_priority_page_after_page)
{
    fill(3);
    decide(1, {.priority = 80});
    decide(2, {.priority = 50});
    decide(3, {.priority = 10});
    receive(1, model::Level::High);
    receive(2, model::Level::Medium);
    receive(3, model::Level::Low);
    const Names all = listed("");
    ASSERT_EQ(all.size(), 6U) << "each once, over the borders of pages";
    EXPECT_EQ(all.front(), "ALR-1");
    EXPECT_EQ(all[1], "LPR-0000-0001");
    EXPECT_EQ(all[4], "LPR-0000-0003");
    EXPECT_EQ(all.back(), "ALR-3");
    for (const TriageSort sort :
         {TriageSort::LastSeenDesc, TriageSort::FirstSeenDesc, TriageSort::EventsDesc}) {
        EXPECT_EQ(listed("", sort).size(), 6U);
        EXPECT_EQ(listed("is:open", sort).size(), 6U);
    }
    EXPECT_EQ(listed("kind:report"), (Names{"LPR-0000-0001", "LPR-0000-0002", "LPR-0000-0003"}));
    EXPECT_EQ(listed("kind:alert").size(), 3U);
    EXPECT_EQ(listed("", TriageSort::PriorityDesc, policy::Filter{}).size(), 3U)
        << "who may see no report sees alerts only";
}

TEST_F(QueuedReports, are_found_by_what_they_have_and_never_by_what_they_have_not)
{
    fill(1);
    receive(1, model::Level::High, "Tautan palsu pajak kendaraan");
    receive(2, model::Level::Medium, "Situs tidak bisa dibuka");
    EXPECT_EQ(listed("pajak"), Names{"LPR-0000-0001"});
    EXPECT_EQ(listed("LPR-0000-0002"), Names{"LPR-0000-0002"});
    EXPECT_EQ(listed("kind:report severity>=high"), Names{"LPR-0000-0001"});
    EXPECT_EQ(listed("kind:report rule:x"), Names{});
    EXPECT_EQ(listed("kind:report -rule:x").size(), 2U);
    EXPECT_EQ(listed("kind:report source:203.0.113.0/24 OR kind:report technique:T1110"), Names{});
    EXPECT_EQ(listed("kind:report is:overdue"), Names{}) << "an hour old";
    EXPECT_EQ(listed("kind:report first_seen>now-90m"), Names{"LPR-0000-0001"});
    EXPECT_EQ(counted("is:open"), 3U);
    EXPECT_EQ(counted("kind:report"), 2U);
}

TEST_F(QueuedReports, stand_where_alerts_would)
{
    receive(1, model::Level::High);
    EXPECT_EQ(listed("is:new"), Names{"LPR-0000-0001"});
    put(1, [](ReportHead& head) { head.status = model::ReportStatus::Verified; });
    EXPECT_EQ(listed("is:ongoing"), Names{"LPR-0000-0001"});
    put(1, [](ReportHead& head) {
        head.case_id = "c-1";
        head.status = model::ReportStatus::Handling;
    });
    EXPECT_EQ(listed("is:open is:new"), Names{"LPR-0000-0001"}) << "nobody has told the reporter";
    EXPECT_EQ(listed("case:c-1"), Names{"LPR-0000-0001"});
    put(1, [](ReportHead& head) {
        head.acknowledged_at = kNow;
        head.waiting = false;
    });
    EXPECT_EQ(listed("status:in_case"), Names{"LPR-0000-0001"});
    EXPECT_EQ(listed("is:open"), Names{}) << "the work goes on in the case";
    put(1, [](ReportHead& head) { head.waiting = true; });
    EXPECT_EQ(listed("is:regressed"), Names{"LPR-0000-0001"}) << "the reporter wrote again";
    put(1, [](ReportHead& head) {
        head.waiting = false;
        head.status = model::ReportStatus::Done;
    });
    EXPECT_EQ(listed("is:closed"), Names{"LPR-0000-0001"});
}

TEST_F(QueuedReports, are_overdue_until_the_reporter_was_told)
{
    receive(25, model::Level::High); // as many hours old
    const Names late{"LPR-0000-00025"};
    EXPECT_EQ(listed("is:overdue"), late);
    put(25, [](ReportHead& head) { head.status = model::ReportStatus::Verified; });
    EXPECT_EQ(listed("is:overdue"), late) << "accepted, but nobody told the reporter";
    put(25, [](ReportHead& head) { head.case_id = "c-1"; });
    EXPECT_EQ(listed("is:overdue"), late) << "nor does a case tell anybody";
    put(25, [](ReportHead& head) { head.acknowledged_at = kNow; });
    EXPECT_EQ(listed("is:overdue"), Names{});
}

TEST_F(QueuedReports, are_counted_in_facets_news_and_what_matches)
{
    fill(2);
    receive(1, model::Level::High);
    receive(2, model::Level::High);
    ASSERT_TRUE(store_->read([&](Snapshot& snapshot) -> base::Status {
        TRY(const auto kinds, facet(snapshot, "kind", both(nullptr)));
        EXPECT_EQ(kinds, (std::vector<std::pair<std::string, std::uint64_t>>{{"alert", 2},
                                                                             {"report", 2}}));
        TRY(const auto statuses, facet(snapshot, "status", both(nullptr)));
        EXPECT_EQ(statuses, (std::vector<std::pair<std::string, std::uint64_t>>{{"new", 4}}));
        TRY(const auto rules, facet(snapshot, "rule", both(nullptr)));
        EXPECT_FALSE(rules.empty());
        const auto node = query::parse_or_error("kind:report", query::triage_scope());
        const base::Time between = kNow + std::chrono::milliseconds(1);
        TRY(const auto news, count_triage_news(snapshot, both(&*node), between, 100));
        EXPECT_EQ(news, 1U) << "the second was made a millisecond later, whenever it was told";
        TRY(const auto there, find_matching(snapshot, both(&*node), between, 10));
        EXPECT_EQ(there.size(), 1U);
        TRY(const auto all,
            find_matching(snapshot, both(&*node), kNow + std::chrono::seconds(1), 10));
        EXPECT_EQ(all.size(), 2U);
        EXPECT_EQ(all.front().kind, TriageKind::Report);
        return {};
    }));
}

/// The queue in groups, and the list that each of them stands for.
class GroupedQueue : public QueuedReports {
protected:
    TriageGroupPage groups(std::string_view text, TriageGrouping grouping,
                           TriageSort sort = TriageSort::PriorityDesc, std::size_t limit = 500,
                           const std::string& after = {})
    {
        const auto node = query::parse_or_error(text, query::triage_scope());
        EXPECT_TRUE(node) << text;
        TriageGroupPage page;
        const auto read = store_->read([&](Snapshot& snapshot) -> base::Status {
            TRY(page, list_triage_groups(snapshot,
                                         {.filter = &*node,
                                          .sort = sort,
                                          .limit = limit,
                                          .after = after,
                                          .now = kNow,
                                          .visible = policy::Filter::unrestricted(),
                                          .visible_reports = policy::Filter::unrestricted()},
                                         grouping));
            return {};
        });
        EXPECT_TRUE(read) << read.error().message;
        return page;
    }
    static std::string with(std::string_view text, std::string_view field, const std::string& value)
    {
        query::Node term;
        term.op = query::Operator::Equals;
        term.field = field;
        term.value = value;
        const std::string added =
            value.empty() ? "-" + std::string(field) + ":*" : query::format(term);
        return text.empty() ? added : "(" + std::string(text) + ") " + added;
    }
    static std::vector<std::pair<std::string, std::uint64_t>> figures(const TriageGroupPage& page)
    {
        std::vector<std::pair<std::string, std::uint64_t>> all;
        for (const TriageGroup& group : page.groups) {
            all.emplace_back(group.value, group.rows);
        }
        return all;
    }
};
constexpr std::array<std::pair<TriageGrouping, std::string_view>, 3> kGroupings{
    {{TriageGrouping::Rule, "rule"},
     {TriageGrouping::Source, "source"},
     {TriageGrouping::Organisation, "organisation"}}};

TEST_F(GroupedQueue, each_group_counts_what_its_list_has_and_together_they_are_the_list)
{
    fill(57);
    decide(4, {.status = AlertStatus::Closed, .close_reason = "benign"});
    receive(1, model::Level::High);
    receive(2, model::Level::Medium);
    put(2, [](ReportHead& head) { head.organisation = "Dinas 1"; });
    for (const auto& [grouping, field] : kGroupings) {
        for (const std::string_view text :
             {"", "is:open", "severity>=medium", "kind:report", "is:closed OR kind:report",
              "source:203.0.113.0/28", "number:3"}) {
            std::uint64_t rows = 0;
            for (const TriageGroup& group : groups(text, grouping).groups) {
                EXPECT_GT(group.rows, 0U) << field << " of " << text;
                EXPECT_EQ(group.rows, counted(with(text, field, group.value)))
                    << field << " " << group.value << " of " << text;
                rows += group.rows;
            }
            EXPECT_EQ(rows, counted(text)) << field << " of " << text;
        }
    }
}

TEST_F(GroupedQueue, a_row_with_two_rules_is_in_the_group_of_each)
{
    model::Alert both_rules = sample_alert(2);
    both_rules.rules.push_back({.rule_id = "rule-ssh",
                                .title = "SSH brute force",
                                .title_id = "Tebak sandi SSH",
                                .level = model::Level::Low,
                                .detections = 1});
    commit({sample_alert(1), both_rules, sample_alert(4)});
    receive(1, model::Level::High);
    const TriageGroupPage page = groups("", TriageGrouping::Rule, TriageSort::LastSeenDesc);
    ASSERT_EQ(page.groups.size(), 3U);
    EXPECT_EQ(page.total, 3U);
    for (const TriageGroup& group : page.groups) {
        EXPECT_EQ(group.rows, group.value.empty() ? 1U : 2U) << group.value;
        EXPECT_EQ(group.title, group.value == "rule-ssh"   ? "SSH brute force"
                               : group.value == "rule-sql" ? "SQL injection in a query"
                                                           : "");
    }
    EXPECT_EQ(page.groups.front().value, "") << "the report was told of last";
}

TEST_F(GroupedQueue, a_group_says_the_highest_and_the_latest_of_its_rows)
{
    fill(6);
    decide(3, {.priority = 99});
    const TriageGroupPage page = groups("", TriageGrouping::Organisation);
    ASSERT_EQ(page.groups.size(), 3U);
    const TriageGroup& first = page.groups.front();
    EXPECT_EQ(first.value, "Dinas 0") << "with the most urgent row: 3 and 6";
    EXPECT_EQ(first.priority, 99);
    EXPECT_EQ(first.rows, 2U);
    EXPECT_EQ(first.events, sample_alert(3).events + sample_alert(6).events);
    EXPECT_EQ(first.severity, std::max(sample_alert(3).severity, sample_alert(6).severity));
    EXPECT_EQ(first.last_seen, std::max(sample_alert(3).last_seen, sample_alert(6).last_seen));
    const TriageGroupPage loudest =
        groups("", TriageGrouping::Organisation, TriageSort::EventsDesc);
    EXPECT_EQ(figures(loudest), (std::vector<std::pair<std::string, std::uint64_t>>{
                                    {"Dinas 0", 2}, {"Dinas 2", 2}, {"Dinas 1", 2}}));
}

TEST_F(GroupedQueue, pages_of_groups_end_without_gap_or_repeat_in_each_order)
{
    fill(300); // 250 sources, of which fifty come twice
    receive(1, model::Level::High);
    for (const TriageSort sort : {TriageSort::PriorityDesc, TriageSort::LastSeenDesc,
                                  TriageSort::FirstSeenDesc, TriageSort::EventsDesc}) {
        for (const auto& [grouping, field] : kGroupings) {
            const TriageGroupPage whole = groups("is:open", grouping, sort);
            std::vector<std::pair<std::string, std::uint64_t>> walked;
            std::string after;
            do {
                const TriageGroupPage part = groups("is:open", grouping, sort, 7, after);
                EXPECT_EQ(part.total, whole.groups.size());
                std::ranges::copy(figures(part), std::back_inserter(walked));
                after = part.next;
            } while (!after.empty());
            EXPECT_EQ(walked, figures(whole)) << field;
        }
    }
}

TEST_F(GroupedQueue, behind_the_last_group_the_others_are_still_counted)
{
    fill(300);
    receive(1, model::Level::High);
    const TriageGroupPage page =
        groups("", TriageGrouping::Source, TriageSort::PriorityDesc, 7, "-1.0.x");
    EXPECT_TRUE(page.groups.empty());
    EXPECT_EQ(page.total, 251U);
    EXPECT_EQ(page.next, "");
    EXPECT_EQ(
        groups("priority>200", TriageGrouping::Source, TriageSort::PriorityDesc, 7, "-1.0.x").total,
        0U);
}

TEST_F(GroupedQueue, what_the_asker_does_not_see_is_in_no_group)
{
    fill(4);
    receive(1, model::Level::High);
    const auto rows_of = [&](const policy::Filter& alerts, const policy::Filter& reports) {
        std::uint64_t rows = 0;
        EXPECT_TRUE(store_->read([&](Snapshot& snapshot) -> base::Status {
            TRY(const TriageGroupPage page,
                list_triage_groups(snapshot,
                                   {.now = kNow, .visible = alerts, .visible_reports = reports},
                                   TriageGrouping::Organisation));
            for (const TriageGroup& group : page.groups) {
                rows += group.rows;
            }
            return {};
        }));
        return rows;
    };
    const policy::Filter all = policy::Filter::unrestricted();
    EXPECT_EQ(rows_of(all, all), 5U);
    EXPECT_EQ(rows_of(all, {}), 4U);
    EXPECT_EQ(rows_of({}, all), 1U);
    EXPECT_EQ(rows_of({}, {}), 0U);
}

TEST_F(GroupedQueue, a_damaged_place_is_refused)
{
    fill(3);
    for (const char* const place : {"x", "1.2", "1..x", ".", "99999999999999999999.1.x"}) {
        const auto read = store_->read([&](Snapshot& snapshot) -> base::Status {
            TRY([[maybe_unused]] const TriageGroupPage part,
                list_triage_groups(
                    snapshot,
                    {.after = place, .now = kNow, .visible = policy::Filter::unrestricted()},
                    TriageGrouping::Source));
            return {};
        });
        ASSERT_FALSE(read) << place;
        EXPECT_EQ(read.error().code, base::Code::Invalid) << place;
    }
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
