#include "service/acts.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/command_limits.h"
#include "base/limits.h"
#include "service/cases.h"
#include "service/precedents.h"
#include "store/alert_state.h"
#include "store/reports.h"
#include "store/sqlite/sqlite_case_store.h"
#include "store/triage_list.h"

namespace tanggap::service {
namespace {

class TestClock final : public base::Clock {
public:
    base::Time now() const override { return time; }
    base::Time time = base::Time::from_seconds(1'700'200'000);
};

class ActsTest : public testing::Test {
protected:
    ActsTest()
    {
        folder_ =
            std::filesystem::temp_directory_path() / ("tanggap-acts-" + std::to_string(getpid()));
        std::filesystem::remove_all(folder_);
        cases_ = std::move(*store::open_sqlite(folder_.string()));
        world_ = std::make_unique<World>(
            World{.cases = *cases_,
                  .events = *reinterpret_cast<store::EventStore*>(place()),
                  .journal = *reinterpret_cast<disk::Journal*>(place()),
                  .clock = clock_,
                  .rules = {},
                  .ledger = {},
                  .progress = {},
                  .rerun_quarantine = {},
                  .unready_reasons = {},
                  .knows_source = {},
                  .choose_source = {},
                  .casework = [known = std::make_shared<casework::Knowledge>()] { return known; },
                  .geo_built_at = {},
                  .version = {}});
        acts_ = std::make_unique<Acts>(*world_, Acts::Worker::None);
    }
    ~ActsTest() override
    {
        acts_.reset();
        cases_.reset();
        std::filesystem::remove_all(folder_);
    }
    base::Time now() const { return clock_.time; }
    static Principal principal(std::string name, std::vector<std::string> roles)
    {
        Principal who;
        who.user_id = "id-" + name;
        who.name = std::move(name);
        who.scopes = policy::scopes_of_roles(roles);
        who.roles = std::move(roles);
        return who;
    }
    void fill(std::uint64_t count)
    {
        store::Commit commit;
        commit.cursor = ++cursor_;
        commit.range = {.first = cursor_, .last = cursor_, .token = "t", .annotations = {}};
        for (std::uint64_t number = 1; number <= count; ++number) {
            model::Alert alert;
            alert.number = number;
            alert.id = base::make_uuid_v7(now());
            alert.key = {.source = "203.0.113.7",
                         .technique = "T1110",
                         .target = "web-" + std::to_string(number % 3)};
            alert.events = 5;
            alert.created_at = now();
            alert.title = "SSH brute force";
            alert.rules.resize(1);
            alert.rules.front().rule_id = "r-1";
            commit.alerts.push_back(std::move(alert));
        }
        ASSERT_TRUE(cases_->commit(commit));
    }
    store::Command command(std::string reason = {}) const
    {
        return {.actor = actor_of(rina_), .now = now(), .reason = std::move(reason)};
    }
    ActionOutcome perform(const Act& act, const ActTarget& target, std::string reason = {})
    {
        auto outcome = acts_->perform(rina_, command(std::move(reason)), act, target);
        EXPECT_TRUE(outcome) << outcome.error().message;
        return outcome.value_or(ActionOutcome{});
    }
    static ActTarget these(std::vector<std::string> ids)
    {
        return {.ids = std::move(ids), .matching = false, .filter = {}, .as_of = {}, .exclude = {}};
    }
    ActTarget all(std::string_view text, std::vector<std::string> exclude = {}) const
    {
        return {.ids = {},
                .matching = true,
                .filter = query::parse(text, query::triage_scope()).root,
                .as_of = now(),
                .exclude = std::move(exclude)};
    }
    model::AlertState state(std::uint64_t number)
    {
        model::AlertState state;
        EXPECT_TRUE(cases_->read([&](store::Snapshot& snapshot) -> base::Status {
            TRY(state, store::find_alert_state(snapshot, number));
            return {};
        }));
        return state;
    }
    std::uint64_t count(std::string_view text)
    {
        std::uint64_t count = 0;
        const auto node = query::parse(text, query::triage_scope()).root;
        EXPECT_TRUE(cases_->read([&](store::Snapshot& snapshot) -> base::Status {
            TRY(count,
                store::count_triage(
                    snapshot,
                    {.filter = &node, .now = now(), .visible = policy::Filter::unrestricted()},
                    1'000'000));
            return {};
        }));
        return count;
    }

