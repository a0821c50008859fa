// Counting for a period at a million alerts, 200,000 cases and 100,000 reports, spread over a year.
//
//   figures_bench FOLDER [ALERTS [CASES [REPORTS]]]
//
// Fills FOLDER where it is new, then prints medians of 5 for a day, a month and a year: the parts,
// and all that `/api/v1/statistics` asks the case database for, against its bar.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>

#include <fmt/core.h>

#include "query/report_scope.h"
#include "store/figures.h"
#include "store/reports.h"
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
    alert.status = random() % 20 == 0 ? "merged" : "new";
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

bool fill_reports(store::CaseStore& cases, std::uint64_t wanted)
{
    constexpr std::uint64_t kBatch = 5'000;
    std::mt19937_64 random(20261201); // NOLINT: the same reports in every run
    for (std::uint64_t at = 0; at < wanted; at += kBatch) {
        const auto done =
            cases.change({.actor = {}, .now = kStart}, [&](store::Change& change) -> base::Status {
                for (std::uint64_t i = at; i < std::min(at + kBatch, wanted); ++i) {
                    store::Report report;
                    store::ReportHead& head = report.head;
                    head.received_at =
                        kStart +
                        std::chrono::seconds(static_cast<std::int64_t>(i * kYearSeconds / wanted));
                    head.acknowledged_at = head.received_at + std::chrono::seconds(random() % 9000);
                    head.updated_at = head.acknowledged_at;
                    head.id = base::make_uuid_v7(head.received_at).text();
                    head.number = fmt::format("LPR-{:04}-{:04}", i / 10'000, i % 10'000);
                    head.title = fmt::format("Tautan palsu nomor {}", random());
                    head.kind = fmt::format("kind-{}", random() % 12);
                    report.answers["story"] = std::string(400, 'x');
                    TRY_STATUS(store::add_report(change, report, "", {}));
                }
                return change.record(
                    {.action = "report.receive", .object = {"report", std::to_string(at)}});
            });
        if (!done) {
            return false;
        }
    }
    return true;
}

bool fill(store::CaseStore& cases, std::uint64_t alerts, std::uint64_t wanted,
          std::uint64_t reports)
{
    const auto timed = [](std::string_view what, std::uint64_t count, auto body) {
        const auto start = Clock::now();
        const bool done = body();
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        fmt::print("{:<40} {:>8.0f} a second\n", what, static_cast<double>(count) / seconds);
        std::fflush(stdout);
        return done;
    };
    return timed("alerts written", alerts, [&] { return fill_alerts(cases, alerts); }) &&
           timed("cases written", wanted, [&] { return fill_cases(cases, wanted); }) &&
           timed("reports written", reports, [&] { return fill_reports(cases, reports); });
}

/// `bar_ms` 0: no bar of its own.
template <class Body>
void measure(std::string_view name, double bar_ms, Body body)
{
    std::array<double, 5> times{};
    std::array<double, 5> processor{};
    for (std::size_t i = 0; i < times.size(); ++i) {
        const auto start = Clock::now();
        const std::clock_t used = std::clock();
        if (const base::Status done = body(); !done) {
            fmt::print(stderr, "{}: {}\n", name, done.error().message);
            std::exit(1);
        }
        processor.at(i) = 1000.0 * static_cast<double>(std::clock() - used) / CLOCKS_PER_SEC;
        times.at(i) = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    }
    std::ranges::sort(times);
    std::ranges::sort(processor);
    const double median = times[times.size() / 2];
    fmt::print("{:<40} {:>8.1f} ms, {:>8.1f} of the processor", name, median,
               processor[processor.size() / 2]);
    if (bar_ms > 0) {
        fmt::print("  {:.2f} of {:.0f} ms", median / bar_ms, bar_ms);
    }
    fmt::print("\n");
    std::fflush(stdout); // what was measured stays where the run is cut off
}

struct Span {
    std::string_view name;
    base::Time from;
    base::Time to;
    double bar_ms = 0;
};

std::string between(std::string_view field, const Span& span)
{
    return fmt::format("{}>={} {}<{} -class:\"test/test\"", field, base::format_rfc3339(span.from),
                       field, base::format_rfc3339(span.to));
}

