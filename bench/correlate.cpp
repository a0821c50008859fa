// Correlated events a second, and what a live group costs in memory.
#include <malloc.h>

#include <random>

#include <fmt/format.h>

#include "sigma_corpus.h"

namespace {

using namespace tanggap;

constexpr std::uint64_t kSeed = 20261129;

constexpr std::string_view kMapping =
    "logsources: [{category: test, when: {event.dataset: test}}]\n";

std::string rules(std::string_view correlation)
{
    return fmt::format(
        "title: A\nid: 10000000-0000-4000-a000-000000000001\nname: a\n"
        "logsource: {{category: test}}\ndetection: {{s: {{f: 1}}, condition: s}}\n---\n"
        "title: C\nid: 10000000-0000-4000-a000-000000000002\ncorrelation:\n  rules: [a]\n"
        "  group-by: [ip]\n  timespan: 10m\n{}\n",
        correlation);
}

enum class Order : std::uint8_t { OldestFirst, NewestFirst };

void run(std::string_view name, std::string_view correlation, std::size_t groups,
         std::size_t events, Order order = Order::OldestFirst)
{
    const std::vector<detect::RuleFile> files{{.name = "r.yml", .yaml = rules(correlation)}};
    const std::vector<detect::MappingFile> mappings{
        {.name = "m.yaml", .yaml = std::string(kMapping)}};
    std::vector<detect::Diagnostic> problems;
    const auto set = detect::RuleSet::load(files, mappings, problems);
    std::mt19937_64 random(kSeed);
    detect::Correlator correlator(set);
    double seconds = 0;
    std::size_t found = 0;
    const auto before = mallinfo2().uordblks;
    constexpr std::size_t kBatch = 10'000;
    for (std::size_t done = 0; done < events; done += kBatch) {
        model::EventBatch batch;
        std::vector<detect::Signal> signals;
        for (std::size_t i = 0; i < kBatch; ++i) {
            model::Event event;
            constexpr std::int64_t kStart = 1'790'000'000;
            const auto number = static_cast<std::int64_t>(done + i);
            event.received = base::Time::from_seconds(kStart + number / 2'000);
            event.time = event.received;
            if (order == Order::NewestFirst) { // no two at the same time
                event.time = base::Time{base::Time::from_seconds(kStart).ns - number * 20'000'000};
            }
            event.dataset = "test";
            const auto ip = random() % groups;
            event.fields.push_back({.name = "ip",
                                    .value = model::string_value(batch.keep(fmt::format(
                                        "10.{}.{}.{}", ip >> 16, ip >> 8 & 255, ip & 255)))});
            event.fields.push_back(
                {.name = "user",
                 .value = model::string_value(batch.keep(fmt::format("u{}", random() % 50)))});
            event.fields.push_back(
                {.name = "bytes",
                 .value = model::integer_value(batch, static_cast<std::int64_t>(random() % 99))});
            batch.events.push_back(std::move(event));
            signals.push_back({.rule_index = 0, .event_index = i});
        }
        std::vector<model::Detection> detections;
        const double begin = bench::processor_seconds();
        correlator.feed(batch, signals, detections);
        seconds += bench::processor_seconds() - begin;
        found += detections.size();
        (void)correlator.take_changes();
    }
    const auto held = mallinfo2().uordblks - before;
    fmt::print("{:<12} {:>9.0f} events/s over {} groups; {} bytes a live group; {} findings\n",
               name, static_cast<double>(events) / seconds, correlator.groups(),
               held / std::max<std::size_t>(correlator.groups(), 1), found);
}

} // namespace

int main()
{
    fmt::print("seed {}\n", kSeed);
    run("event_count", "  type: event_count\n  condition: {gte: 1000}", 100'000, 1'000'000);
    run("value_count", "  type: value_count\n  condition: {field: user, gte: 1000}", 100'000,
        1'000'000);
    run("few groups", "  type: event_count\n  condition: {gte: 1000}", 100, 1'000'000);
    const auto late = [](std::string_view name, std::string_view correlation) {
        run(name, correlation, 1, 20'000, Order::NewestFirst);
    };
    late("late values", "  type: value_count\n  condition: {field: user, gte: 1000}");
    late("late sum", "  type: value_sum\n  condition: {field: bytes, gt: 1000000000}");
    late("late median",
         "  type: value_percentile\n  condition: {field: bytes, percentile: 50, gt: 1000}");
    run("one each", "  type: event_count\n  condition: {gte: 10}", 1'000'000'000, 500'000);
    return 0;
}