    /// References that no use case of this file follows.
    static std::byte* place()
    {
        alignas(std::max_align_t) static std::array<std::byte, 64> bytes{};
        return bytes.data();
    }
    CaseView case_of(const std::string& number)
    {
        const auto seen = view_case(*world_, rina_, number);
        EXPECT_TRUE(seen) << seen.error().message;
        return seen.value_or(CaseView{});
    }

    const Principal rina_ = principal("rina", {"analyst"});
    TestClock clock_;
    std::filesystem::path folder_;
    std::unique_ptr<store::CaseStore> cases_;
    std::unique_ptr<World> world_;
    std::unique_ptr<Acts> acts_;
    std::uint64_t cursor_ = 0;
};

Act close_as(model::CloseReason reason)
{
    Act act;
    act.kind = ActKind::Close;
    act.close_reason = reason;
    return act;
}

Act plain(ActKind kind)
{
    Act act;
    act.kind = kind;
    return act;
}

TEST_F(ActsTest, some_are_changed_some_skipped_and_all_is_told)
{
    fill(4);
    perform(close_as(model::CloseReason::Benign), these({"ALR-1"}));
    const auto outcome = perform(close_as(model::CloseReason::Benign),
                                 these({"ALR-1", "ALR-2", "ALR-3", "ALR-3", "ALR-99", "nonsense"}),
                                 "pemindai internal");
    EXPECT_EQ(outcome.matched, 5U) << "one was named twice";
    EXPECT_EQ(outcome.changed, 2U);
    EXPECT_EQ(outcome.skipped_count, 3U);
    ASSERT_EQ(outcome.skipped.size(), 2U);
    EXPECT_EQ(outcome.skipped[0].reason, "not_found");
    EXPECT_EQ(outcome.skipped[0].count, 2U);
    EXPECT_EQ(outcome.skipped[1].reason, "already");
    EXPECT_EQ(outcome.undo_until, now() + base::Duration(base::limits::kUndoWindow));
    EXPECT_EQ(state(2).close_reason, "benign");

    const auto undone = acts_->undo(rina_, command(), outcome.id);
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_EQ(undone->objects.size(), 2U);
    EXPECT_EQ(state(2).status, model::AlertStatus::New);
    EXPECT_EQ(state(1).status, model::AlertStatus::Closed) << "another action's";
}

TEST_F(ActsTest, undo_leaves_alone_what_somebody_changed_since)
{
    fill(2);
    const auto outcome = perform(plain(ActKind::Accept), these({"ALR-1", "ALR-2"}));
    perform(close_as(model::CloseReason::Resolved), these({"ALR-2"}));
    const auto undone = acts_->undo(rina_, command(), outcome.id);
    ASSERT_TRUE(undone);
    EXPECT_EQ(undone->objects.size(), 1U);
    ASSERT_EQ(undone->conflicts.size(), 1U);
    EXPECT_EQ(state(1).status, model::AlertStatus::New);
    EXPECT_EQ(state(2).status, model::AlertStatus::Closed);
}

TEST_F(ActsTest, a_rehearsal_changes_nothing)
{
    fill(3);
    const auto outcome = acts_->rehearse(rina_, command(), plain(ActKind::Archive), all("is:open"));
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->dry_run);
    EXPECT_EQ(outcome->matched, 3U);
    EXPECT_EQ(outcome->changed, 3U);
    EXPECT_EQ(count("is:archived"), 0U);
}

TEST_F(ActsTest, many_are_done_piece_by_piece_with_exclusions_and_taken_back_as_one)
{
    constexpr std::uint64_t kMany = 1'203;
    fill(kMany);
    const auto started = perform(close_as(model::CloseReason::FalsePositive),
                                 all("is:open", {"ALR-7", "ALR-1200", "unknown"}));
    EXPECT_EQ(started.state, ActionState::Running);
    EXPECT_EQ(started.matched, kMany - 2);
    EXPECT_EQ(acts_->find(rina_.user_id, started.id)->state, ActionState::Running);
    EXPECT_EQ(acts_->find("somebody else", started.id).error().code, base::Code::NotFound);
    EXPECT_EQ(acts_->undo(rina_, command(), started.id).error().code, base::Code::Conflict);

    ASSERT_TRUE(acts_->work_once());
    EXPECT_FALSE(acts_->work_once());
    const auto done = acts_->find(rina_.user_id, started.id);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->state, ActionState::Done);
    EXPECT_EQ(done->changed, kMany - 2);
    EXPECT_EQ(count("is:closed"), kMany - 2);
    EXPECT_EQ(state(7).status, model::AlertStatus::New);

