#include "detect/samples.h"

#include <gtest/gtest.h>

#include "base/sample_limits.h"
#include "detect/testing/events.h"

namespace tanggap::detect {
namespace {

struct Read {
    std::optional<SampleFile> file;
    std::string problems;
};

Read read(std::string_view yaml)
{
    std::vector<Diagnostic> diagnostics;
    auto file = read_samples({.name = "x.samples.yaml", .yaml = std::string(yaml)}, diagnostics);
    return {std::move(file), testing::text_of(diagnostics)};
}

TEST(Samples, LinesAndStepsWithTimesOfTheirOwn)
{
    const auto found = read(R"(rule: storm
match:
  - source: openssh
    steps:
      - {repeat: 2, every: 10s, line: '{syslog} host a'}
      - {repeat: 1, every: 1h, line: '{iso} b {clf}'}
near_miss:
  - source: openssh
    also: [other]
    line: c
)");
    ASSERT_TRUE(found.file) << found.problems;
    EXPECT_EQ(found.file->rule, "storm");
    EXPECT_EQ(found.file->match.at(0).lines,
              (std::vector<std::string>{"Oct  3 00:00:00 host a", "Oct  3 00:00:10 host a",
                                        "2026-10-03T00:00:20Z b 03/Oct/2026:00:00:20 +0000"}));
    EXPECT_EQ(found.file->near_miss.at(0).lines, std::vector<std::string>{"c"});
    EXPECT_EQ(found.file->near_miss.at(0).also, std::set<std::string>{"other"});
    EXPECT_EQ(found.file->near_miss.at(0).line, 8U);
}

TEST(Samples, WhatIsWrongIsToldWithItsPlace)
{
    const auto refused = [](std::string_view yaml, std::string_view told) {
        const auto found = read(yaml);
        EXPECT_FALSE(found.file) << yaml;
        EXPECT_NE(found.problems.find(told), std::string::npos) << found.problems;
    };
    refused("rule: [", "x.samples.yaml:");
    refused("- a", "one mapping");
    refused("match: []", "'rule' must be a text");
    refused("rule: a\nmatches: []", "2:1: error: samples have no key 'matches'");
    refused("rule: a\nmatch: b", "'match' must be a list");
    refused("rule: a\nmatch: [b]", "a sample is a mapping");
    refused("rule: a\nmatch: [{line: b}]", "'source' must be a text");
    refused("rule: a\nmatch: [{source: s}]", "'line' must be a text");
    refused("rule: a\nmatch: [{source: s, steps: []}]", "'steps' must be a list of steps");
    refused("rule: a\nmatch: [{source: s, also: x, line: l}]", "'also' must be a list");
    refused("rule: a\nmatch: [{source: s, steps: [{repeat: 0, every: 1s, line: l}]}]", "'repeat'");
    for (const std::string_view span : {"1", "s", "1d", "-1s", "99999999999999999999s", "800h"}) {
        refused("rule: a\nmatch: [{source: s, steps: [{repeat: 1, every: " + std::string(span) +
                    ", line: l}]}]",
                "is no span");
    }
}

TEST(Samples, RepeatingWithoutEndIsRefused)
{
    const auto lines = read("rule: a\nmatch: [{source: s, steps: [{repeat: 999999999999, "
                            "every: 0s, line: l}]}]");
    EXPECT_FALSE(lines.file);
    EXPECT_NE(lines.problems.find(std::to_string(base::limits::kSampleLinesMax)),
              std::string::npos);
    const auto years =
        read("rule: a\nmatch: [{source: s, steps: [{repeat: 9999, every: 31h, line: l}]}]");
    EXPECT_FALSE(years.file);
    EXPECT_NE(years.problems.find("more than a year"), std::string::npos);
}

} // namespace
} // namespace tanggap::detect
