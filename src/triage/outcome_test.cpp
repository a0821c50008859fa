#include <gtest/gtest.h>

#include "triage/detail/test_support.h"

namespace tanggap::triage {
namespace {

using model::Outcome;
using testing::Fields;
using testing::make_detection;
using testing::make_event;
using testing::make_rule;

Outcome outcome(const Fields& fields, Outcome declared = Outcome::Unknown)
{
    model::EventBatch batch;
    const model::Event event = make_event(batch, fields);
    const model::Detection detection = make_detection(make_rule("r", {.outcome = declared}), 0);
    const std::vector<const model::Detection*> detections = {&detection};
    return outcome_of(event, detections);
}

TEST(Outcome, ControlThatSaidNoBlocks)
{
    EXPECT_EQ(outcome({{"suricata.eve.alert.action", "blocked"}}), Outcome::Blocked);
    EXPECT_EQ(outcome({{"suricata.eve.event_type", "drop"}}), Outcome::Blocked);
    EXPECT_EQ(outcome({{"event.action", "Denied"}}), Outcome::Blocked);
    EXPECT_EQ(outcome({{"event.action", "denied"}, {"http.response.status_code", "403"}}),
              Outcome::Blocked);
}

TEST(Outcome, AWebFirewallBlocksOnlyWhereItSaysSo)
{
    EXPECT_EQ(outcome({{"event.action", "waf_match"},
                       {"message", "ModSecurity: Access denied with code 403 (phase 2)."}}),
              Outcome::Blocked);
    EXPECT_EQ(outcome({{"event.action", "waf_match"}, {"message", "ModSecurity: Warning."}}),
              Outcome::Unknown);
}

TEST(Outcome, AnAllowedIdsAlertWasSeenNotBlocked)
{
    EXPECT_EQ(outcome({{"suricata.eve.alert.action", "allowed"}}), Outcome::Unknown);
}

TEST(Outcome, RefusalByTheTargetIsFailed)
{
    for (const char* status : {"400", "401", "403", "404", "405", "410", "429"}) {
        EXPECT_EQ(outcome({{"http.response.status_code", status}}), Outcome::Failed) << status;
    }
    EXPECT_EQ(outcome({{"event.outcome", "failure"}}), Outcome::Failed);
}

TEST(Outcome, NoStatusProvesSuccess)
{
    for (const char* status : {"200", "201", "204", "302", "408", "499", "500", "503", "4", "-"}) {
        EXPECT_EQ(outcome({{"http.response.status_code", status}}), Outcome::Unknown) << status;
    }
    EXPECT_EQ(outcome({{"event.outcome", "success"}}), Outcome::Unknown);
}

TEST(Outcome, OnlyARuleDeclaresSuccess)
{
    EXPECT_EQ(outcome({{"http.response.status_code", "200"}}, Outcome::Succeeded),
              Outcome::Succeeded);
    EXPECT_EQ(outcome({}, Outcome::Blocked), Outcome::Blocked);
}

TEST(Outcome, RefusalInTheEventWinsOverTheRule)
{
    EXPECT_EQ(outcome({{"http.response.status_code", "404"}}, Outcome::Succeeded), Outcome::Failed);
    EXPECT_EQ(outcome({{"event.action", "dropped"}}, Outcome::Succeeded), Outcome::Blocked);
}

} // namespace
} // namespace tanggap::triage