    const auto undone = acts_->undo(rina_, command(), started.id);
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_EQ(undone->objects.size(), kMany - 2);
    EXPECT_EQ(count("is:closed"), 0U);
}

TEST_F(ActsTest, the_key_of_a_long_action_is_taken_by_its_answer)
{
    fill(1'100);
    store::Command keyed = command();
    keyed.idempotency_key = "k-1";
    keyed.fingerprint = "f-1";
    const auto started = acts_->perform(rina_, keyed, plain(ActKind::Archive), all("is:open"));
    ASSERT_TRUE(started) << started.error().message;
    ASSERT_TRUE(cases_->keep_answer(keyed.actor, keyed.idempotency_key, now(),
                                    {.fingerprint = "f-1", .answered = true, .status = 202}));
    ASSERT_TRUE(acts_->work_once());
    const auto done = acts_->find(rina_.user_id, started->id);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->state, ActionState::Done);
    EXPECT_EQ(done->changed, 1'100U);
}

TEST_F(ActsTest, a_program_that_ends_leaves_a_long_action_half_done_and_says_so)
{
    fill(600);
    std::string id;
    {
        Acts other(*world_, Acts::Worker::None);
        const auto started =
            other.perform(rina_, command(), plain(ActKind::Archive), all("is:open"));
        ASSERT_TRUE(started);
        id = started->id;
    }
    EXPECT_EQ(acts_->find(rina_.user_id, id).error().code, base::Code::NotFound)
        << "nothing of it was done";
}

TEST_F(ActsTest, duplicates_are_linked_in_the_history_of_both_and_unlinked)
{
    fill(3);
    Act merge = plain(ActKind::Merge);
    merge.into = "ALR-3";
    const auto outcome = perform(merge, these({"ALR-1", "ALR-2", "ALR-3"}));
    EXPECT_EQ(outcome.changed, 2U);
    EXPECT_EQ(outcome.skipped.front().reason, "itself");
    EXPECT_EQ(state(1).merged_into, 3U);
    const auto stays = cases_->find_alert("ALR-3")->id.text();
    ASSERT_TRUE(cases_->read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto history,
            store::list_activities(snapshot, {.object = store::ObjectRef{"alert", stays}}, 10));
        EXPECT_EQ(history.activities.size(), 2U) << "what was merged into it";
        return {};
    }));
    merge.into = "ALR-1";
    EXPECT_EQ(perform(merge, these({"ALR-3"})).skipped.front().reason, "target_merged");
    EXPECT_EQ(perform(plain(ActKind::Unmerge), these({"ALR-1"})).changed, 1U);
    EXPECT_EQ(state(1).merged_into, 0U);
    merge.into = "ALR-99";
    EXPECT_EQ(acts_->perform(rina_, command(), merge, these({"ALR-1"})).error().code,
              base::Code::NotFound);
}

