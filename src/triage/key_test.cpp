#include <gtest/gtest.h>

#include "base/limits.h"
#include "triage/detail/test_support.h"

namespace tanggap::triage {
namespace {

using testing::Fields;
using testing::make_event;
using testing::make_rule;

struct KeyCase {
    std::string name;
    Fields fields;
    std::string expected;
};

TEST(KeySource, FollowsTheOrderOfRulings26)
{
    const std::vector<KeyCase> cases = {
        {"an IPv4 address is exact", {{"source.ip", "203.0.113.7"}}, "203.0.113.7"},
        {"an IPv6 address is its /64",
         {{"source.ip", "2001:db8:1:2:3:4:5:6"}},
         "2001:db8:1:2::/64"},
        {"IPv6 is written one way",
         {{"source.ip", "2001:0DB8:0001:0002::ffff"}},
         "2001:db8:1:2::/64"},
        {"a mapped address is IPv4", {{"source.ip", "::ffff:203.0.113.7"}}, "203.0.113.7"},
        {"a mapped address in hex is IPv4", {{"source.ip", "::FFFF:cb00:7107"}}, "203.0.113.7"},
        {"a zone is left out", {{"source.ip", "fe80::1%eth0"}}, "fe80::/64"},
        {"source.address counts when it is an address",
         {{"source.address", "203.0.113.8"}},
         "203.0.113.8"},
        {"an address wins over a user",
         {{"source.ip", "203.0.113.7"}, {"user.name", "root"}, {"host.name", "db"}},
         "203.0.113.7"},
        {"user at host",
         {{"user.name", "Sari"}, {"host.name", "DB-1.example"}},
         "Sari@db-1.example"},
        {"a user without a host is nobody in particular", {{"user.name", "sari"}}, "web-1"},
        {"host alone", {{"host.name", "DB-1"}}, "db-1"},
        {"host wins over a resolved name",
         {{"host.name", "db-1"}, {"source.address", "bot.example"}},
         "db-1"},
        {"a resolved name wins over the sensor",
         {{"source.address", "Bot.example"}},
         "bot.example"},
        {"what is no address is none", {{"source.ip", "203.0.113.777"}, {"host.name", "db"}}, "db"},
        {"nothing at all is the sensor", {}, "web-1"},
    };
    for (const KeyCase& one : cases) {
        model::EventBatch batch;
        const model::Event event = make_event(batch, one.fields);
        EXPECT_EQ(key_of(event, *make_rule("r", {})).source, one.expected) << one.name;
    }
}

TEST(KeyTarget, FollowsTheOrderOfRulings26)
{
    const std::vector<KeyCase> cases = {
        {"an asset first",
         {{"tanggap.asset.id", "a-1"},
          {"url.domain", "x.example"},
          {"destination.ip", "192.0.2.1"}},
         "a-1"},
        {"then the domain",
         {{"url.domain", "Portal.example"}, {"host.name", "web"}},
         "portal.example"},
        {"then the host", {{"host.name", "WEB"}, {"destination.ip", "192.0.2.1"}}, "web"},
        {"then the address, exact", {{"destination.ip", "2001:DB8::1"}}, "2001:db8::1"},
        {"a mapped target is IPv4", {{"destination.ip", "::ffff:192.0.2.1"}}, "192.0.2.1"},
        {"then the sensor", {}, "web-1"},
    };
    for (const KeyCase& one : cases) {
        model::EventBatch batch;
        const model::Event event = make_event(batch, one.fields);
        EXPECT_EQ(key_of(event, *make_rule("r", {})).target, one.expected) << one.name;
    }
}

TEST(KeyTechnique, IsTheFirstWithoutItsSubTechniqueElseTheRule)
{
    model::EventBatch batch;
    const model::Event event = make_event(batch, {});
    const auto technique = [&](std::vector<std::string> techniques) {
        return key_of(event, *make_rule("rule-7", {.techniques = std::move(techniques)})).technique;
    };
    EXPECT_EQ(technique({"T1110.001", "T1078"}), "T1110");
    EXPECT_EQ(technique({"t1505.003"}), "T1505");
    EXPECT_EQ(technique({"T1190"}), "T1190");
    EXPECT_EQ(technique({}), "rule-7");
}

TEST(KeyParts, AreBoundedAndLongOnesStayApart)
{
    model::EventBatch batch;
    const std::string long_name(5000, 'u');
    const auto source = [&](const std::string& user) {
        const model::Event event = make_event(batch, {{"user.name", user}, {"host.name", "db-1"}});
        return key_of(event, *make_rule("r", {})).source;
    };
    EXPECT_LE(source(long_name).size(), base::limits::kAlertKeyPartBytesMax);
    EXPECT_NE(source(long_name), source(long_name + "x"));
    EXPECT_EQ(source(long_name), source(long_name));
}

} // namespace
} // namespace tanggap::triage
