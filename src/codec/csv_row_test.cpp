#include "codec/csv_row.h"

#include <array>

#include <gtest/gtest.h>

namespace tanggap::codec {
namespace {

TEST(CsvRow, the_lines_of_a_table_keep_their_numbers)
{
    const Table table = read_table("\xEF\xBB\xBFName;phone\n\n# old\n Dinas A ;1\r\nB;2", "name");
    EXPECT_EQ(table.separator, ';');
    ASSERT_EQ(table.lines.size(), 2U);
    EXPECT_EQ(table.lines[0].number, 4U);
    EXPECT_EQ(table.lines[0].text, "Dinas A ;1");
    EXPECT_EQ(table.lines[1].number, 5U);
    EXPECT_EQ(read_table("a,b", "name").lines.size(), 1U) << "no line of names";
    const Table noted = read_table("# aset, per Juli\nName;phone\nA;1", "name");
    EXPECT_EQ(noted.separator, ';') << "a comment decides nothing";
    EXPECT_EQ(noted.lines.size(), 1U);
    EXPECT_TRUE(read_table("", "name").lines.empty());
}

TEST(CsvRow, cells_are_trimmed_and_unquoted)
{
    std::array<std::string, 3> cells;
    EXPECT_TRUE(split_cells(R"( a ,"b, ""c""",d)", ',', cells));
    EXPECT_EQ(cells, (std::array<std::string, 3>{"a", "b, \"c\"", "d"}));
    EXPECT_TRUE(split_cells("a", ',', cells));
    EXPECT_EQ(cells, (std::array<std::string, 3>{"a", "", ""})) << "what is not there is empty";
    EXPECT_FALSE(split_cells("a,b,c,d", ',', cells));
    EXPECT_FALSE(split_cells(R"(a,"b)", ',', cells));
    EXPECT_TRUE(split_cells(R"(10.0.0.0/24, "Server, web" , Dinas A)", ',', cells));
    EXPECT_EQ(cells, (std::array<std::string, 3>{"10.0.0.0/24", "Server, web", "Dinas A"}));
    EXPECT_TRUE(split_cells(R"("",b,"""c""")", ',', cells));
    EXPECT_EQ(cells, (std::array<std::string, 3>{"", "b", "\"c\""}));
}

TEST(CsvRow, a_quote_stands_around_a_whole_cell)
{
    std::array<std::string, 3> cells;
    EXPECT_FALSE(split_cells(R"(10.0.0.0/24,"Server" utama,Dinas A)", ',', cells));
    EXPECT_FALSE(split_cells(R"(10.0.0.0/24,Server "web, utama")", ',', cells));
    EXPECT_FALSE(split_cells(R"(a,b""c)", ',', cells));
    EXPECT_FALSE(split_cells(R"(a,"b""c)", ',', cells));
}

TEST(CsvRow, control_characters_are_no_text)
{
    EXPECT_TRUE(is_plain_text("Diskominfo\t\xC3\xA9"));
    EXPECT_FALSE(is_plain_text("a\x01"));
    EXPECT_FALSE(is_plain_text("a\x7f"));
    EXPECT_FALSE(is_plain_text("\xff"));
}

} // namespace
} // namespace tanggap::codec