TEST_F(ActsTest, alerts_go_into_a_new_case_and_taking_that_back_ends_it)
{
    fill(3);
    Act into = plain(ActKind::Attach);
    into.case_title = "Tebak sandi";
    const auto outcome = perform(into, these({"ALR-2", "ALR-1"}));
    EXPECT_EQ(outcome.changed, 2U);
    ASSERT_TRUE(outcome.case_number.starts_with("KAS-")) << outcome.case_number;
    const CaseView made = case_of(outcome.case_number);
    EXPECT_EQ(made.subject.title, "Tebak sandi");
    EXPECT_EQ(made.counts.alerts, 2U);
    EXPECT_GT(made.counts.observables, 0U);
    EXPECT_EQ(state(1).status, model::AlertStatus::InCase);
    EXPECT_EQ(state(1).case_id, made.subject.id);
    EXPECT_EQ(count("is:open"), 1U) << "the work goes on in the case";

    const auto undone = acts_->undo(rina_, command(), outcome.id);
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_TRUE(undone->conflicts.empty());
    EXPECT_EQ(state(1).status, model::AlertStatus::New);
    EXPECT_TRUE(state(1).case_id.empty());
    const CaseView ended = case_of(outcome.case_number);
    EXPECT_EQ(ended.subject.place.stage, casework::Stage::NotIncident);
    EXPECT_EQ(ended.counts.alerts, 0U);
    EXPECT_EQ(ended.counts.observables, 0U);

    const auto again = acts_->undo(rina_, command(), undone->command);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(again->conflicts.empty());
    EXPECT_EQ(state(2).status, model::AlertStatus::InCase);
    EXPECT_EQ(case_of(outcome.case_number).subject.place.stage, casework::Stage::Triage);
}

TEST_F(ActsTest, alerts_join_an_open_case_and_leave_it_again)
{
    fill(4);
    const auto subject = open_case(*world_, rina_, command(), {.title = "Kasus"});
    ASSERT_TRUE(subject) << subject.error().message;
    Act into = plain(ActKind::Attach);
    into.into_case = subject->number_text();
    Act merge = plain(ActKind::Merge);
    merge.into = "ALR-1";
    perform(merge, these({"ALR-4"}));

    const auto rehearsed =
        acts_->rehearse(rina_, command(), into, these({"ALR-1", "ALR-2", "ALR-4"}));
    ASSERT_TRUE(rehearsed);
    EXPECT_EQ(rehearsed->changed, 2U);
    EXPECT_EQ(case_of(into.into_case).counts.alerts, 0U);

    const auto joined = perform(into, these({"ALR-1", "ALR-2", "ALR-4"}));
    EXPECT_EQ(joined.changed, 2U);
    EXPECT_EQ(joined.case_number, subject->number_text());
    ASSERT_EQ(joined.skipped.size(), 1U);
    EXPECT_EQ(joined.skipped.front().reason, "merged");
    EXPECT_EQ(perform(into, these({"ALR-1"})).skipped.front().reason, "already");
    Act other = plain(ActKind::Attach);
    EXPECT_EQ(perform(other, these({"ALR-1"})).skipped.front().reason, "in_case");
    EXPECT_EQ(perform(close_as(model::CloseReason::Benign), these({"ALR-1"})).changed, 0U)
        << "what is in a case is decided there";

    EXPECT_EQ(perform(plain(ActKind::Detach), these({"ALR-1", "ALR-3"})).skipped.front().reason,
              "not_in_case");
    EXPECT_EQ(state(1).status, model::AlertStatus::Accepted);
    const auto undone = acts_->undo(rina_, command(), joined.id);
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_EQ(undone->conflicts.size(), 1U) << "the one that left meanwhile";
    EXPECT_EQ(state(2).status, model::AlertStatus::New);
}

