#include <algorithm>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "store/clickhouse/slices.h"

namespace tanggap::store::clickhouse {
namespace {

using base::Time;

Time at_day(std::int64_t day)
{
    return Time::from_seconds(day * 86'400);
}

TEST(Slices, meet_every_moment_once_newest_first)
{
    std::mt19937_64 random(7);
    for (int round = 0; round < 200; ++round) {
        std::vector<Day> days;
        std::uint64_t rows = 0;
        for (std::int64_t day = 20'000; day < 20'040; ++day) {
            if (random() % 3 != 0) {
                days.push_back({.day = day, .rows = random() % 5'000'000});
                rows += days.back().rows;
            }
        }
        std::shuffle(days.begin(), days.end(), random);
        const Time from = at_day(19'990);
        const Time to = at_day(20'050);
        Slices slices(days, from, to);
        EXPECT_EQ(slices.rows_left(), rows);
        Time expected_end = to;
        std::uint64_t met = 0;
        while (const auto slice = slices.take(1 + random() % 3'000'000)) {
            EXPECT_EQ(slice->to, expected_end) << "round " << round;
            EXPECT_LT(slice->from, slice->to);
            EXPECT_EQ(slice->from.ns % 1000, 0);
            expected_end = slice->from;
            met += slice->rows;
            EXPECT_EQ(slices.rows_left(), rows - met);
        }
        EXPECT_EQ(expected_end, from) << "round " << round;
        EXPECT_EQ(met, rows);
    }
}

TEST(Slices, a_full_day_is_cut_into_slices_of_the_wanted_size)
{
    Slices slices({{.day = 20'000, .rows = 10'000'000}}, at_day(20'000), at_day(20'001));
    const auto newest = slices.take(1'000'000);
    ASSERT_TRUE(newest);
    EXPECT_EQ(newest->rows, 1'000'000U);
    EXPECT_EQ(newest->to, at_day(20'001));
    EXPECT_EQ(newest->from, at_day(20'001) + base::Duration{-8'640'000'000'000});
}

TEST(Slices, only_the_asked_part_of_a_day_counts)
{
    const std::vector<Day> days{{.day = 20'000, .rows = 2'400}, {.day = 20'001, .rows = 2'400}};
    const Slices slices(days, at_day(20'000) + std::chrono::hours(12),
                        at_day(20'001) + std::chrono::hours(6));
    EXPECT_EQ(slices.rows_left(), 1'800U);
}

TEST(Slices, there_are_none_without_events)
{
    EXPECT_FALSE(Slices({}, at_day(1), at_day(9)).take(100));
    EXPECT_FALSE(Slices({{.day = 20, .rows = 5}}, at_day(1), at_day(9)).take(100));
    EXPECT_FALSE(Slices({{.day = 5, .rows = 5}}, at_day(9), at_day(1)).take(100))
        << "from after to";
    EXPECT_TRUE(Slices({}, at_day(1), at_day(9)).done());
}

TEST(Slices, times_at_the_ends_of_what_can_be_said_do_not_overflow)
{
    const Time first{std::numeric_limits<std::int64_t>::min()};
    const Time last{std::numeric_limits<std::int64_t>::max()};
    Slices slices({{.day = 20'000, .rows = 5}}, first, last);
    const auto slice = slices.take(100);
    ASSERT_TRUE(slice);
    EXPECT_EQ(slice->from, first);
    EXPECT_EQ(slice->to, last);
}

TEST(Pace, grows_while_slices_are_quick_and_shrinks_when_they_are_slow)
{
    using std::chrono::milliseconds;
    Pace pace;
    EXPECT_EQ(pace.rows(), Pace::kRowsFirst);
    pace.took(500'000, milliseconds(0));
    EXPECT_EQ(pace.rows(), Pace::kRowsFirst * Pace::kGrowthMax);
    pace.took(8'000'000, milliseconds(2'000));
    EXPECT_EQ(pace.rows(), 1'000'000U);
    pace.took(1'000'000, milliseconds(60'000));
    EXPECT_EQ(pace.rows(), Pace::kRowsMin);
}

} // namespace
} // namespace tanggap::store::clickhouse