base::Status count_alerts(store::Snapshot& snapshot, const Span& span, std::string_view narrower)
{
    TRY(const auto node, query::parse_or_error(narrower, query::alert_scope()));
    TRY([[maybe_unused]] const auto tally,
        store::tally_alerts(snapshot, {.from = span.from,
                                       .to = span.to,
                                       .filter = &node,
                                       .now = kStart,
                                       .visible = policy::Filter::unrestricted(),
                                       .days = static_cast<std::size_t>((span.to - span.from) /
                                                                        std::chrono::hours(24))}));
    return {};
}

base::Status count_cases(store::Snapshot& snapshot, const Span& span)
{
    TRY(const auto opened, query::parse_or_error(between("opened", span), query::case_scope()));
    TRY(const auto ended, query::parse_or_error(between("ended", span), query::case_scope()));
    TRY([[maybe_unused]] const auto tally, store::tally_cases(snapshot, &opened, kStart, {}));
    TRY([[maybe_unused]] const auto classes, store::tally_classes(snapshot, &opened, kStart, {}));
    TRY([[maybe_unused]] const auto ends, store::count_cases(snapshot, &ended, kStart, {}));
    return {};
}

base::Status count_reports(store::Snapshot& snapshot, const Span& span)
{
    TRY(const auto node, query::parse_or_error(fmt::format("received>={} received<{}",
                                                           base::format_rfc3339(span.from),
                                                           base::format_rfc3339(span.to)),
                                               query::report_scope()));
    TRY([[maybe_unused]] const auto tally,
        store::tally_reports(snapshot, &node, kStart, policy::Filter::unrestricted()));
    return {};
}

void measure_span(store::CaseStore& cases, const Span& span)
{
    const auto asked = [&](auto body) { return [&cases, body] { return cases.read(body); }; };
    const auto of = [&](std::string_view what) {
        return fmt::format("{} of a {}", what, span.name);
    };
    measure(of("alerts"), 0,
            asked([&](store::Snapshot& snapshot) { return count_alerts(snapshot, span, ""); }));
    measure(of("alerts severity>=high"), 0, asked([&](store::Snapshot& snapshot) {
                return count_alerts(snapshot, span, "severity>=high");
            }));
    measure(of("cases"), 0,
            asked([&](store::Snapshot& snapshot) { return count_cases(snapshot, span); }));
    measure(of("reports"), 0,
            asked([&](store::Snapshot& snapshot) { return count_reports(snapshot, span); }));
    measure(of("figures"), span.bar_ms, asked([&](store::Snapshot& snapshot) -> base::Status {
                TRY_STATUS(count_alerts(snapshot, span, ""));
                TRY_STATUS(count_cases(snapshot, span));
                return count_reports(snapshot, span);
            }));
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2) {
        fmt::print(stderr, "usage: figures_bench FOLDER [ALERTS [CASES [REPORTS]]]\n");
        return 2;
    }
    const auto number = [&](int at, std::uint64_t otherwise) {
        return argc > at ? std::strtoull(argv[at], nullptr, 10) : otherwise;
    };
    auto opened = store::open_sqlite(argv[1]);
    const bool filled = opened && (*opened)->ledger().alerts > 0;
    if (!opened || (!filled && !fill(**opened, number(2, 1'000'000), number(3, 200'000),
                                     number(4, 100'000)))) {
        fmt::print(stderr, "cannot fill {}\n", argv[1]);
        return 1;
    }
    // From midnight of WIB, which is no midnight of UTC.
    const base::Time from = kStart + std::chrono::hours(17);
    const auto days = [](int count) { return std::chrono::hours(24 * count); };
    for (const Span& span :
         {Span{.name = "day", .from = from, .to = from + days(1), .bar_ms = 300},
          Span{.name = "month", .from = from, .to = from + days(31), .bar_ms = 300},
          Span{.name = "year", .from = from, .to = from + days(364), .bar_ms = 1000}}) {
        measure_span(**opened, span);
    }
    return 0;
}