TEST_F(ActsTest, a_case_that_ended_or_is_hidden_takes_and_gives_nothing)
{
    fill(2);
    const auto subject =
        open_case(*world_, rina_, command(), {.title = "Kasus", .alerts = {"ALR-1"}});
    ASSERT_TRUE(subject) << subject.error().message;
    const CaseWish wish{.principal = rina_, .command = command("bukan insiden"), .id = subject->id};
    ASSERT_TRUE(move_case(*world_, wish, {.to = casework::Stage::NotIncident}));
    Act into = plain(ActKind::Attach);
    into.into_case = subject->id;
    EXPECT_EQ(acts_->perform(rina_, command(), into, these({"ALR-2"})).error().code,
              base::Code::Conflict);
    EXPECT_EQ(perform(plain(ActKind::Detach), these({"ALR-1"})).skipped.front().reason,
              "case_ended");
    into.into_case = "KAS-2020-0001";
    EXPECT_EQ(acts_->perform(rina_, command(), into, these({"ALR-2"})).error().code,
              base::Code::NotFound);

    const auto red =
        open_case(*world_, rina_, command(), {.title = "Rahasia", .tlp = casework::Tlp::Red});
    ASSERT_TRUE(red);
    into.into_case = red->id;
    const Principal budi = principal("budi", {"analyst"});
    EXPECT_EQ(acts_->perform(budi, {.actor = actor_of(budi), .now = now()}, into, these({"ALR-2"}))
                  .error()
                  .code,
              base::Code::NotFound);
    const Principal reader = principal("wati", {"viewer"});
    EXPECT_EQ(acts_
                  ->perform(reader, {.actor = actor_of(reader), .now = now()},
                            plain(ActKind::Attach), these({"ALR-2"}))
                  .error()
                  .code,
              base::Code::Denied);
}

TEST_F(ActsTest, a_report_dates_its_case_and_what_it_names_is_seen_there)
{
    const auto receive = [&](std::string number, std::chrono::hours before, std::string story) {
        store::Report report;
        report.head.id = base::make_uuid_v7(now()).text();
        report.head.number = std::move(number);
        report.head.title = "Situs pajak palsu";
        report.head.received_at = report.head.updated_at = now() - before;
        report.answers = {{"story", std::move(story)}, {"email", "sari@warga.example"}};
        const auto kept = cases_->change(
            {.actor = {.name = "reporter"}, .now = now()},
            [&](store::Change& change) -> base::Status {
                TRY_STATUS(store::add_report(change, report, "", {}));
                return change.record({.action = "report.receive", .object = report.head.object()});
            });
        EXPECT_TRUE(kept) << kept.error().message;
    };
    receive("LPR-0000-0001", std::chrono::hours(3), "Tautannya https://pajak.example/a");
    receive("LPR-0000-0002", std::chrono::hours(5), "Pengirimnya 203.0.113.45");
    Act into = plain(ActKind::Attach);
    const auto opened = perform(into, these({"LPR-0000-0001"}));
    EXPECT_EQ(opened.changed, 1U);
    const CaseView made = case_of(opened.case_number);
    EXPECT_EQ(made.subject.title, "Situs pajak palsu");
    EXPECT_EQ(made.subject.milestones.at(casework::Milestone::FirstAlert),
              now() - std::chrono::hours(3));
    EXPECT_GT(made.counts.observables, 0U) << "the link";

    into.into_case = opened.case_number;
    const auto joined = perform(into, these({"LPR-0000-0002"}));
    const CaseView both = case_of(opened.case_number);
    EXPECT_EQ(both.subject.milestones.at(casework::Milestone::FirstAlert),
              now() - std::chrono::hours(5))
        << "the earliest word";
    EXPECT_EQ(both.counts.observables, made.counts.observables + 1)
        << "the address, and nothing of who wrote it";

    auto undone = acts_->undo(rina_, command(), joined.id);
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_TRUE(undone->conflicts.empty());
    const CaseView before = case_of(opened.case_number);
    EXPECT_EQ(before.subject.milestones.at(casework::Milestone::FirstAlert),
              now() - std::chrono::hours(3));
    EXPECT_EQ(before.counts.observables, made.counts.observables);

    into.into_case.clear();
    const auto another = perform(into, these({"LPR-0000-0002"}));
    undone = acts_->undo(rina_, command(), another.id);
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_TRUE(undone->conflicts.empty());
    const CaseView ended = case_of(another.case_number);
    EXPECT_EQ(ended.counts.observables, 0U);
    EXPECT_EQ(ended.subject.place.stage, casework::Stage::NotIncident);
}

