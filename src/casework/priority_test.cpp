#include <gtest/gtest.h>

#include "casework/closing.h"
#include "casework/content_for_test.h"
#include "casework/priority.h"

namespace tanggap::casework {
namespace {

TEST(Priority, the_matrix_and_the_facts_that_raise_it)
{
    struct Row {
        Assessment said;
        std::string_view priority;
        std::size_t reasons;
    };
    const std::vector<Row> rows{
        {{.impact = 1, .urgency = 1}, "P4", 2},
        {{.impact = 1, .urgency = 3}, "P3", 2},
        {{.impact = 2, .urgency = 2}, "P3", 2},
        {{.impact = 3, .urgency = 2}, "P2", 2},
        {{.impact = 3, .urgency = 3}, "P1", 2},
        {{.impact = 4, .urgency = 1}, "P2", 2},
        {{.impact = 4, .urgency = 2}, "P1", 2},
        {{.impact = 1, .urgency = 1, .vital_system = true}, "P2", 3},
        {{.impact = 1, .urgency = 1, .personal_data = true}, "P2", 3},
        {{.impact = 1, .urgency = 1, .public_service_down = true}, "P1", 3},
        {{.impact = 4, .urgency = 3, .personal_data = true, .attacker_inside = true}, "P1", 4},
    };
    for (const Row& row : rows) {
        const auto decision = decide_priority(row.said).value();
        EXPECT_EQ(name_of(decision.priority), row.priority)
            << row.said.impact << " × " << row.said.urgency;
        EXPECT_EQ(decision.reasons.size(), row.reasons);
    }
}

TEST(Priority, more_impact_or_urgency_never_lowers_it)
{
    for (int impact = 1; impact <= 4; ++impact) {
        for (int urgency = 1; urgency <= 3; ++urgency) {
            const auto here = decide_priority({.impact = impact, .urgency = urgency})->priority;
            if (impact < 4) {
                EXPECT_LE(decide_priority({.impact = impact + 1, .urgency = urgency})->priority,
                          here);
            }
            if (urgency < 3) {
                EXPECT_LE(decide_priority({.impact = impact, .urgency = urgency + 1})->priority,
                          here);
            }
        }
    }
}

TEST(Priority, what_was_not_said_is_not_guessed)
{
    EXPECT_FALSE(decide_priority({}));
    EXPECT_FALSE(decide_priority({.impact = 5, .urgency = 1}));
    EXPECT_FALSE(decide_priority({.impact = 1, .urgency = 4}));
    EXPECT_EQ(parse_priority("p2").value(), Priority::P2);
    EXPECT_FALSE(parse_priority("P5"));
}

TEST(Milestones, stages_set_and_take_back_what_a_person_did_not_set)
{
    Milestones times;
    on_opened(times, at("2026-11-02T01:00:00Z"));
    on_attached(times, at("2026-11-02T00:30:00Z"));
    on_attached(times, at("2026-11-02T00:10:00Z"));
    EXPECT_EQ(times.at(Milestone::FirstAlert), at("2026-11-02T00:10:00Z"));
    on_stage(times, Stage::Containment, Stage::Recovery, at("2026-11-03T00:00:00Z"));
    EXPECT_TRUE(times.at(Milestone::Contained));
    EXPECT_TRUE(times.at(Milestone::Eradicated));
    EXPECT_FALSE(times.at(Milestone::ServiceRestored));
    times.set(Milestone::Contained, MilestoneTime{.at = at("2026-11-02T20:00:00Z")});
    on_stage(times, Stage::Recovery, Stage::Containment, at("2026-11-04T00:00:00Z"));
    EXPECT_EQ(times.at(Milestone::Contained), at("2026-11-02T20:00:00Z"));
    EXPECT_FALSE(times.at(Milestone::Eradicated));
    on_stage(times, Stage::Reporting, Stage::Closed, at("2026-11-05T00:00:00Z"));
    on_stage(times, Stage::Closed, Stage::Triage, at("2026-11-06T00:00:00Z"));
    EXPECT_FALSE(times.at(Milestone::Closed));
    on_stage(times, Stage::Triage, Stage::NotIncident, at("2026-11-07T00:00:00Z"));
    EXPECT_FALSE(times.at(Milestone::Closed));
}

TEST(Milestones, what_cannot_be_is_doubted)
{
    Milestones times;
    times.set(Milestone::Known, MilestoneTime{.at = at("2026-11-02T10:00:00Z")});
    times.set(Milestone::Contained, MilestoneTime{.at = at("2026-11-02T09:00:00Z")});
    times.set(Milestone::ServiceRestored, MilestoneTime{.at = at("2026-12-01T00:00:00Z")});
    const auto doubts = doubts_about(times, at("2026-11-03T00:00:00Z"));
    ASSERT_EQ(doubts.size(), 2U);
    EXPECT_EQ(doubts[0].id, "Layanan pulih terletak di masa depan");
    EXPECT_EQ(doubts[1].en, "Contained lies before Known");
}

ClosingFacts whole_case()
{
    ClosingFacts facts{.incident = true,
                       .assessed = true,
                       .classes = 1,
                       .organisation = "Dinas A",
                       .summary = "x",
                       .cause = "x",
                       .impact = "x",
                       .measures = "x",
                       .lessons = "x",
                       .resolution = "resolved"};
    for (std::size_t i = 0; i < kMilestones; ++i) {
        if (is_required(static_cast<Milestone>(i))) {
            facts.milestones.set(static_cast<Milestone>(i), MilestoneTime{.not_applicable = true});
        }
    }
    return facts;
}

TEST(Closing, each_thing_missing_is_named_and_nothing_else)
{
    EXPECT_TRUE(missing_for_closing(whole_case()).empty());
    ClosingFacts facts = whole_case();
    facts.cause = "  \n";
    facts.open_mandatory_tasks = {{"t1", "Amankan bukti"}};
    facts.milestones.set(Milestone::ServiceRestored, std::nullopt);
    const auto missing = missing_for_closing(facts);
    ASSERT_EQ(missing.size(), 3U);
    EXPECT_EQ(missing[0].code, "cause");
    EXPECT_EQ(missing[1].subject, "t1");
    EXPECT_EQ(missing[2].subject, "service_restored");
    EXPECT_EQ(missing_for_closing({}).size(), 9U); // no incident: no times are asked for
}

TEST(Closing, exactly_seven_times_are_asked_of_an_incident)
{
    ClosingFacts facts = whole_case();
    facts.milestones = {};
    EXPECT_EQ(missing_for_closing(facts).size(), 7U);
}

TEST(Closing, an_open_duty_holds_it_a_service_clock_does_not)
{
    const std::vector<ClockRule> rules{
        {.id = "duty", .kind = ClockKind::Statutory, .title = {"D", "D"}},
        {.id = "contain", .kind = ClockKind::Service, .title = {"C", "C"}}};
    std::vector<Clock> clocks{{.rule_id = "duty", .state = ClockState::Running},
                              {.rule_id = "contain", .state = ClockState::Breached}};
    ClosingFacts facts = whole_case();
    facts.rules = rules;
    facts.clocks = clocks;
    ASSERT_EQ(missing_for_closing(facts).size(), 1U);
    EXPECT_EQ(missing_for_closing(facts)[0].code, "duty");
    clocks[0].state = ClockState::Waived;
    facts.clocks = clocks;
    EXPECT_TRUE(missing_for_closing(facts).empty());
}

} // namespace
} // namespace tanggap::casework
