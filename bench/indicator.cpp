// Indicators: look-ups in five million of them, and what a million weigh. One thread, CPU time.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "detect/indicators.h"

namespace {

using namespace tanggap;
using detect::IndicatorSet;
using model::IndicatorKind;

constexpr std::uint64_t kSeed = 20261129;
constexpr std::size_t kMillion = 1'000'000;

double cpu_seconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// Units: bytes of memory the process holds.
double resident_bytes()
{
    std::ifstream in("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    in >> total >> resident;
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::string value_of(IndicatorKind kind, std::uint64_t number)
{
    switch (kind) {
    case IndicatorKind::Address:
        return fmt::format("{}.{}.{}.{}", number >> 24 & 255, number >> 16 & 255, number >> 8 & 255,
                           number & 255);
    case IndicatorKind::Domain:
        return fmt::format("{:x}.host-{}.example", number, number % 977);
    case IndicatorKind::Url:
        return fmt::format("{:x}.example/path/{}", number, number % 1'000'003);
    default:
        return fmt::format("{:016x}{:016x}{:016x}{:016x}", number, number * 3, number * 5,
                           number * 7);
    }
}

std::shared_ptr<const IndicatorSet>
build(const std::vector<std::pair<IndicatorKind, std::size_t>>& parts)
{
    std::mt19937_64 random(kSeed);
    IndicatorSet::Builder builder;
    model::Indicator one;
    one.source = "bench";
    for (const auto& [kind, count] : parts) {
        one.kind = kind;
        for (std::size_t i = 0; i < count; ++i) {
            one.value = value_of(kind, random() & 0xFFFFFFFF);
            if (!builder.add(one)) {
                std::abort();
            }
        }
    }
    return builder.build();
}

void weigh(const char* name, IndicatorKind kind, double floor, double aim)
{
    const double before = resident_bytes();
    const auto set = build({{kind, kMillion}});
    const double held = resident_bytes() - before;
    std::printf("1 M %-10s %6.1f MB  (the process grew by %.1f; floor %.0f, aim %.0f)\n", name,
                static_cast<double>(set->memory_bytes()) / 1e6, held / 1e6, floor, aim);
}

/// One in a hundred look-ups finds something, as on a busy day.
void look_up(const IndicatorSet& set, const char* name, IndicatorKind kind)
{
    constexpr std::size_t kLookUps = 4 * kMillion;
    constexpr std::size_t kAtOnce = 4096;
    std::mt19937_64 known(kSeed);
    std::mt19937_64 other(kSeed + 1);
    std::vector<IndicatorSet::Key> keys;
    for (std::size_t i = 0; i < kLookUps; ++i) {
        const std::uint64_t number = (i % 100 == 0 ? known() : other()) & 0xFFFFFFFF;
        keys.push_back(set.key_of(kind, value_of(kind, number)));
    }
    double best = 1e9;
    std::vector<IndicatorSet::Hit> hits;
    for (int round = 0; round < 3; ++round) {
        hits.clear();
        const double begin = cpu_seconds();
        for (std::size_t at = 0; at < keys.size(); at += kAtOnce) {
            set.find(std::span(keys).subspan(at, std::min(kAtOnce, keys.size() - at)), hits);
        }
        best = std::min(best, cpu_seconds() - begin);
    }
    std::printf("look-up of %-10s %5.1f ns, %zu hits  (floor 30, aim 20)\n", name,
                best * 1e9 / static_cast<double>(keys.size()), hits.size());
}

} // namespace

int main()
{
    std::printf("seed %llu\n", static_cast<unsigned long long>(kSeed));
    weigh("addresses", IndicatorKind::Address, 20, 16);
    weigh("domains", IndicatorKind::Domain, 45, 38);
    const double begin = cpu_seconds();
    const auto set = build({{IndicatorKind::Address, 2 * kMillion},
                            {IndicatorKind::Domain, 1'200'000},
                            {IndicatorKind::Hash, 1'500'000},
                            {IndicatorKind::Url, 300'000}});
    std::printf("%zu indicators built in %.2f s, %.1f MB\n", set->size(), cpu_seconds() - begin,
                static_cast<double>(set->memory_bytes()) / 1e6);
    look_up(*set, "addresses", IndicatorKind::Address);
    look_up(*set, "domains", IndicatorKind::Domain);
    look_up(*set, "hashes", IndicatorKind::Hash);
    return 0;
}
