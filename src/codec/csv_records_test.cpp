#include "codec/csv_records.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tanggap::codec {
namespace {

std::vector<std::string> records_of(std::string_view text, Framing framing)
{
    auto reader = RecordReader::open(memory_bytes(text, 7));
    EXPECT_TRUE(reader.has_value());
    EXPECT_EQ((*reader)->framing(), framing) << text;
    std::vector<std::string> out;
    model::Record record;
    while ((*reader)->next(record).value_or(false)) {
        out.push_back(record.bytes);
    }
    return out;
}

TEST(Csv, each_row_is_an_object_with_the_names_of_the_first)
{
    EXPECT_EQ(
        records_of("TimeCreated,EventID,Message\r\n"
                   "2026-10-03,4625,\"An account\nfailed, \"\"again\"\"\"\r\n"
                   "\r\n"
                   "2026-10-04,,short\r\n",
                   Framing::CsvRows),
        (std::vector<std::string>{
            R"({"TimeCreated":"2026-10-03","EventID":"4625","Message":"An account\u000afailed, \"again\""})",
            R"({"TimeCreated":"2026-10-04","Message":"short"})"}));
    EXPECT_EQ(records_of("time;src ip;user\n1;192.0.2.1;ani", Framing::CsvRows),
              (std::vector<std::string>{R"({"time":"1","src ip":"192.0.2.1","user":"ani"})"}));
    EXPECT_EQ(records_of("time\tsrc\tuser\n1\t2\t3\n", Framing::CsvRows).size(), 1U);
    // A byte order mark is no part of the first name.
    EXPECT_EQ(records_of("\xEF\xBB\xBFtime,src,user\n1,2,3\n", Framing::CsvRows).at(0),
              R"({"time":"1","src":"2","user":"3"})");
}

TEST(Csv, what_is_no_row_stays_as_it_is)
{
    std::string head = "time,src,user\n";
    for (int i = 0; i < 20'000; ++i) { // more than is looked at to tell what it is
        head += "1,2,3\n";
    }
    const auto last = [&](const std::string& row) {
        return records_of(head + row, Framing::CsvRows).back();
    };
    EXPECT_EQ(last("1,2,3,4,5\n"), "1,2,3,4,5");
    EXPECT_EQ(last("1,\"2,3\n"), "1,\"2,3\n");
    EXPECT_EQ(last("1,\xFF,3\n"), "{\"time\":\"1\",\"src\":\"\xEF\xBF\xBD\",\"user\":\"3\"}");
}

TEST(Csv, other_text_is_no_table)
{
    for (const std::string_view text :
         {"login,admin,success\nlogin,ani,failed\n", "time,src\n1,2\n", "time,src,user\n",
          "time,src,user\n1,2\n", "time,src,src\n1,2,3\n", "Oct  3 07:05:09 a, b, c\nx\n",
          "{\"a\":1,\"b\":2,\"time\":3}\n{\"a\":1,\"b\":2,\"time\":3}\n",
          "time=1,src=2,user=3\ntime=1,src=2,user=3\n"}) {
        EXPECT_EQ(csv_separator(text, true), 0) << text;
    }
}

} // namespace
} // namespace tanggap::codec
