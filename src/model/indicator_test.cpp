#include "model/indicator.h"

#include <gtest/gtest.h>

namespace tanggap::model {
namespace {

std::string form(IndicatorKind kind, std::string_view text)
{
    const auto out = canonical_indicator(kind, text);
    return out ? *out : "!";
}

TEST(Indicator, each_kind_has_one_form)
{
    using enum IndicatorKind;
    struct Case {
        IndicatorKind kind;
        const char* text;
        const char* expected;
    };
    const Case kCases[] = {
        {Address, "203.0.113.7", "203.0.113.7"},
        {Address, "203[.]0[.]113[.]7", "203.0.113.7"},
        {Address, "2001:DB8:0:0::7", "2001:db8::7"},
        {Address, "::ffff:203.0.113.7", "203.0.113.7"},
        {Address, "203.0.113.256", "!"},
        {Address, "1.2.3", "!"},
        {Network, "203.0.113.77/24", "203.0.113.0/24"},
        {Network, "2001:db8:ffff::/33", "2001:db8:8000::/33"},
        {Network, "203.0.113.0/33", "!"},
        {Network, "203.0.113.0/", "!"},
        {Domain, " Evil.Example. ", "evil.example"},
        {Domain, "evil[.]example", "evil.example"},
        {Domain, "*.evil.example", "evil.example"},
        {Domain, "localhost", "!"},
        {Domain, "1.2.3.4", "!"},
        {Domain, "a..b", "!"},
        {Domain, "a b.example", "!"},
        {Url, "HXXP://User@Evil.Example:80/%41%2f?q#f", "evil.example/A%2F?q"},
        {Url, "https://evil.example:443", "evil.example/"},
        {Url, "http://evil.example:443/", "evil.example:443/"},
        {Url, "http://203.0.113.7/x", "203.0.113.7/x"},
        {Url, "http://[2001:db8::1]/x", "[2001:db8::1]/x"},
        {Url, "http:///x", "!"},
        {Hash, "44D88612FEA8A8F36DE82E1278ABB02F", "44d88612fea8a8f36de82e1278abb02f"},
        {Hash, "44d88612", "!"},
        {Email, "Name[@]Evil.Example", "name@evil.example"},
        {Email, "@evil.example", "!"},
        {FileName, "C:\\Temp\\Drop.EXE", "drop.exe"},
        {FileName, "x", "!"},
    };
    for (const auto& one : kCases) {
        EXPECT_EQ(form(one.kind, one.text), one.expected) << one.text;
    }
}

TEST(Indicator, a_kind_can_be_told_by_its_look)
{
    const auto kind = [](std::string_view text) {
        const auto found = guess_indicator(text);
        return found ? std::string(name_of(found->kind)) : "nothing";
    };
    EXPECT_EQ(kind("203.0.113.7"), "address");
    EXPECT_EQ(kind("203.0.113.0/24"), "network");
    EXPECT_EQ(kind("evil.example"), "domain");
    EXPECT_EQ(kind("evil.example/a"), "url");
    EXPECT_EQ(kind("hxxps[:]//evil[.]example/a"), "url");
    EXPECT_EQ(kind("44d88612fea8a8f36de82e1278abb02f"), "hash");
    EXPECT_EQ(kind("a@evil.example"), "email");
    EXPECT_EQ(kind("three plain words"), "nothing");
    EXPECT_EQ(kind(""), "nothing");
}

} // namespace
} // namespace tanggap::model
