// A window measured from the one before it must be what it is when measured alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <set>

#include <fmt/format.h>

#include "detect/detail/measure.h"

namespace tanggap::detect {
namespace {

using Type = CorrelationRule::Type;

double measured_alone(const CorrelationRule& rule, std::span<const WindowEntry> window,
                      const WindowEntry& added)
{
    std::set<std::uint64_t> values;
    std::set<std::uint64_t> members;
    std::vector<double> numbers;
    double sum = 0;
    double events = 0;
    double alike = 0;
    for (const auto& entry : window) {
        values.insert(entry.value);
        members.insert(entry.member);
        numbers.push_back(number_in(entry));
        sum += number_in(entry);
        events += entry.weight;
        alike += entry.value == added.value ? 1 : 0;
    }
    std::ranges::sort(numbers);
    const auto size = static_cast<double>(window.size());
    switch (rule.type) {
    case Type::EventCount:
        return size;
    case Type::ValueSum:
        return sum;
    case Type::ValueAverage:
        return sum / events;
    case Type::ValuePercentile:
        return rule.percentile ? numbers[static_cast<std::size_t>(
                                     std::max(std::ceil(*rule.percentile / 100 * size) - 1, 0.0))]
                               : 100 * alike / size;
    case Type::ValueCount:
        return static_cast<double>(values.size());
    case Type::Temporal:
    case Type::TemporalOrdered:
        break;
    }
    return static_cast<double>(members.size());
}

std::vector<WindowEntry> random_entries(std::mt19937_64& random)
{
    std::vector<WindowEntry> out(1 + random() % 40);
    std::int64_t ns = 0;
    for (auto& entry : out) {
        ns += static_cast<std::int64_t>(random() % 3);
        entry = {.ns = ns,
                 .value = std::bit_cast<std::uint64_t>(static_cast<double>(random() % 7)),
                 .weight = static_cast<std::uint32_t>(1 + random() % 3),
                 .member = static_cast<std::uint16_t>(random() % 4)};
    }
    return out;
}

/// Windows around the entry `added`, from left to right.
void expect_agreement(const CorrelationRule& rule, std::span<const WindowEntry> entries,
                      std::size_t added, std::mt19937_64& random)
{
    WindowMeasure measure(rule, entries, entries[added]);
    auto first = random() % (added + 1);
    auto behind = added + 1;
    while (behind <= entries.size()) {
        const auto window = entries.subspan(first, behind - first);
        ASSERT_EQ(measure.of(first, behind), measured_alone(rule, window, entries[added]));
        std::uint64_t events = 0;
        for (const auto& entry : window) {
            events += entry.weight;
        }
        ASSERT_EQ(measure.events(), events);
        first += random() % (added - first + 1);
        behind += 1 + random() % 3;
    }
}

TEST(WindowMeasure, OfAWindowThatMovedIsThatOfTheWindowAlone)
{
    std::mt19937_64 random(20261129);
    for (int round = 0; round < 300; ++round) {
        const auto entries = random_entries(random);
        const auto added = random() % entries.size();
        for (const auto type : {Type::EventCount, Type::ValueCount, Type::Temporal, Type::ValueSum,
                                Type::ValueAverage, Type::ValuePercentile}) {
            SCOPED_TRACE(fmt::format("round {}, type {}", round, static_cast<int>(type)));
            CorrelationRule rule;
            rule.type = type;
            expect_agreement(rule, entries, added, random);
        }
        for (const double percent : {0.0, 10.0, 50.0, 99.0, 100.0}) {
            SCOPED_TRACE(fmt::format("round {}, percentile {}", round, percent));
            CorrelationRule rule;
            rule.type = Type::ValuePercentile;
            rule.percentile = percent;
            expect_agreement(rule, entries, added, random);
        }
    }
}

TEST(WindowMeasure, ALargeNumberThatLeavesTheWindowTakesNoSmallOnesWithIt)
{
    const auto entry = [](std::int64_t ns, double number) {
        return WindowEntry{.ns = ns, .value = std::bit_cast<std::uint64_t>(number)};
    };
    const std::vector<WindowEntry> entries{entry(0, 1e300), entry(1, 1), entry(2, 2)};
    CorrelationRule rule;
    rule.type = Type::ValueSum;
    WindowMeasure measure(rule, entries, entries[1]);
    EXPECT_EQ(measure.of(0, 2), 1e300);
    EXPECT_EQ(measure.of(1, 3), 3);
}

} // namespace
} // namespace tanggap::detect
