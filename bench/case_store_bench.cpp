// Lists, facets and commits of the case database at a million alerts (rulings 38).
//
//   case_store_bench FOLDER [ALERTS [fill]]
//
// Fills FOLDER (made when missing; a server's DATA/cases when it is stopped) up to ALERTS through
// the store's own commits, then prints medians of 9; with `fill` it only fills.
//
// Each commit moves the journal cursor, which no journal stands behind: a server's folder takes no
// more logs until the cursor is set back (bench/search.py does both).
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "store/sqlite/sqlite_case_store.h"

namespace {

using namespace tanggap;
using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// A city's month: few targets, many sources of which some never rest, severities as scanners make
/// them, a tenth closed.
model::Alert make_alert(std::uint64_t number, std::mt19937_64& random)
{
    constexpr std::array kTechniques{"T1110", "T1190", "T1595", "T1505", "T1059", "T1078"};
    constexpr std::array kLevels{0, 1, 1, 2, 2, 2, 2, 3, 3, 4};
    model::Alert alert;
    alert.number = number;
    alert.id = base::make_uuid_v7(base::Time::from_seconds(1'790'000'000));
    const auto host = random() % 2 == 0 ? random() % 2'000 : random() % 200'000;
    alert.key = {.source = fmt::format("10.{}.{}.{}", host / 65536, host / 256 % 256, host % 256),
                 .technique = kTechniques.at(random() % kTechniques.size()),
                 .target = fmt::format("site-{}.example", random() % 60)};
    alert.title = fmt::format("Rule {}", random() % 60);
    alert.title_id = alert.title;
    alert.severity = static_cast<model::Level>(kLevels.at(random() % kLevels.size()));
    alert.priority =
        static_cast<int>(static_cast<std::uint64_t>(alert.severity) * 20 + random() % 20);
    alert.first_seen =
        base::Time::from_seconds(1'790'000'000 + static_cast<std::int64_t>(random() % 2'592'000));
    alert.last_seen = alert.first_seen + base::Duration(std::chrono::seconds(random() % 3600));
    alert.events = alert.detections = 1 + random() % 500;
    alert.outcomes.add(static_cast<model::Outcome>(random() % 4), alert.events);
    alert.rules.resize(1);
    alert.rules.front().rule_id = alert.title;
    alert.rules.front().title = alert.title;
    alert.sensor = fmt::format("web-{}", random() % 5);
    alert.source_country = random() % 3 == 0 ? "ID" : "CN";
    alert.organisation = fmt::format("Dinas {}", random() % 40);
    alert.asset_name = alert.key.target;
    alert.status = random() % 10 == 0 ? "closed" : "new";
    return alert;
}

void fill(store::CaseStore& cases, std::uint64_t alerts)
{
    constexpr std::uint64_t kPerCommit = 5'000;
    std::mt19937_64 random(1);
    const auto start = Clock::now();
    std::vector<double> commits;
    for (std::uint64_t there = cases.ledger().alerts; there < alerts;) {
        store::Commit commit;
        commit.cursor = cases.cursor() + 1;
        for (; there < alerts && commit.alerts.size() < kPerCommit; ++there) {
            commit.alerts.push_back(make_alert(cases.next_number(), random));
        }
        const auto began = Clock::now();
        if (const auto done = cases.commit(commit); !done) {
            fmt::print(stderr, "commit: {}\n", done.error().message);
            std::exit(1);
        }
        commits.push_back(milliseconds_since(began));
    }
    std::ranges::sort(commits);
    fmt::print(
        "filled up to {} alerts in {:.1f} s; a commit of {}: median {:.0f} ms, longest {:.0f} ms\n",
        alerts, milliseconds_since(start) / 1000, kPerCommit, commits.at(commits.size() / 2),
        commits.back());
}

template <class Body>
void measure(const std::string& name, Body body)
{
    std::vector<double> times;
    std::string result;
    for (int i = 0; i < 9; ++i) {
        const auto start = Clock::now();
        result = body();
        times.push_back(milliseconds_since(start));
    }
    std::ranges::sort(times);
    fmt::print("{:7.1f} ms  (max {:7.1f})  {}  {}\n", times.at(times.size() / 2), times.back(),
               name, result);
}

void measure_lists(store::CaseStore& cases)
{
    constexpr std::array kQueries{"",
                                  "is:open",
                                  "severity:high",
                                  "severity:informational",
                                  "technique:T1505",
                                  "organisation:\"Dinas 7\"",
                                  "source:10.1.2.3",
                                  "source:10.1.0.0/24",
                                  "sensor:web-3",
                                  "severity:high is:open sensor:web-3",
                                  "organisation:\"Dinas 7\" technique:T1505 severity:critical",
                                  "severity:low outcome:succeeded source_country:ID",
                                  "is:closed severity:critical outcome:blocked",
                                  "target:nowhere.example",
                                  "rule:\"Rule 7\"",
                                  "title:nowhere"};
    constexpr std::array kSorts{std::pair{store::AlertSort::PriorityDesc, "priority"},
                                std::pair{store::AlertSort::LastSeenDesc, "last_seen"}};
    const base::Time now = base::Time::from_seconds(1'793'000'000);
    for (const char* const text : kQueries) {
        const auto filter = query::parse_or_error(text, query::alert_scope());
        for (const auto& [sort, name] : kSorts) {
            measure(fmt::format("list by {} [{}]", name, text), [&] {
                const auto page = cases.list_alerts({.filter = &*filter,
                                                     .sort = sort,
                                                     .limit = 50,
                                                     .after = {},
                                                     .now = now,
                                                     .visible = policy::Filter::unrestricted()});
                return page ? fmt::format("total {}{}", page->total,
                                          page->total_is_lower_bound ? "+" : "")
                            : page.error().message;
            });
        }
    }
    for (const char* const field :
         {"severity", "rule", "technique", "source", "organisation", "outcome"}) {
        measure(fmt::format("facet {}", field), [&] {
            const auto facets = cases.alert_facets(std::array<std::string, 1>{field}, nullptr, 5,
                                                   now, policy::Filter::unrestricted());
            return facets ? fmt::format("{} values", facets->front().size())
                          : facets.error().message;
        });
    }
}

} // namespace

int main(int count, char** arguments)
{
    if (count < 2) {
        fmt::print(stderr, "usage: case_store_bench FOLDER [ALERTS [fill]]\n");
        return 2;
    }
    auto cases = store::open_sqlite(arguments[1]);
    if (!cases) {
        fmt::print(stderr, "{}\n", cases.error().message);
        return 1;
    }
    const std::uint64_t wanted = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1'000'000;
    if ((*cases)->ledger().alerts < wanted) {
        fill(**cases, wanted);
    }
    if (count <= 3) {
        measure_lists(**cases);
    }
    return 0;
}
