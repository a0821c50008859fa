#include "model/dates.h"

#include <gtest/gtest.h>

namespace tanggap::model {
namespace {

TEST(DatesTest, MomentsAreWrittenInTheZoneAndLanguage)
{
    const base::Time time = *base::parse_rfc3339("2026-10-03T07:05:09Z");
    EXPECT_EQ(format_moment(time, "WIB", Language::Indonesian), "3 Oktober 2026 pukul 14.05 WIB");
    EXPECT_EQ(format_moment(time, "WITA", Language::English), "3 October 2026, 15.05 WITA");
    EXPECT_EQ(format_moment(time, "WIT", Language::Indonesian), "3 Oktober 2026 pukul 16.05 WIT");
    EXPECT_EQ(format_moment(time, "", Language::English), "3 October 2026, 07.05 UTC");
}

TEST(DatesTest, ADayEndsWhereTheZoneSays)
{
    const base::Time time = *base::parse_rfc3339("2026-12-31T17:30:00Z");
    EXPECT_EQ(format_date(time, "WIB", Language::Indonesian), "1 Januari 2027");
    EXPECT_EQ(format_date(time, "UTC", Language::Indonesian), "31 Desember 2026");
}

TEST(DatesTest, SizesHaveTheUnitsOfPhones)
{
    EXPECT_EQ(format_bytes(999, Language::Indonesian), "999 B");
    EXPECT_EQ(format_bytes(1'000, Language::Indonesian), "1 kB");
    EXPECT_EQ(format_bytes(1'449'999, Language::Indonesian), "1,4 MB");
    EXPECT_EQ(format_bytes(10'485'760, Language::English), "10.5 MB");
}

} // namespace
} // namespace tanggap::model
