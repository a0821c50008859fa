// Access lines to detections: reading, every rule of the public collection, five million
// indicators.
//
// Lines are made from a seed: 20,000 busy addresses among random ones, paths and agents of a small
// site, one line in 200 an attack. The ceiling cuts the same lines at their spaces and quotes and
// does nothing with the pieces. One thread, processor time, ratios of one run.
#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "detect/indicators.h"
#include "sigma_corpus.h"

namespace {

using namespace tanggap;
using model::IndicatorKind;

constexpr std::uint64_t kSeed = 20261129;
constexpr std::size_t kLines = 300'000;
constexpr std::size_t kMillion = 1'000'000;

constexpr std::array<std::string_view, 6> kAgents{
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "curl/8.5.0",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "sqlmap/1.8.4#stable (https://sqlmap.org)",
};
constexpr std::array<std::string_view, 4> kAttacks{
    "/index.php?id=1%27%20UNION%20SELECT%20user,password%20FROM%20users--",
    "/../../../../etc/passwd",
    "/?x=%3Cscript%3Ealert(1)%3C/script%3E",
    "/cgi-bin/;cat%20/etc/shadow",
};

std::string address(std::uint64_t number)
{
    return fmt::format("{}.{}.{}.{}", number >> 24 & 255, number >> 16 & 255, number >> 8 & 255,
                       number & 255);
}

std::vector<model::Record> lines(std::mt19937_64& random)
{
    std::vector<std::uint64_t> busy(20'000);
    std::ranges::generate(busy, [&] { return random() & 0xFFFFFFFF; });
    std::vector<model::Record> out;
    for (std::size_t i = 0; i < kLines; ++i) {
        const auto from = random() % 10 < 7 ? busy[random() % busy.size()] : random() & 0xFFFFFFFF;
        const bool attack = random() % 200 == 0;
        const auto path = attack ? std::string(kAttacks[random() % kAttacks.size()])
                                 : fmt::format("/layanan/{}/{}?halaman={}", random() % 400,
                                               random() % 20'000, random() % 90);
        const auto agent = attack ? kAgents.back() : kAgents[random() % (kAgents.size() - 1)];
        out.emplace_back().bytes =
            fmt::format("{} - - [29/Nov/2026:{:02}:{:02}:{:02} +0700] \"GET {} HTTP/1.1\" {} {} "
                        "\"https://kota.example/\" \"{}\"",
                        address(from), i / 3'600 % 24, i / 60 % 60, i % 60, path,
                        random() % 12 == 0 ? 404 : 200, random() % 90'000, agent);
    }
    return out;
}

std::shared_ptr<const detect::IndicatorSet> indicators(std::mt19937_64& random)
{
    detect::IndicatorSet::Builder builder;
    model::Indicator one;
    one.source = "bench";
    const auto add = [&](IndicatorKind kind, std::size_t count, auto value) {
        one.kind = kind;
        for (std::size_t i = 0; i < count; ++i) {
            one.value = value(random());
            if (!builder.add(one)) {
                std::abort();
            }
        }
    };
    add(IndicatorKind::Address, 2 * kMillion, [](auto n) { return address(n & 0xFFFFFFFF); });
    add(IndicatorKind::Domain, 1'500'000, [](auto n) { return fmt::format("{:x}.example", n); });
    add(IndicatorKind::Hash, 1'500'000,
        [](auto n) { return fmt::format("{:016x}{:016x}{:016x}{:016x}", n, n * 3, n * 5, n * 7); });
    return builder.build();
}

/// Cuts at spaces outside quotes and brackets; the sum keeps the compiler from leaving it out.
std::uint64_t cut_only(const std::vector<model::Record>& records)
{
    std::uint64_t sum = 0;
    for (const auto& record : records) {
        const char* at = record.bytes.data();
        const char* const end = at + record.bytes.size();
        while (at < end) {
            const char closing = *at == '"' ? '"' : *at == '[' ? ']' : ' ';
            const auto* const found = static_cast<const char*>(
                std::memchr(at + 1, closing, static_cast<std::size_t>(end - at - 1)));
            const char* const stop = found == nullptr ? end : found;
            sum += static_cast<std::uint64_t>(stop - at);
            at = stop + (closing == ' ' ? 1 : 2);
        }
    }
    return sum;
}

} // namespace

int main()
{
    std::mt19937_64 random(kSeed);
    const auto records = lines(random);
    const auto set = indicators(random);
    const auto content = bench::load_content(bench::corpora_folder());
    detect::Evaluator evaluator(content.rules);
    detect::IndicatorMatcher matcher(set);
    model::StreamContext stream;
    stream.sensor = "bench";
    stream.source = "apache_access";
    const auto received = base::Time::from_seconds(1'796'000'000);
    constexpr std::size_t kChunk = 1'000;
    double ceiling = 1e9;
    std::array<double, 3> best{1e9, 1e9, 1e9};
    std::uint64_t sum = 0;
    std::size_t detections = 0;
    std::size_t sightings = 0;
    for (int round = 0; round < 3; ++round) {
        double begin = bench::processor_seconds();
        sum += cut_only(records);
        ceiling = std::min(ceiling, bench::processor_seconds() - begin);
        std::array<double, 3> took{};
        detections = 0;
        sightings = 0;
        for (std::size_t at = 0; at < records.size(); at += kChunk) {
            model::EventBatch batch;
            std::vector<model::Detection> by_rules;
            std::vector<model::Detection> by_indicators;
            std::vector<detect::Signal> signals;
            begin = bench::processor_seconds();
            normalize::decode(*content.sources, stream, std::span(records).subspan(at, kChunk),
                              received, batch);
            const double decoded = bench::processor_seconds();
            evaluator.evaluate(batch, by_rules, signals);
            const double evaluated = bench::processor_seconds();
            matcher.match(batch, by_indicators);
            took[0] += decoded - begin;
            took[1] += evaluated - decoded;
            took[2] += bench::processor_seconds() - evaluated;
            detections += by_rules.size();
            sightings += by_indicators.size();
        }
        if (took[0] + took[1] + took[2] < best[0] + best[1] + best[2]) {
            best = took;
        }
    }
    const double whole = best[0] + best[1] + best[2];
    const auto count = static_cast<double>(records.size());
    fmt::print("{} lines, {} rules, {} indicators: {} detections, {} sightings (seed {})\n",
               records.size(), content.rules->rules().size(), set->size(), detections, sightings,
               kSeed);
    fmt::print("  ceiling {:>9.0f} lines/s  (checksum {})\n", count / ceiling, sum % 997);
    fmt::print("  ours    {:>9.0f} lines/s  {:.2f} us = decode {:.2f} + rules {:.2f} + indicators "
               "{:.2f}  (floor 1.2 M, aim 2 M)\n",
               count / whole, whole * 1e6 / count, best[0] * 1e6 / count, best[1] * 1e6 / count,
               best[2] * 1e6 / count);
    fmt::print("  ratio   {:.3f}\n", ceiling / whole);
    return 0;
}
