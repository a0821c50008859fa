// Counting for a period at a million alerts and 200,000 cases, spread over a year.
//
//   figures_bench FOLDER [ALERTS [CASES]]
//
// Fills FOLDER where it is new, then prints medians of 5 for a day, a month and the year.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include <fmt/core.h>

#include "store/figures.h"
#include "store/sqlite/sqlite_case_store.h"

namespace {

using namespace tanggap;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kYearSeconds = 365LL * 86'400;
const base::Time kStart = base::Time::from_seconds(1'767'225'600); // 2026-01-01

model::Alert make_alert(std::uint64_t number, std::uint64_t alerts, std::mt19937_64& random)
{
    model::Alert alert;
    alert.number = number;
    alert.first_seen =
        kStart + std::chrono::seconds(static_cast<std::int64_t>(number * kYearSeconds / alerts));
    alert.id = base::make_uuid_v7(alert.first_seen);
    alert.key = {.source = fmt::format("10.{}.{}.{}", random() % 9, random() % 250, random() % 250),
                 .technique = fmt::format("T{}", 1000 + random() % 90),
                 .target = fmt::format("web-{}.example", random() % 400)};
    alert.title = fmt::format("Rule {}", random() % 120);
    alert.severity = static_cast<model::Level>(random() % 5);
    alert.last_seen = alert.first_seen + std::chrono::seconds(random() % 80'000);
    alert.created_at = alert.updated_at = alert.last_seen;
    alert.events = random() % 5000 + 1;
    alert.detections = alert.events;
    alert.outcomes.add(static_cast<model::Outcome>(random() % 4), alert.events);
    alert.organisation = fmt::format("Dinas {}", random() % 40);
    alert.source_country = random() % 2 == 0 ? "ID" : "US";
    alert.sensor = "web-1";
    return alert;
}

bool fill_alerts(store::CaseStore& cases, std::uint64_t alerts)
{
    constexpr std::uint64_t kBatch = 20'000;
    std::mt19937_64 random(20261129); // NOLINT: the same alerts in every run
    for (std::uint64_t at = 0; at < alerts; at += kBatch) {
        store::Commit commit;
        commit.cursor = at / kBatch + 1;
        commit.range = {
            .first = commit.cursor, .last = commit.cursor, .token = "t", .annotations = {}};
        for (std::uint64_t i = at; i < std::min(at + kBatch, alerts); ++i) {
            commit.alerts.push_back(make_alert(i + 1, alerts, random));
        }
        if (!cases.commit(commit)) {
            return false;
        }
    }
    return true;
}

bool fill_cases(store::CaseStore& cases, std::uint64_t wanted)
{
    constexpr std::uint64_t kBatch = 5'000;
    std::mt19937_64 random(20261130); // NOLINT: the same cases in every run
    for (std::uint64_t at = 0; at < wanted; at += kBatch) {
        const auto done =
            cases.change({.actor = {}, .now = kStart}, [&](store::Change& change) -> base::Status {
                for (std::uint64_t i = at; i < std::min(at + kBatch, wanted); ++i) {
                    casework::Case subject;
                    subject.opened_at =
                        kStart +
                        std::chrono::seconds(static_cast<std::int64_t>(i * kYearSeconds / wanted));
                    subject.id = base::make_uuid_v7(subject.opened_at).text();
                    subject.number = {.year = 2026, .ordinal = i + 1};
                    subject.organisation = fmt::format("Dinas {}", random() % 40);
                    subject.classes = {"fraud/phishing"};
                    casework::on_opened(subject.milestones, subject.opened_at);
                    subject.milestones.reach(casework::Milestone::Contained,
                                             subject.opened_at +
                                                 std::chrono::seconds(random() % 90'000));
                    TRY_STATUS(store::put_case(change, subject, {}));
                }
                return change.record(
                    {.action = "case.open", .object = {"case", std::to_string(at)}});
            });
        if (!done) {
            return false;
        }
    }
    return true;
}

template <class Body>
void measure(std::string_view name, Body body)
{
    std::array<double, 5> times{};
    for (double& each : times) {
        const auto start = Clock::now();
        if (!body()) {
            fmt::print(stderr, "{}: failed\n", name);
            std::exit(1);
        }
        each = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    }
    std::ranges::sort(times);
    fmt::print("{:<40} {:>8.1f} ms\n", name, times[times.size() / 2]);
    std::fflush(stdout); // what was measured stays where the run is cut off
}

std::string between(std::string_view field, std::int64_t days)
{
    return fmt::format("{}>={} {}<{}", field, base::format_rfc3339(kStart), field,
                       base::format_rfc3339(kStart + std::chrono::hours(24 * days)));
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2) {
        fmt::print(stderr, "usage: figures_bench FOLDER [ALERTS [CASES]]\n");
        return 2;
    }
    const std::uint64_t alerts = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
    const std::uint64_t wanted = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 200'000;
    auto opened = store::open_sqlite(argv[1]);
    const bool filled = opened && (*opened)->ledger().alerts > 0;
    if (!opened || (!filled && (!fill_alerts(**opened, alerts) || !fill_cases(**opened, wanted)))) {
        fmt::print(stderr, "cannot fill {}\n", argv[1]);
        return 1;
    }
    store::CaseStore& cases = **opened;
    const auto visible = policy::Filter::unrestricted();
    for (const auto& [name, days] : {std::pair{"day", 1}, {"month", 31}, {"year", 365}}) {
        measure(fmt::format("alerts of a {}", name), [&] {
            const auto node =
                query::parse_or_error(between("first_seen", days), query::alert_scope());
            return node && cases.read([&](store::Snapshot& snapshot) -> base::Status {
                TRY([[maybe_unused]] const auto tally,
                    store::tally_alerts(snapshot, {.filter = &*node,
                                                   .now = kStart,
                                                   .visible = visible,
                                                   .first_day = kStart,
                                                   .days = static_cast<std::size_t>(days)}));
                return {};
            });
        });
        measure(fmt::format("cases of a {}", name), [&] {
            const auto node = query::parse_or_error(between("opened", days), query::case_scope());
            return node && cases.read([&](store::Snapshot& snapshot) -> base::Status {
                TRY([[maybe_unused]] const auto tally,
                    store::tally_cases(snapshot, &*node, kStart, {}));
                return {};
            });
        });
    }
    return 0;
}
