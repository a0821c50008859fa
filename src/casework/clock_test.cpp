#include "casework/clock.h"

#include <gtest/gtest.h>

#include "casework/content_for_test.h"

namespace tanggap::casework {
namespace {

std::shared_ptr<const WorkCalendar> calendar_of(std::string_view zone)
{
    std::vector<Diagnostic> problems;
    auto calendar = load_calendar(shipped("holidays"), zone, problems);
    EXPECT_TRUE(problems.empty()) << told(problems);
    return calendar;
}

TEST(Calendar, adds_working_time_in_each_zone_over_nights_weekends_and_holidays)
{
    struct Row {
        std::string_view zone;
        std::string_view from; ///< as the wall of the zone shows it
        int minutes;
        std::string_view due;
    };
    // Monday 2 November 2026 is an ordinary week; 25 August 2026 (Tuesday) is Maulid Nabi.
    const std::vector<Row> rows{
        {"Asia/Jakarta", "2026-11-02T08:00:00+07:00", 240, "2026-11-02T12:00:00+07:00"},
        {"Asia/Jakarta", "2026-11-02T08:00:00+07:00", 241, "2026-11-02T13:01:00+07:00"},
        {"Asia/Jakarta", "2026-11-02T15:00:00+07:00", 120, "2026-11-03T08:30:00+07:00"},
        {"Asia/Jakarta", "2026-11-06T16:00:00+07:00", 60, "2026-11-09T08:00:00+07:00"},
        {"Asia/Jakarta", "2026-11-07T10:00:00+07:00", 30, "2026-11-09T08:00:00+07:00"},
        {"Asia/Jakarta", "2026-11-02T02:00:00+07:00", 1, "2026-11-02T07:31:00+07:00"},
        {"Asia/Jakarta", "2026-08-24T15:30:00+07:00", 60, "2026-08-26T08:00:00+07:00"},
        {"Asia/Jakarta", "2026-03-17T15:30:00+07:00", 60, "2026-03-25T08:00:00+07:00"},
        {"Asia/Jakarta", "2026-12-23T15:59:00+07:00", 2, "2026-12-28T07:31:00+07:00"},
        {"Asia/Makassar", "2026-11-02T15:00:00+08:00", 120, "2026-11-03T08:30:00+08:00"},
        {"Asia/Jayapura", "2026-11-02T15:00:00+09:00", 120, "2026-11-03T08:30:00+09:00"},
        // 06:00 in Jayapura is 04:00 in Jakarta: the office of the zone counts, not the server's.
        {"Asia/Jayapura", "2026-11-02T06:00:00+09:00", 30, "2026-11-02T08:00:00+09:00"},
    };
    for (const Row& row : rows) {
        const auto calendar = calendar_of(row.zone);
        const base::Time due = calendar->add(at(row.from), std::chrono::minutes(row.minutes));
        EXPECT_EQ(base::format_rfc3339(due), base::format_rfc3339(at(row.due)))
            << row.zone << " " << row.from << " + " << row.minutes << " min";
        EXPECT_EQ(calendar->between(at(row.from), due), std::chrono::minutes(row.minutes))
            << row.zone << " " << row.from;
    }
}

TEST(Calendar, a_working_week_has_37_and_a_half_hours_and_days_are_alike)
{
    const auto calendar = calendar_of("Asia/Jakarta");
    EXPECT_EQ(calendar->working_day(), 7 * 3600 + 1800);
    EXPECT_EQ(calendar->between(at("2026-11-02T00:00:00+07:00"), at("2026-11-09T00:00:00+07:00")),
              std::chrono::minutes(2250));
    EXPECT_TRUE(calendar->is_working(at("2026-11-02T07:30:00+07:00")));
    EXPECT_FALSE(calendar->is_working(at("2026-11-02T12:30:00+07:00")));
    EXPECT_FALSE(calendar->is_working(at("2026-11-02T16:00:00+07:00")));
    EXPECT_FALSE(calendar->is_working(at("2026-08-17T09:00:00+07:00")));
    EXPECT_FALSE(calendar->is_working(at("2031-08-18T00:00:00+07:00")));
    EXPECT_EQ(calendar->year_of(at("2026-12-31T17:30:00Z")), 2027);
    EXPECT_EQ(calendar_of("UTC")->zone(), "Asia/Jakarta");
}

TEST(Calendar, clocks_that_are_set_forward_and_back_neither_add_nor_lose_time)
{
    const std::string yaml = "id: berlin\nzones: [Europe/Berlin]\ncovers: [2026]\n"
                             "hours: {sunday: [\"00:00-06:00\"], monday: [\"08:00-10:00\"]}\n";
    std::vector<Diagnostic> problems;
    const ContentFile file{"berlin.yaml", yaml, true};
    const auto calendar = load_calendar({&file, 1}, "Europe/Berlin", problems);
    ASSERT_TRUE(calendar) << told(problems);
    // 29 March 2026: 02:00 becomes 03:00; 25 October 2026: 03:00 becomes 02:00.
    EXPECT_EQ(calendar->between(at("2026-03-28T23:00:00Z"), at("2026-03-29T10:00:00Z")),
              std::chrono::hours(5));
    EXPECT_EQ(calendar->between(at("2026-10-24T22:00:00Z"), at("2026-10-25T10:00:00Z")),
              std::chrono::hours(7));
    EXPECT_EQ(calendar->add(at("2026-03-28T23:00:00Z"), std::chrono::hours(6)),
              at("2026-03-30T07:00:00Z"));
}

struct Rules {
    std::vector<ClockRule> rules;
    std::shared_ptr<const WorkCalendar> calendar = calendar_of("Asia/Jakarta");

