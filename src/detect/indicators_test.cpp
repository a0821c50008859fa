#include "detect/indicators.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace tanggap::detect {
namespace {

using model::IndicatorKind;

class Matching : public ::testing::Test {
protected:
    void add(IndicatorKind kind, const std::string& value, std::uint8_t confidence = 90,
             base::Time expires = {})
    {
        model::Indicator one{.kind = kind,
                             .value = model::canonical_indicator(kind, value).value(),
                             .source = "feed-1",
                             .label = "Bad",
                             .tlp = "TLP:AMBER",
                             .confidence = confidence,
                             .expires = expires};
        ASSERT_TRUE(builder_.add(one));
    }

    /// "title|field|value|pattern" of each detection in an event with this field.
    std::vector<std::string> match(std::vector<std::pair<std::string, std::string>> fields)
    {
        if (!matcher_) {
            matcher_ = std::make_unique<IndicatorMatcher>(builder_.build());
        }
        model::EventBatch batch;
        auto& event = batch.events.emplace_back();
        event.received = base::Time::from_seconds(1'790'000'000);
        for (const auto& [name, value] : fields) {
            event.fields.push_back(
                {.name = batch.keep(name), .value = model::string_value(batch.keep(value))});
        }
        std::vector<model::Detection> detections;
        matcher_->match(batch, detections);
        std::vector<std::string> out;
        for (const auto& one : detections) {
            EXPECT_TRUE(is_indicator_rule(*one.rule));
            out.push_back(one.reasons.at(0).field + " in " + one.reasons.at(0).event_field + ": " +
                          one.reasons.at(0).pattern);
        }
        return out;
    }

    IndicatorSet::Builder builder_;
    std::unique_ptr<IndicatorMatcher> matcher_;
};

using List = std::vector<std::string>;

TEST_F(Matching, each_kind_is_found_where_logs_hold_it)
{
    add(IndicatorKind::Address, "203.0.113.7");
    add(IndicatorKind::Network, "198.51.100.0/24");
    add(IndicatorKind::Network, "2001:db8::/32");
    add(IndicatorKind::Domain, "evil.example");
    add(IndicatorKind::Url, "http://link.example/a");
    add(IndicatorKind::Hash, "44d88612fea8a8f36de82e1278abb02f");
    add(IndicatorKind::Email, "a@mail.example");
    add(IndicatorKind::FileName, "drop.exe");
    const std::string said = " · Bad · feed-1 · TLP:AMBER · confidence 90";
    EXPECT_EQ(match({{"source.ip", "203.0.113.7"}}),
              List{"address in source.ip: 203.0.113.7" + said});
    EXPECT_EQ(match({{"winlog.event_data.DestinationIp", "198.51.100.9"}}),
              List{"network in winlog.event_data.DestinationIp: 198.51.100.0/24" + said});
    EXPECT_EQ(match({{"destination.ip", "2001:db8::9"}}),
              List{"network in destination.ip: 2001:db8::/32" + said});
    EXPECT_EQ(match({{"dns.question.name", "A.B.Evil.Example."}}),
              List{"domain in dns.question.name: evil.example" + said});
    EXPECT_EQ(match({{"url.domain", "link.example"}, {"url.original", "/a?x=1"}}),
              List{"url in url.original: link.example/a" + said});
    EXPECT_EQ(match({{"winlog.event_data.Hashes",
                      "SHA1=x,MD5=44D88612FEA8A8F36DE82E1278ABB02F,IMPHASH=0"}}),
              List{"hash in winlog.event_data.Hashes: 44d88612fea8a8f36de82e1278abb02f" + said});
    EXPECT_EQ(match({{"email.from.email", "<A@Mail.example>"}}),
              List{"email in email.from.email: a@mail.example" + said});
    EXPECT_EQ(match({{"process.executable", "C:\\x\\Drop.exe"}}),
              List{"file_name in process.executable: drop.exe" + said});
    EXPECT_EQ(matcher_->sightings_total(), 8U);
    EXPECT_EQ(matcher_->sightings().at("domain evil.example"), 1U);
}

TEST_F(Matching, what_only_looks_alike_is_not_found)
{
    add(IndicatorKind::Address, "203.0.113.7");
    add(IndicatorKind::Domain, "evil.example");
    EXPECT_EQ(match({{"source.ip", "203.0.113.70"},
                     {"url.domain", "notevil.example"},
                     {"dns.question.name", "evil.example.org"},
                     {"message", "203.0.113.7 evil.example"},
                     {"user_agent.original", "http://evil.example/"}}),
              List{});
}

TEST_F(Matching, an_indicator_counts_once_an_event_and_until_it_expires)
{
    add(IndicatorKind::Address, "203.0.113.7", 60);
    add(IndicatorKind::Address, "203.0.113.8", 90, base::Time::from_seconds(1'700'000'000));
    add(IndicatorKind::Address, "203.0.113.7", 95); // the more confident stays
    EXPECT_EQ(match({{"source.ip", "203.0.113.7"}, {"destination.ip", "203.0.113.7"}}).size(), 1U);
    EXPECT_NE(match({{"source.ip", "203.0.113.7"}}).at(0).find("confidence 95"), std::string::npos);
    EXPECT_EQ(match({{"source.ip", "203.0.113.8"}}), List{});
}

/// The set against a plain list, with keys that are there and keys that are not. Seed 7.
TEST(IndicatorSet, finds_what_a_plain_list_finds)
{
    std::mt19937 random(7);
    std::set<std::string> plain;
    IndicatorSet::Builder builder;
    for (int i = 0; i < 20'000; ++i) {
        const std::string value = "d" + std::to_string(random() % 50'000) + ".example";
        plain.insert(value);
        ASSERT_TRUE(builder.add({.kind = IndicatorKind::Domain,
                                 .value = value,
                                 .source = {},
                                 .label = {},
                                 .tlp = {},
                                 .expires = {}}));
    }
    const auto set = builder.build();
    EXPECT_EQ(set->size(), plain.size());
    EXPECT_LT(set->memory_bytes(), plain.size() * 40);
    std::vector<IndicatorSet::Key> keys;
    for (int i = 0; i < 50'000; ++i) {
        keys.push_back(set->key_of(IndicatorKind::Domain, "d" + std::to_string(i) + ".example"));
    }
    std::vector<IndicatorSet::Hit> hits;
    set->find(keys, hits);
    std::set<std::string> found;
    for (const auto& hit : hits) {
        found.insert("d" + std::to_string(hit.place) + ".example");
    }
    EXPECT_EQ(found, plain);
    hits.clear();
    set->find(std::vector{set->key_of(IndicatorKind::Hash, "d1.example")}, hits);
    EXPECT_TRUE(hits.empty()); // a value of another kind is another value
}

TEST(IndicatorSet, an_empty_set_finds_nothing)
{
    const auto set = IndicatorSet::Builder().build();
    std::vector<IndicatorSet::Hit> hits;
    set->find(std::vector{set->key_of(IndicatorKind::Hash, "x")}, hits);
    EXPECT_TRUE(hits.empty());
}

} // namespace
} // namespace tanggap::detect
