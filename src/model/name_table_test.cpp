#include "model/name_table.h"

#include <gtest/gtest.h>

namespace tanggap::model {
namespace {

TEST(NameTable, FindsEachNameAndNoOther)
{
    NameTable table;
    EXPECT_EQ(table.find("source.ip"), NameTable::kAbsent);
    EXPECT_EQ(table.find(""), NameTable::kAbsent);
    for (std::uint32_t i = 0; i < 5000; ++i) {
        table.add("winlog.event_data.Field" + std::to_string(i) + ".with.the.same.end", i);
        table.add("f" + std::to_string(i), 10'000 + i);
    }
    for (std::uint32_t i = 0; i < 5000; ++i) {
        EXPECT_EQ(table.find("winlog.event_data.Field" + std::to_string(i) + ".with.the.same.end"),
                  i);
        EXPECT_EQ(table.find("f" + std::to_string(i)), 10'000 + i);
    }
    EXPECT_EQ(table.find("winlog.event_data.Field5000.with.the.same.end"), NameTable::kAbsent);
    EXPECT_EQ(table.find("f5000"), NameTable::kAbsent);
}

TEST(NameTable, NamesThatDifferOnlyWhereTheHashDoesNotLookAreToldApart)
{
    NameTable table;
    table.add("aaaaaaaa1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1);
    table.add("aaaaaaaa2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 2);
    EXPECT_EQ(name_hash("aaaaaaaa1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
              name_hash("aaaaaaaa2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    EXPECT_EQ(table.find("aaaaaaaa1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), 1U);
    EXPECT_EQ(table.find("aaaaaaaa2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), 2U);
    EXPECT_EQ(table.find("aaaaaaaa3aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), NameTable::kAbsent);
}

TEST(NameTable, TheFirstNumberOfANameStays)
{
    NameTable table;
    table.add("url.path", 7);
    table.add("url.path", 8);
    EXPECT_EQ(table.find("url.path"), 7U);
}

} // namespace
} // namespace tanggap::model