TEST_F(ActsTest, more_than_one_piece_goes_into_one_new_case)
{
    fill(601);
    Act into = plain(ActKind::Attach);
    const auto started = perform(into, all("is:open"));
    ASSERT_EQ(started.state, ActionState::Running);
    ASSERT_TRUE(acts_->work_once());
    const auto done = acts_->find(rina_.user_id, started.id);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->changed, 601U);
    EXPECT_EQ(case_of(done->case_number).counts.alerts, 601U);
    const auto undone = acts_->undo(rina_, command(), started.id);
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_TRUE(undone->conflicts.empty());
    EXPECT_EQ(count("is:open"), 601U);
    EXPECT_EQ(case_of(done->case_number).subject.place.stage, casework::Stage::NotIncident);
}

TEST_F(ActsTest, what_is_wrong_for_all_is_said_once)
{
    fill(1);
    Act act = plain(ActKind::Snooze);
    act.until = now();
    EXPECT_EQ(acts_->perform(rina_, command(), act, these({"ALR-1"})).error().code,
              base::Code::Invalid);
    act = plain(ActKind::Label);
    act.label = "a,b";
    EXPECT_EQ(acts_->perform(rina_, command(), act, these({"ALR-1"})).error().code,
              base::Code::Invalid);
    act = plain(ActKind::Priority);
    act.priority = 99;
    EXPECT_EQ(acts_->perform(rina_, command(), act, these({"ALR-1"})).error().code,
              base::Code::Invalid)
        << "without a reason";
    EXPECT_EQ(perform(act, these({"ALR-1"}), "wali kota bertanya").changed, 1U);
    act = plain(ActKind::Assign);
    act.assignee = "nobody-here";
    EXPECT_EQ(acts_->perform(rina_, command(), act, these({"ALR-1"})).error().code,
              base::Code::NotFound);
}

TEST_F(ActsTest, snoozed_alerts_come_back_by_themselves)
{
    fill(2);
    Act snooze = plain(ActKind::Snooze);
    snooze.until = now() + std::chrono::hours(2);
    perform(snooze, these({"ALR-1"}));
    EXPECT_EQ(*acts_->wake_snoozed(), 0U);
    clock_.time = snooze.until;
    EXPECT_EQ(*acts_->wake_snoozed(), 1U);
    EXPECT_EQ(state(1).status, model::AlertStatus::New);
    EXPECT_EQ(*acts_->wake_snoozed(), 0U);
}

TEST_F(ActsTest, the_same_decision_is_offered_where_most_were_closed_alike)
{
    fill(13); // ALR-1, 4, 7, 10 and 13 share a target
    perform(close_as(model::CloseReason::Benign), these({"ALR-1", "ALR-4"}), "pemindai internal");
    auto seen = precedents_of(*cases_, rina_, *cases_->find_alert("ALR-13"));
    ASSERT_TRUE(seen) << seen.error().message;
    EXPECT_EQ(seen->total, 2U);
    EXPECT_EQ(seen->items.front().decided_by, "rina");
    EXPECT_EQ(seen->items.front().note, "pemindai internal");
    ASSERT_TRUE(seen->same);
    EXPECT_EQ(seen->same->reason, "benign");
    EXPECT_EQ(seen->same->count, 2U);
    perform(close_as(model::CloseReason::TruePositive), these({"ALR-7"}));
    perform(plain(ActKind::Archive), these({"ALR-10"}));
    EXPECT_FALSE(precedents_of(*cases_, rina_, *cases_->find_alert("ALR-13"))->same)
        << "half is not most";
}

} // namespace
} // namespace tanggap::service
