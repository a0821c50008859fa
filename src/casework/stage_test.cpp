#include "casework/stage.h"

#include <gtest/gtest.h>

namespace tanggap::casework {
namespace {

using enum Stage;

std::string needs(Place from, Stage to)
{
    const auto found = needs_of(from, to);
    if (!found) {
        return "refused";
    }
    std::string out;
    for (const Need need : *found) {
        out += (out.empty() ? "" : " ") + std::string(name_of(need));
    }
    return out;
}

struct Move {
    Place from;
    Stage to;
    std::string needs;
};

TEST(Stage, what_each_move_needs)
{
    const std::vector<Move> moves{
        {{Triage, Triage}, Triage, "refused"},
        {{Triage, Triage}, Confirmed, "priority classification"},
        {{Triage, Triage}, Containment, "priority classification owner"},
        {{Triage, Triage}, Closed, "refused"},
        {{Triage, Triage}, NotIncident, "reason"},
        {{Triage, Triage}, Duplicate, "duplicate_of"},
        {{Triage, Triage}, Transferred, "transferred_to reason"},
        {{Triage, Triage}, Waiting, "waiting_for reason"},
        {{Confirmed, Confirmed}, Recovery, "priority classification owner"},
        {{Recovery, Recovery}, Containment, "reason priority classification owner"},
        {{Recovery, Recovery}, Triage, "reason"},
        {{Reporting, Reporting}, Closed, "priority classification owner closing"},
        {{Containment, Containment}, Closed, "priority classification owner closing"},
        {{Containment, Containment}, Waiting, "waiting_for reason"},
        {{Waiting, Containment}, Containment, "priority classification owner"},
        {{Waiting, Containment}, Eradication, "priority classification owner"},
        {{Waiting, Containment}, Confirmed, "reason priority classification"},
        {{Waiting, Triage}, Closed, "refused"},
        {{Waiting, Triage}, Waiting, "refused"},
        {{Waiting, Triage}, NotIncident, "reason"},
        {{Closed, Reporting}, Reporting, "reason priority classification owner"},
        {{Closed, Reporting}, Triage, "reason"},
        {{Closed, Reporting}, Containment, "refused"},
        {{Closed, Reporting}, Duplicate, "refused"},
        {{Closed, Reporting}, Closed, "refused"},
        {{NotIncident, Triage}, Triage, "reason"},
        {{Duplicate, Confirmed}, Confirmed, "reason priority classification"},
        {{Transferred, Triage}, Waiting, "refused"},
    };
    for (const Move& move : moves) {
        EXPECT_EQ(needs(move.from, move.to), move.needs)
            << name_of(move.from.stage) << " (" << name_of(move.from.resume) << ") to "
            << name_of(move.to);
    }
}

TEST(Stage, a_place_remembers_where_waiting_and_ends_came_from)
{
    const Place waiting = moved({Containment, Containment}, Waiting);
    EXPECT_EQ(waiting.stage, Waiting);
    EXPECT_EQ(waiting.resume, Containment);
    EXPECT_EQ(moved(waiting, NotIncident).resume, Containment);
    EXPECT_EQ(moved(waiting, Containment).stage, Containment);
}

TEST(Stage, from_everywhere_there_is_a_way_on_and_names_read_back)
{
    for (std::size_t i = 0; i < kStages; ++i) {
        const auto stage = static_cast<Stage>(i);
        EXPECT_FALSE(next_stages({stage, Triage}).empty()) << name_of(stage);
        EXPECT_EQ(parse_stage(name_of(stage)).value(), stage);
        EXPECT_FALSE(title_of(stage).id.empty());
    }
    EXPECT_EQ(parse_stage("done").error().code, base::Code::Invalid);
}

} // namespace
} // namespace tanggap::casework
