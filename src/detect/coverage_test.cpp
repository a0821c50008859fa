#include "detect/coverage.h"

#include <gtest/gtest.h>

#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "detect/testing/events.h"
#include "detect/testing/world.h"

namespace tanggap::detect {
namespace {

using Gap = RuleCoverage::Gap;

/// "title: gap missing, …" of each rule, after events with the fields a and b.
std::vector<std::string> covered(const std::string& rules)
{
    const auto loaded = testing::load(rules);
    Coverage coverage(loaded.rules);
    model::EventBatch batch;
    testing::add_event(batch, 0, {{"a", "1"}});
    testing::add_event(batch, 1, {{"b", "2"}});
    for (const auto& event : batch.events) {
        coverage.take(event);
    }
    std::vector<std::string> out;
    for (const auto& one : coverage.rules()) {
        out.push_back(fmt::format("{}: {} {}", one.rule->title, static_cast<int>(one.gap),
                                  fmt::join(one.missing, ", ")));
    }
    return out;
}

std::string covered(std::string_view title, std::string_view detection)
{
    const auto all = covered(testing::rule(title, detection));
    return all.empty() ? "nothing" : all.front();
}

TEST(Coverage, ARuleCanFireWhereTheFieldsItNeedsCame)
{
    EXPECT_EQ(covered("R", "  s: {a: x}\n  condition: s"), "R: 0 ");
    EXPECT_EQ(covered("R", "  s: {c: x}\n  condition: s"), "R: 3 c");
    EXPECT_EQ(covered("R", "  s: {a: x, c: y, d: z}\n  condition: s"), "R: 3 c, d");
    EXPECT_EQ(covered("R", "  s: {a: x}\n  t: {c: y}\n  condition: s or t"), "R: 0 ");
    EXPECT_EQ(covered("R", "  s: {d: x}\n  t: {c: y}\n  condition: s or t"), "R: 3 d, c");
}

TEST(Coverage, TellsOneValueWithAZeroByteFromTwoValues)
{
    const auto loaded =
        testing::load("---\ntitle: R\nid: 10000000-0000-4000-a000-000000000001\n"
                      "logsource: {category: routed}\ndetection:\n  s: {f: x}\n  condition: s\n",
                      "logsources:\n  - category: routed\n    when: {kind: a}\n");
    ASSERT_EQ(testing::text_of(loaded.diagnostics), "");
    using namespace std::string_view_literals;
    model::EventBatch batch;
    testing::add_event(batch, 0, {{"kind", "a\0b"sv}, {"f", "x"}});
    testing::add_event(batch, 1, {{"kind", "a"}, {"kind", "b"}, {"f", "x"}});
    Coverage coverage(loaded.rules);
    coverage.take(batch.events[0]);
    EXPECT_EQ(coverage.rules().front().events, 0U);
    coverage.take(batch.events[1]);
    EXPECT_EQ(coverage.rules().front().events, 1U);
    EXPECT_EQ(coverage.rules().front().gap, Gap::None);
}

TEST(Coverage, WhatIsDeniedNeedNotBeThere)
{
    EXPECT_EQ(covered("R", "  s: {a: x}\n  t: {c: y}\n  condition: s and not t"), "R: 0 ");
    EXPECT_EQ(covered("R", "  s: {a: x}\n  t: {c: null}\n  condition: s and t"), "R: 0 ");
    EXPECT_EQ(covered("R", "  s: {'c|exists': false}\n  condition: s"), "R: 0 ");
    EXPECT_EQ(covered("R", "  s: {'c|exists': true}\n  condition: s"), "R: 3 c");
    EXPECT_EQ(covered("R", "  s: [anything]\n  condition: s"), "R: 0 ");
    EXPECT_EQ(covered("R", "  s: {'a|fieldref': c}\n  condition: s"), "R: 3 c");
}

TEST(Coverage, AnotherLogSourceHasNoEventsOrNoMapping)
{
    const std::string mapping = "logsources:\n"
                                "  - {category: other, when: {event.dataset: other}}\n";
    std::string rules;
    for (const std::string_view category : {"test", "other", "nowhere"}) {
        rules += fmt::format("---\ntitle: {0}\nid: 10000000-0000-4000-a000-00000000000{1}\n"
                             "logsource: {{category: {0}}}\ndetection: {{s: {{a: 1}}, "
                             "condition: s}}\n",
                             category, category.size());
    }
    const auto loaded = testing::load(rules, mapping);
    Coverage coverage(loaded.rules);
    model::EventBatch batch;
    testing::add_event(batch, 0, {{"a", "1"}});
    coverage.take(batch.events.front());
    const auto all = coverage.rules();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].gap, Gap::None);
    EXPECT_EQ(all[0].events, 1U);
    EXPECT_EQ(all[1].gap, Gap::Events);
    EXPECT_EQ(all[2].gap, Gap::Mapping);
}

TEST(Coverage, ACorrelationNeedsWhatItCounts)
{
    const auto rules = [](std::string_view correlation) {
        return fmt::format(
            "title: Can\nid: 10000000-0000-4000-a000-000000000001\nname: can\n"
            "logsource: {{category: test}}\ndetection: {{s: {{a: 1}}, condition: s}}\n"
            "---\ntitle: Cannot\nid: 10000000-0000-4000-a000-000000000002\n"
            "name: cannot\nlogsource: {{category: test}}\n"
            "detection: {{s: {{c: 1}}, condition: s}}\n"
            "---\ntitle: Both\nid: 10000000-0000-4000-a000-000000000003\n"
            "correlation:\n  rules: [can, cannot]\n  timespan: 1m\n{}",
            correlation);
    };
    EXPECT_EQ(covered(rules("  type: temporal\n")),
              (std::vector<std::string>{"Can: 0 ", "Cannot: 3 c", "Both: 4 Cannot"}));
    EXPECT_EQ(covered(rules("  type: event_count\n  condition: {gte: 2}\n")).at(2), "Both: 0 ");
}

/// What fires has no gap, whatever rules and events.
TEST(Coverage, NothingThatFiresIsSaidNeverToFire)
{
    std::size_t fired = 0;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        testing::World world(seed);
        const auto loaded = testing::load(world.rules(40), testing::World::mappings());
        model::EventBatch batch;
        world.events(batch, 40);
        std::vector<model::Detection> detections;
        std::vector<Signal> signals;
        Evaluator(loaded.rules).evaluate(batch, detections, signals);
        Coverage coverage(loaded.rules);
        for (const auto& event : batch.events) {
            coverage.take(event);
        }
        std::set<std::string> never;
        for (const auto& one : coverage.rules()) {
            if (one.gap != Gap::None) {
                never.insert(one.rule->id);
            }
        }
        for (const auto& detection : detections) {
            EXPECT_FALSE(never.contains(detection.rule->id))
                << "seed " << seed << ": " << detection.rule->title;
        }
        fired += detections.size();
    }
    EXPECT_GT(fired, 100U);
}

} // namespace
} // namespace tanggap::detect
