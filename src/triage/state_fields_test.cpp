#include "triage/state_fields.h"

#include <gtest/gtest.h>

namespace tanggap::triage {
namespace {

using model::AlertState;
using model::AlertStatus;

TEST(StateFields, NameWhatDiffersAndNothingElse)
{
    AlertState after;
    after.status = AlertStatus::Closed;
    after.close_reason = "benign";
    const auto both = difference({}, after);
    EXPECT_EQ(both.before, R"({"close_reason":"","status":"new"})");
    EXPECT_EQ(both.after, R"({"close_reason":"benign","status":"closed"})");
    EXPECT_EQ(difference(after, after).before, "{}");
}

TEST(StateFields, SetBackGiveTheStateBefore)
{
    const base::Time at = base::Time::from_seconds(1'700'000'000);
    AlertState before{.status = AlertStatus::Snoozed,
                      .since = at,
                      .accepted_at = at,
                      .close_reason = {},
                      .assignee = "u-1",
                      .case_id = {},
                      .merged_into = 0,
                      .snoozed_until = at + std::chrono::hours(4),
                      .labels = {"piket", "a \"b\""},
                      .priority = 90,
                      .baseline = {.events = 7, .events_per_hour = 3, .at = at}};
    const AlertState after{.status = AlertStatus::Merged,
                           .since = {},
                           .accepted_at = {},
                           .close_reason = "x",
                           .assignee = {},
                           .case_id = "c",
                           .merged_into = 12,
                           .snoozed_until = {},
                           .labels = {},
                           .priority = model::kNoPriority,
                           .baseline = {}};
    const auto both = difference(before, after);
    EXPECT_EQ(with_fields(after, both.before), before);
    EXPECT_EQ(with_fields(before, both.after), after);
}

TEST(StateFields, RefuseWhatIsDamaged)
{
    for (const char* damaged : {"", "[]x", R"({"status":"gone"})", R"({"status":1})",
                                R"({"nosuch":1})", R"({"since":"soon"})", R"({"baseline":{}})"}) {
        const auto state = with_fields({}, damaged);
        ASSERT_FALSE(state) << damaged;
    }
}

} // namespace
} // namespace tanggap::triage