    Rules()
    {
        std::vector<Diagnostic> problems;
        rules = load_clocks(shipped("clocks"), problems);
        EXPECT_TRUE(problems.empty()) << told(problems);
    }
    std::optional<Clock> clock(std::string_view id, const History& history,
                               std::string_view now) const
    {
        for (Clock& each : compute_clocks(rules, history, calendar.get(), at(now))) {
            if (each.rule_id == id) {
                return each;
            }
        }
        return std::nullopt;
    }
};

History opened(std::string_view when, Priority priority)
{
    History history{.opened = at(when), .priority = priority};
    on_opened(history.milestones, history.opened);
    return history;
}

TEST(Clocks, a_service_clock_runs_is_met_or_breached)
{
    const Rules rules;
    History history = opened("2026-11-02T09:00:00+07:00", Priority::P1);
    const auto running = rules.clock("first_action", history, "2026-11-02T09:20:00+07:00");
    ASSERT_TRUE(running);
    EXPECT_EQ(running->state, ClockState::Running);
    EXPECT_EQ(running->remaining, std::chrono::minutes(40));
    const auto over = rules.clock("first_action", history, "2026-11-02T10:05:00+07:00");
    EXPECT_EQ(over->state, ClockState::Breached);
    EXPECT_EQ(over->remaining, -std::chrono::minutes(5));
    on_action_taken(history.milestones, at("2026-11-02T09:50:00+07:00"));
    const auto met = rules.clock("first_action", history, "2026-11-03T10:05:00+07:00");
    EXPECT_EQ(met->state, ClockState::Met);
    EXPECT_EQ(met->remaining, std::chrono::minutes(10));
    history.milestones = {};
    on_opened(history.milestones, history.opened);
    on_action_taken(history.milestones, at("2026-11-02T11:00:00+07:00"));
    EXPECT_EQ(rules.clock("first_action", history, "2026-11-03T10:05:00+07:00")->state,
              ClockState::MetLate);
}

TEST(Clocks, waiting_pauses_service_clocks_and_never_statutory_ones)
{
    const Rules rules;
    History history = opened("2026-11-02T09:00:00+07:00", Priority::P2);
    history.vital_system = true;
    history.waiting = {{at("2026-11-02T10:00:00+07:00"), std::nullopt}};
    const auto paused = rules.clock("contain", history, "2026-11-03T10:00:00+07:00");
    EXPECT_EQ(paused->state, ClockState::Paused);
    EXPECT_FALSE(paused->due);
    EXPECT_EQ(paused->remaining, std::chrono::hours(23));
    history.waiting = {{at("2026-11-02T10:00:00+07:00"), at("2026-11-03T10:00:00+07:00")},
                       {at("2026-11-03T12:00:00+07:00"), at("2026-11-03T13:00:00+07:00")}};
    const auto later = rules.clock("contain", history, "2026-11-03T11:00:00+07:00");
    EXPECT_EQ(*later->due, at("2026-11-04T10:00:00+07:00"));
    const auto duty = rules.clock("iiv_report", history, "2026-11-03T11:00:00+07:00");
    EXPECT_EQ(duty->state, ClockState::Breached);
    EXPECT_EQ(*duty->due, at("2026-11-03T09:00:00+07:00"));
}

TEST(Clocks, what_was_due_before_the_waiting_began_stays_breached)
{
    const Rules rules;
    History history = opened("2026-11-02T09:00:00+07:00", Priority::P1);
    history.waiting = {{at("2026-11-02T12:00:00+07:00"), std::nullopt}};
    const auto clock = rules.clock("first_action", history, "2026-11-02T15:00:00+07:00");
    EXPECT_EQ(clock->state, ClockState::Breached);
    EXPECT_EQ(*clock->due, at("2026-11-02T10:00:00+07:00"));
}

TEST(Clocks, working_time_with_a_pause_over_the_weekend)
{
    const Rules rules;
    History history = opened("2026-11-05T15:00:00+07:00", Priority::P3); // a Thursday
    history.waiting = {{at("2026-11-05T16:00:00+07:00"), at("2026-11-09T07:30:00+07:00")}};
    // 3 working days = 22.5 h; one on Thursday, 7.5 each on Monday and Tuesday, 6.5 on Wednesday.
    const auto clock = rules.clock("contain", history, "2026-11-09T08:30:00+07:00");
    EXPECT_EQ(*clock->due, at("2026-11-11T15:00:00+07:00"));
    EXPECT_EQ(clock->remaining, std::chrono::minutes(20 * 60 + 30));
    EXPECT_FALSE(clock->guessed);
}

TEST(Clocks, an_end_stops_them_and_opening_again_begins_anew)
{
    const Rules rules;
    History history = opened("2026-11-02T09:00:00+07:00", Priority::P1);
    on_action_taken(history.milestones, at("2026-11-02T09:10:00+07:00"));
    history.personal_data = true;
    history.ended = at("2026-11-02T10:00:00+07:00");
    EXPECT_EQ(rules.clock("contain", history, "2026-11-20T10:00:00+07:00")->state,
              ClockState::Stopped);
    EXPECT_EQ(rules.clock("personal_data_notice", history, "2026-11-20T10:00:00+07:00")->state,
              ClockState::Breached);
    history.ended.reset();
    history.reopened = at("2026-11-20T10:00:00+07:00");
    const auto anew = rules.clock("contain", history, "2026-11-20T11:00:00+07:00");
    EXPECT_EQ(anew->state, ClockState::Running);
    EXPECT_EQ(*anew->due, at("2026-11-20T14:00:00+07:00"));
    EXPECT_EQ(rules.clock("first_action", history, "2026-11-20T11:00:00+07:00")->state,
              ClockState::Met);
    EXPECT_EQ(*rules.clock("personal_data_notice", history, "2026-11-20T11:00:00+07:00")->due,
              at("2026-11-05T09:00:00+07:00"));
}

TEST(Clocks, a_duty_runs_from_when_it_was_known_until_done_or_waived)
{
    const Rules rules;
    History history = opened("2026-11-02T09:00:00+07:00", Priority::P3);
    EXPECT_FALSE(rules.clock("personal_data_notice", history, "2026-11-02T10:00:00+07:00"));
    history.personal_data = true; // decided a day later: the clock does not start at the decision
    history.milestones.set(Milestone::Known, MilestoneTime{.at = at("2026-11-01T22:00:00+07:00")});
    const auto clock = rules.clock("personal_data_notice", history, "2026-11-03T10:00:00+07:00");
    EXPECT_EQ(*clock->due, at("2026-11-04T22:00:00+07:00"));
    history.fulfilled["personal_data_notice"] = {.at = at("2026-11-04T21:00:00+07:00")};
    EXPECT_EQ(rules.clock("personal_data_notice", history, "2026-12-03T10:00:00+07:00")->state,
              ClockState::Met);
    history.fulfilled["personal_data_notice"] = {.at = at("2026-11-04T23:00:00+07:00")};
    EXPECT_EQ(rules.clock("personal_data_notice", history, "2026-12-03T10:00:00+07:00")->state,
              ClockState::MetLate);
    history.fulfilled["personal_data_notice"] = {.at = at("2026-11-04T23:00:00+07:00"),
                                                 .waived = true};
    EXPECT_EQ(rules.clock("personal_data_notice", history, "2026-12-03T10:00:00+07:00")->state,
              ClockState::Waived);
}

TEST(Clocks, a_high_risk_incident_has_its_duty_a_case_has_not)
{
    const Rules rules;
    History history = opened("2026-11-02T09:00:00+07:00", Priority::P2);
    EXPECT_FALSE(rules.clock("high_risk_report", history, "2026-11-02T10:00:00+07:00"));
    on_incident_declared(history.milestones, at("2026-11-02T09:30:00+07:00"));
    EXPECT_EQ(*rules.clock("high_risk_report", history, "2026-11-02T10:00:00+07:00")->due,
              at("2026-11-03T09:00:00+07:00"));
    history.priority = Priority::P3;
    EXPECT_FALSE(rules.clock("high_risk_report", history, "2026-11-02T10:00:00+07:00"));
}

TEST(Clocks, the_next_update_begins_anew_with_each)
{
    const Rules rules;
    History history = opened("2026-11-02T09:00:00+07:00", Priority::P1);
    EXPECT_EQ(rules.clock("update", history, "2026-11-02T11:30:00+07:00")->state,
              ClockState::Breached);
    history.updated = at("2026-11-02T11:30:00+07:00");
    const auto next = rules.clock("update", history, "2026-11-02T11:31:00+07:00");
    EXPECT_EQ(next->state, ClockState::Running);
    EXPECT_EQ(*next->due, at("2026-11-02T13:30:00+07:00"));
}

TEST(Clocks, beyond_the_known_holidays_a_sum_is_a_guess)
{
    const Rules rules;
    const History history = opened("2026-12-30T09:00:00+07:00", Priority::P3);
    EXPECT_TRUE(rules.clock("contain", history, "2026-12-30T10:00:00+07:00")->guessed);
    EXPECT_FALSE(rules.clock("first_action", history, "2026-12-30T10:00:00+07:00")->guessed);
}

TEST(Clocks, the_most_pressing_is_the_one_due_first)
{
    const Rules rules;
    History history = opened("2026-11-02T09:00:00+07:00", Priority::P1);
    const auto clocks =
        compute_clocks(rules.rules, history, rules.calendar.get(), at("2026-11-02T09:01:00+07:00"));
    ASSERT_NE(most_pressing(clocks), nullptr);
    EXPECT_EQ(most_pressing(clocks)->rule_id, "triage"); // acknowledged by opening it
    EXPECT_EQ(most_pressing({}), nullptr);
}

} // namespace
} // namespace tanggap::casework
