#include "codec/canonical_json.h"

#include <gtest/gtest.h>

namespace tanggap::codec {
namespace {

std::string canonical(std::string_view json)
{
    const auto text = canonical_json(json);
    return text ? *text : "refused: " + text.error().message;
}

TEST(CanonicalJson, the_example_of_the_standard)
{
    // Source: RFC 8785 §3.2.2 and §3.2.3.
    EXPECT_EQ(canonical(R"({"numbers":[333333333.33333329,1E30,4.50,2e-3,
        0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals":[null,true,false]})"),
              "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,"
              "1e-27],\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    EXPECT_EQ(canonical("{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,"
                        "\"\\u0080\":6,\"\\u00f6\":7}"),
              "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,\"\U0001F600\":5,"
              "\"\ufb33\":3}");
}

TEST(CanonicalJson, numbers_are_written_as_ecmascript_does)
{
    // Source: RFC 8785 appendix B.
    for (const auto& [given, expected] : std::vector<std::pair<std::string, std::string>>{
             {"0.0", "0"},
             {"-0.0", "0"},
             {"5e-324", "5e-324"},
             {"-1.7976931348623157e308", "-1.7976931348623157e+308"},
             {"9007199254740991", "9007199254740991"},
             {"-9007199254740991", "-9007199254740991"},
             {"295147905179352830000.0", "295147905179352830000"},
             {"9.999999999999997e22", "9.999999999999997e+22"},
             {"1e23", "1e+23"},
             {"999999999999999700000.0", "999999999999999700000"},
             {"1e21", "1e+21"},
             {"9.999999999999997e-7", "9.999999999999997e-7"},
             {"0.000001", "0.000001"},
             {"1.0", "1"},
             {"-12.50", "-12.5"}}) {
        EXPECT_EQ(canonical(given), expected);
    }
}

TEST(CanonicalJson, what_has_no_one_text_is_refused)
{
    const std::string deep = std::string(65, '[') + std::string(65, ']');
    for (const std::string bad :
         {"", "{", "{\"a\":1,\"a\":2}", "[1,{\"b\":{},\"b\":1}]", "9007199254740993",
          "-9007199254740992", "\"\xff\"", "1e400", deep.c_str()}) {
        EXPECT_FALSE(canonical_json(bad)) << bad;
    }
    EXPECT_TRUE(canonical_json(std::string(64, '[') + std::string(64, ']')));
}

TEST(CanonicalJson, a_canonical_text_stays_as_it_is)
{
    const std::string once = canonical(R"({"b":[1.50,"x"],"a":{"z":null,"y":1e-7}})");
    EXPECT_EQ(once, R"({"a":{"y":1e-7,"z":null},"b":[1.5,"x"]})");
    EXPECT_EQ(canonical(once), once);
}

} // namespace
} // namespace tanggap::codec
