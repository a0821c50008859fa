#include "triage/life.h"

#include <gtest/gtest.h>

#include "base/triage_limits.h"

namespace tanggap::triage {
namespace {

using model::AlertState;
using model::AlertStatus;
using model::CloseReason;

constexpr base::Time kNow = base::Time::from_seconds(1'700'000'000);
constexpr std::chrono::hours kHour{1};

/// Sixty events in one hour, the last one just now.
AlertFacts facts_of(std::uint64_t events = 60)
{
    return {.events = events, .first_seen = kNow - base::Duration(kHour), .last_seen = kNow};
}

AlertState ok(Next next)
{
    EXPECT_TRUE(next) << text_of(next.error());
    return next.value_or(AlertState{});
}

std::string_view refusal(const Next& next)
{
    return next ? "allowed" : name_of(next.error());
}

TEST(Life, AnAlertIsAcceptedOnce)
{
    const AlertState accepted = ok(accept({}, facts_of(), kNow));
    EXPECT_EQ(accepted.status, AlertStatus::Accepted);
    EXPECT_EQ(accepted.accepted_at, kNow);
    EXPECT_EQ(accepted.baseline, (model::Baseline{60, 60, kNow}));
    EXPECT_EQ(refusal(accept(accepted, facts_of(), kNow)), "already");
}

TEST(Life, ClosingNeedsAReasonAndCanBeTakenBack)
{
    const AlertState closed = ok(close({}, facts_of(), CloseReason::Benign, kNow));
    EXPECT_EQ(closed.status, AlertStatus::Closed);
    EXPECT_EQ(closed.close_reason, "benign");
    EXPECT_EQ(refusal(close(closed, facts_of(), CloseReason::Benign, kNow)), "already");
    EXPECT_EQ(ok(close(closed, facts_of(), CloseReason::Resolved, kNow)).close_reason, "resolved");
    const AlertState again = ok(reopen(closed, facts_of(), kNow));
    EXPECT_EQ(again.status, AlertStatus::Accepted);
    EXPECT_EQ(again.close_reason, "");
    EXPECT_EQ(refusal(reopen(again, facts_of(), kNow)), "already");
}

TEST(Life, AClosedAlertThatGrowsIsOpenAgain)
{
    const AlertState closed = ok(close({}, facts_of(), CloseReason::FalsePositive, kNow));
    EXPECT_FALSE(after_growth(closed, facts_of(60), kNow)) << "nothing new";
    const auto regressed = after_growth(closed, facts_of(61), kNow);
    ASSERT_TRUE(regressed);
    EXPECT_EQ(regressed->status, AlertStatus::Regressed);
    EXPECT_TRUE(model::is_open(regressed->status));
    EXPECT_EQ(regressed->close_reason, "");
}

TEST(Life, ASnoozedAlertComesBackAsItWas)
{
    const base::Time until = kNow + base::Duration(kHour);
    const AlertState snoozed = ok(snooze({}, facts_of(), until, kNow));
    EXPECT_EQ(snoozed.snoozed_until, until);
    EXPECT_FALSE(after_time(snoozed, until - base::Duration(1)));
    EXPECT_EQ(after_time(snoozed, until)->status, AlertStatus::New) << "nobody had accepted it";
    EXPECT_FALSE(after_growth(snoozed, facts_of(9999), kNow)) << "its time is not up";

    AlertState accepted = ok(accept({}, facts_of(), kNow));
    accepted = ok(snooze(accepted, facts_of(), until, kNow));
    EXPECT_EQ(after_time(accepted, until)->status, AlertStatus::Accepted);
}

TEST(Life, SnoozingNeedsATimeAheadAndNotTooFar)
{
    EXPECT_FALSE(check_snooze(kNow, kNow));
    const base::Time longest = kNow + base::Duration(base::limits::kSnoozeMax);
    EXPECT_TRUE(check_snooze(longest, kNow));
    EXPECT_FALSE(check_snooze(longest + base::Duration(1), kNow));
}

TEST(Life, AnArchivedAlertEscalatesAboveThreeTimesItsForecast)
{
    const AlertState archived = ok(archive({}, facts_of(), kNow));
    EXPECT_FALSE(model::is_open(archived.status));
    // Forecast for the next hour: 60 events.
    EXPECT_FALSE(after_growth(archived, facts_of(60 + 180), kNow));
    const auto loud = after_growth(archived, facts_of(60 + 181), kNow);
    ASSERT_TRUE(loud);
    EXPECT_EQ(loud->status, AlertStatus::Escalating);

    AlertFacts later = facts_of(60 + 181);
    later.last_seen = kNow + base::Duration(2 * kHour);
    EXPECT_FALSE(after_growth(archived, later, later.last_seen)) << "as many in two hours";
    later.events = 60 + 361;
    EXPECT_TRUE(after_growth(archived, later, later.last_seen));
}

TEST(Life, AFewEventsAreNoEscalation)
{
    const AlertState archived = ok(archive({}, facts_of(1), kNow));
    EXPECT_FALSE(after_growth(archived, facts_of(10), kNow));
    EXPECT_TRUE(after_growth(archived, facts_of(11), kNow));
    EXPECT_FALSE(is_escalating({}, facts_of(9999))) << "nobody has looked: it is new, not louder";
}

TEST(Life, AnAcceptedAlertEscalatesToo)
{
    const AlertState accepted = ok(accept({}, facts_of(), kNow));
    const auto loud = after_growth(accepted, facts_of(60 + 181), kNow);
    ASSERT_TRUE(loud);
    EXPECT_EQ(loud->status, AlertStatus::Escalating);
    EXPECT_EQ(ok(accept(*loud, facts_of(241), kNow)).baseline.events, 241U) << "seen: quiet again";
}

TEST(Life, DuplicatesAreLinkedWithoutChainsAndUnlinked)
{
    const MergeTarget stays{.number = 7, .status = AlertStatus::New};
    const AlertState merged = ok(merge({}, facts_of(), 9, stays, 0, kNow));
    EXPECT_EQ(merged.status, AlertStatus::Merged);
    EXPECT_EQ(merged.merged_into, 7U);
    EXPECT_EQ(refusal(merge({}, facts_of(), 7, stays, 0, kNow)), "itself");
    const MergeTarget duplicate{.number = 7, .status = AlertStatus::Merged};
    EXPECT_EQ(refusal(merge({}, facts_of(), 9, duplicate, 0, kNow)), "target_merged");
    EXPECT_EQ(refusal(merge({}, facts_of(), 9, stays, 2, kNow)), "has_duplicates");
    EXPECT_EQ(refusal(merge(merged, facts_of(), 9, stays, 0, kNow)), "already");

    const AlertState apart = ok(unmerge(merged, kNow));
    EXPECT_EQ(apart.status, AlertStatus::Accepted);
    EXPECT_EQ(apart.merged_into, 0U);
    EXPECT_FALSE(unmerge(apart, kNow));
}

TEST(Life, WhatIsLinkedElsewhereIsTakenOutFirst)
{
    const AlertState in_case = ok(add_to_case({}, facts_of(), "case-1", kNow));
    EXPECT_EQ(in_case.case_id, "case-1");
    const AlertState merged = ok(merge({}, facts_of(), 9, {.number = 7}, 0, kNow));
    for (const AlertState& held : {in_case, merged}) {
        EXPECT_FALSE(accept(held, facts_of(), kNow));
        EXPECT_FALSE(close(held, facts_of(), CloseReason::Benign, kNow));
        EXPECT_FALSE(snooze(held, facts_of(), kNow + base::Duration(kHour), kNow));
        EXPECT_FALSE(archive(held, facts_of(), kNow));
        EXPECT_FALSE(add_to_case(held, facts_of(), "case-2", kNow));
        EXPECT_FALSE(reopen(held, facts_of(), kNow));
        EXPECT_FALSE(after_growth(held, facts_of(9999), kNow));
    }
    EXPECT_EQ(refusal(add_to_case(in_case, facts_of(), "case-1", kNow)), "already");
    EXPECT_EQ(ok(leave_case(in_case, kNow)).case_id, "");
    EXPECT_FALSE(leave_case({}, kNow));
}

TEST(Life, LabelsAreSortedOnceEachAndBounded)
{
    AlertState state = ok(add_label({}, " piket "));
    state = ok(add_label(state, "bapenda"));
    EXPECT_EQ(state.labels, (std::vector<std::string>{"bapenda", "piket"}));
    EXPECT_EQ(refusal(add_label(state, "piket")), "already");
    for (const std::string& wrong :
         {std::string(), std::string("  "), std::string("a,b"), std::string("a\nb"),
          std::string("a\"b"), std::string("\xff"), std::string(65, 'a')}) {
        EXPECT_FALSE(check_label(wrong)) << wrong;
    }
    EXPECT_EQ(ok(remove_label(state, "piket")).labels, (std::vector<std::string>{"bapenda"}));
    EXPECT_FALSE(remove_label(state, "absent"));
    for (int i = 0; state.labels.size() < base::limits::kLabelsMax; ++i) {
        state = ok(add_label(state, "label " + std::to_string(i)));
    }
    EXPECT_EQ(refusal(add_label(state, "one more")), "labels_full");
}

TEST(Life, OwnerAndPriorityLeaveTheStatusAlone)
{
    AlertState state = ok(assign({}, "rina"));
    EXPECT_EQ(state.status, AlertStatus::New);
    EXPECT_FALSE(assign(state, "rina"));
    EXPECT_EQ(ok(assign(state, "")).assignee, "");
    state = ok(set_priority(state, 95));
    EXPECT_FALSE(set_priority(state, 95));
    EXPECT_FALSE(check_priority(101));
    EXPECT_FALSE(check_priority(-2));
    EXPECT_TRUE(check_priority(model::kNoPriority));
    EXPECT_EQ(ok(set_priority(state, model::kNoPriority)).priority, model::kNoPriority);
}

TEST(Life, NamesAreReadBack)
{
    for (std::size_t i = 0; i < model::kAlertStatuses; ++i) {
        const auto status = static_cast<AlertStatus>(i);
        EXPECT_EQ(model::parse_alert_status(model::name_of(status)), status);
    }
    for (std::size_t i = 0; i < model::kCloseReasons; ++i) {
        const auto reason = static_cast<CloseReason>(i);
        EXPECT_EQ(model::parse_close_reason(model::name_of(reason)), reason);
    }
    EXPECT_FALSE(model::parse_close_reason("because"));
}

} // namespace
} // namespace tanggap::triage
