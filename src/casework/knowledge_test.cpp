#include "casework/knowledge.h"

#include <gtest/gtest.h>

#include "casework/content_for_test.h"

namespace tanggap::casework {
namespace {

Knowledge loaded()
{
    std::vector<Diagnostic> problems;
    Knowledge knowledge = load_knowledge({.taxonomies = shipped("taxonomies"),
                                          .playbooks = shipped("playbooks"),
                                          .clocks = shipped("clocks"),
                                          .holidays = shipped("holidays")},
                                         "Asia/Jakarta", problems);
    EXPECT_TRUE(problems.empty()) << told(problems);
    return knowledge;
}

History opened_at(std::string_view time)
{
    History history;
    history.opened = at(time);
    history.priority = Priority::P4;
    return history;
}

TEST(Knowledge, a_day_off_of_ones_own_moves_what_is_due_in_working_time)
{
    const Knowledge before = loaded();
    const Knowledge after = with_settings(
        before, {.days_off = {{.date = {2026, 10, 7}, .name = {"HUT Kota", "City's birthday"}}}});
    const History history = opened_at("2026-10-06T02:00:00Z"); // a Tuesday
    const base::Time now = at("2026-10-06T03:00:00Z");
    const auto due = [&](const Knowledge& knowledge) {
        return compute_clocks(knowledge.clocks, history, knowledge.calendar.get(), now)
            .front()
            .due.value();
    };
    EXPECT_EQ(due(after) - due(before), base::Duration(std::chrono::hours(24)));
    EXPECT_TRUE(after.calendar->holidays().back().own);
    EXPECT_FALSE(before.calendar->holidays().back().own) << "what was loaded is left as it was";
    EXPECT_EQ(after.calendar->title().en, "Working days of Indonesian government offices");
    EXPECT_EQ(after.calendar->hours_of(4), "07:30-11:30, 13:00-16:30");
    EXPECT_EQ(after.calendar->hours_of(6), "");
}

TEST(Knowledge, a_service_clock_is_switched_off_and_a_duty_by_law_is_not)
{
    const Knowledge knowledge =
        with_settings(loaded(), {.playbooks_off = {"ddos", "unknown"},
                                 .clocks_off = {"triage", "personal_data_notice", "unknown"}});
    EXPECT_FALSE(knowledge.find_clock("triage")->enabled);
    EXPECT_TRUE(knowledge.find_clock("acknowledge")->enabled);
    EXPECT_TRUE(knowledge.find_clock("personal_data_notice")->enabled);
    EXPECT_FALSE(knowledge.find_playbook("ddos")->enabled);
    const auto clocks = compute_clocks(knowledge.clocks, opened_at("2026-10-06T02:00:00Z"),
                                       knowledge.calendar.get(), at("2026-10-06T03:00:00Z"));
    EXPECT_TRUE(std::ranges::none_of(clocks, [](const Clock& c) { return c.rule_id == "triage"; }));
    const auto books = suggest(knowledge.playbooks, {}, {});
    EXPECT_EQ(books.size(), knowledge.playbooks.size() - 1);
}

TEST(Knowledge, dates_are_days_of_the_calendar)
{
    EXPECT_EQ(parse_date("2026-08-17"), (Date{2026, 8, 17}));
    for (const char* const wrong : {"", "2026-02-29", "2026-13-01", "2026-8-17", "17-08-2026",
                                    "2026-08-17T", "-026-08-17", "2026/08/17"}) {
        EXPECT_FALSE(parse_date(wrong)) << wrong;
    }
    EXPECT_EQ(format_date({2026, 8, 7}), "2026-08-07");
    EXPECT_EQ(format_date({0, 8, 7}), "08-07");
}

} // namespace
} // namespace tanggap::casework
