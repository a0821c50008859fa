#include <gtest/gtest.h>

#include "triage/triage.h"

namespace tanggap::triage {
namespace {

using model::Level;
using model::Outcome;

TEST(Priority, MultipliesTheFourFactorsOfRulings28)
{
    EXPECT_EQ(priority_of(Level::Critical, 3, 1.0, Outcome::Succeeded).value, 100);
    EXPECT_EQ(priority_of(Level::High, 2, 0.8, Outcome::Unknown).value, 38);         // 38.4
    EXPECT_EQ(priority_of(Level::Medium, 2, 0.8, Outcome::Failed).value, 16);        // 16.0
    EXPECT_EQ(priority_of(Level::Low, 1, 0.5, Outcome::Blocked).value, 3);           // 3.0
    EXPECT_EQ(priority_of(Level::Informational, 1, 0.5, Outcome::Blocked).value, 1); // 1.2
}

TEST(Priority, RoundsHalvesUp)
{
    EXPECT_EQ(priority_of(Level::Low, 3, 0.9, Outcome::Succeeded).value, 23);  // 22.5
    EXPECT_EQ(priority_of(Level::Low, 3, 0.5, Outcome::Failed).value, 6);      // 6.25
    EXPECT_EQ(priority_of(Level::High, 1, 0.5, Outcome::Succeeded).value, 23); // 22.5
}

TEST(Priority, ListsItsFactors)
{
    const Priority priority = priority_of(Level::High, 3, 0.85, Outcome::Failed);
    ASSERT_EQ(priority.factors.size(), 4U);
    EXPECT_EQ(priority.factors[0].name, "severity");
    EXPECT_EQ(priority.factors[0].value, "high");
    EXPECT_DOUBLE_EQ(priority.factors[0].factor, 0.75);
    EXPECT_EQ(priority.factors[1].value, "3");
    EXPECT_DOUBLE_EQ(priority.factors[1].factor, 1.0);
    EXPECT_EQ(priority.factors[2].value, "0.85");
    EXPECT_EQ(priority.factors[3].name, "outcome");
    EXPECT_DOUBLE_EQ(priority.factors[3].factor, 0.5);
}

TEST(Priority, TakesWhatIsOutOfRangeToTheNearest)
{
    EXPECT_EQ(priority_of(Level::Critical, 9, 7.0, Outcome::Succeeded).value, 100);
    EXPECT_EQ(priority_of(Level::Critical, 0, 0.0, Outcome::Succeeded).value, 30);
}

} // namespace
} // namespace tanggap::triage
