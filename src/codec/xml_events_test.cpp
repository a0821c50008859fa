#include "codec/xml_events.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/limits.h"

namespace tanggap::codec {
namespace {

std::vector<std::string> records_of(std::string_view text)
{
    auto reader = RecordReader::open(memory_bytes(text, 13));
    EXPECT_TRUE(reader.has_value());
    EXPECT_EQ((*reader)->framing(), Framing::XmlEvents) << text;
    std::vector<std::string> out;
    model::Record record;
    while ((*reader)->next(record).value_or(false)) {
        out.push_back(record.bytes);
    }
    return out;
}

constexpr std::string_view kEvent =
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>"
    "<System><Provider Name='P' Guid='{1}'/><EventID Qualifiers='0'>4625</EventID>"
    "<TimeCreated SystemTime='2026-10-03T07:05:09Z'/><Channel>Security</Channel></System>"
    "<EventData><Data Name='User'>a &lt;b&gt; &#65;</Data><Data Name='Empty'></Data>"
    "<Data>x</Data><Data>y</Data></EventData></Event>";
constexpr std::string_view kJson =
    R"({"Event":{"System":{"Provider":{"#attributes":{"Name":"P","Guid":"{1}"}},)"
    R"("EventID":{"#attributes":{"Qualifiers":"0"},"#text":"4625"},)"
    R"("TimeCreated":{"#attributes":{"SystemTime":"2026-10-03T07:05:09Z"}},"Channel":"Security"},)"
    R"("EventData":{"User":"a <b> A","Empty":"","Data":{"#text":["x","y"]}}}})";

TEST(XmlEvents, each_event_is_the_object_that_an_event_log_gives)
{
    const std::string one(kEvent);
    const std::string json(kJson);
    EXPECT_EQ(records_of(one), std::vector<std::string>{json});
    EXPECT_EQ(records_of("<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Events>" + one + "\r\n" +
                         one + "<!-- end --></Events>"),
              (std::vector<std::string>{json, json}));
    EXPECT_EQ(records_of(one + "\n" + one + "\n"), (std::vector<std::string>{json, json}));
}

TEST(XmlEvents, what_is_no_event_is_kept_as_it_is)
{
    const std::string one(kEvent);
    EXPECT_EQ(records_of(one + "rubbish" + one).at(1), "rubbish");
    EXPECT_EQ(records_of(one + "<Event><System>").at(1), "<Event><System>");
    const std::string crossed = "<Event><System></Event>";
    EXPECT_EQ(records_of(crossed + one), (std::vector<std::string>{crossed, std::string(kJson)}));
    EXPECT_EQ(records_of("<Event/>"), std::vector<std::string>{R"({"Event":null})"});
}

TEST(XmlEvents, entities_of_ones_own_are_not_read)
{
    // The document type stands before the events: it belongs to none.
    const std::string bomb = "<!DOCTYPE x [<!ENTITY a \"b\">]>";
    EXPECT_FALSE(is_xml_events(bomb + "<Event/>"));
    const std::string inside = "<Event><System>&a;</System></Event>";
    EXPECT_EQ(records_of(inside), std::vector<std::string>{inside});
    const std::string type = "<Event><!DOCTYPE x [<!ENTITY a SYSTEM \"/etc/passwd\">]>&a;</Event>";
    EXPECT_EQ(records_of(type), std::vector<std::string>{type});
}

TEST(XmlEvents, an_event_without_end_is_cut_at_the_limit)
{
    const std::string endless = "<Event>" + std::string(base::limits::kLineBytesMax + 100'000, 'x');
    const auto records = records_of(endless);
    ASSERT_GE(records.size(), 1U);
    EXPECT_LE(records[0].size(), base::limits::kLineBytesMax);
}

} // namespace
} // namespace tanggap::codec
