// What is remembered of values must be what would be found again.
#include <gtest/gtest.h>

#include <string>

#include <fmt/format.h>

#include "detect/detail/value_cache.h"
#include "detect/testing/events.h"

namespace tanggap::detect {
namespace {

std::vector<PredicateId> found(const ValueCache& cache, std::uint32_t scope, std::string_view text)
{
    const auto hits = cache.find(ValueCache::key_of(scope, text));
    return hits ? std::vector<PredicateId>(hits->begin(), hits->end())
                : std::vector<PredicateId>{999};
}

TEST(ValueCache, TellsScopesAndCasesApart)
{
    ValueCache cache;
    const std::vector<PredicateId> one{1, 2};
    cache.keep(ValueCache::key_of(7, "cmd.exe"), one);
    cache.keep(ValueCache::key_of(8, "cmd.exe"), {});
    EXPECT_EQ(found(cache, 7, "cmd.exe"), one);
    EXPECT_EQ(found(cache, 8, "cmd.exe"), std::vector<PredicateId>{});
    EXPECT_EQ(found(cache, 7, "CMD.EXE"), std::vector<PredicateId>{999});
}

TEST(ValueCache, StartsAnewWhenFullAndKeepsNoLongValues)
{
    ValueCache cache;
    const std::vector<PredicateId> hits{3};
    for (int i = 0; i < 200'000; ++i) {
        const auto text = fmt::format("value {}", i);
        cache.keep(ValueCache::key_of(1, text), hits);
        ASSERT_EQ(found(cache, 1, text), hits) << i;
    }
    EXPECT_EQ(found(cache, 1, "value 0"), std::vector<PredicateId>{999});
    const std::string longest(ValueCache::kTextMax + 1, 'x');
    cache.keep(ValueCache::key_of(1, longest), hits);
    EXPECT_EQ(found(cache, 1, longest), std::vector<PredicateId>{999});
}

/// Titles of each event's detections when one evaluator sees them behind one another.
std::string one_after_another(const testing::Loaded& loaded, const model::EventBatch& batch)
{
    std::vector<model::Detection> detections;
    std::vector<Signal> signals;
    Evaluator(loaded.rules).evaluate(batch, detections, signals);
    std::string out;
    for (const auto& detection : detections) {
        out += fmt::format("{}:{} ", detection.event_index, detection.rule->title);
    }
    return out;
}

TEST(ValueCache, AFloatIsNoStringOfTheSameText)
{
    const auto loaded = testing::load(testing::rule("R", "  s: {f: 1.5}\n  condition: s"));
    model::EventBatch batch;
    for (int i = 0; i < 4; ++i) {
        testing::add_event(batch, i, {{"f", "1.50"}});
        if (i % 2 == 1) {
            auto& value = batch.events.back().fields.front().value;
            value.kind = model::Value::Kind::Float;
            value.real = 1.5;
        }
    }
    EXPECT_EQ(one_after_another(loaded, batch), "1:R 3:R ");
}

TEST(ValueCache, ExpressionsAnswerTheSameAgain)
{
    const auto loaded = testing::load(testing::rule("R", "  s: {f|re: '^a+$'}\n  condition: s"));
    model::EventBatch batch;
    for (int round = 0; round < 3; ++round) {
        testing::add_event(batch, round, {{"f", "aaa"}});
        testing::add_event(batch, round, {{"f", "aab"}});
    }
    EXPECT_EQ(one_after_another(loaded, batch), "0:R 2:R 4:R ");
}

TEST(Regex, LooksForRunsOfOneSet)
{
    const std::string long_run(150, 'x');
    const std::string accented = [] {
        std::string out;
        for (int i = 0; i < 99; ++i) {
            out += "é";
        }
        return out;
    }();
    const auto holds = [](std::string_view expression, std::string_view value) {
        const auto loaded = testing::load(
            testing::rule("R", fmt::format("  s: {{'f|re': '{}'}}\n  condition: s", expression)));
        return testing::matches(loaded, {{"f", value}}) == "R";
    };
    EXPECT_TRUE(holds(".{150,}", long_run));
    EXPECT_FALSE(holds(".{151,}", long_run));
    EXPECT_TRUE(holds(".{100}", long_run));
    EXPECT_FALSE(holds(".{100,}", long_run.substr(0, 80) + "\n" + long_run.substr(0, 80)));
    EXPECT_FALSE(holds(".{100,}", accented)) << "characters are counted, not bytes";
    EXPECT_TRUE(holds(".{100,}", accented + "z"));
    EXPECT_TRUE(holds("\\w{100}", "- " + long_run));
    EXPECT_FALSE(holds("[a-f]{100,}", long_run));
    EXPECT_TRUE(holds("[a-z]{100,}", "1" + long_run + "1"));
    EXPECT_FALSE(holds("x.{150,}", long_run));
    EXPECT_TRUE(holds("x.{149,}", long_run));
}

} // namespace
} // namespace tanggap::detect
