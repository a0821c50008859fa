// The queue at a million alerts: its list, facets, counts and news, and an act on ten thousand with
// its undo (ui.md §6.12, rulings 38).
//
//   triage_bench FOLDER [ALERTS [OPEN [REPORTS]]]
//
// Fills FOLDER, which must be new, with ALERTS of which OPEN wait for somebody (default: all), and
// REPORTS (default: a tenth) of which the same part waits, then prints medians of 9.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "service/acts.h"
#include "store/sqlite/sqlite_case_store.h"
#include "store/triage_list.h"

namespace {

using namespace tanggap;
using Clock = std::chrono::steady_clock;

constexpr base::Time kNow = base::Time::from_seconds(1'793'000'000);

double milliseconds_since(Clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

model::Alert make_alert(std::uint64_t number, std::mt19937_64& random)
{
    model::Alert alert;
    alert.number = number;
    alert.id = base::make_uuid_v7(kNow);
    alert.key = {.source = fmt::format("10.{}.{}.{}", random() % 9, random() % 250, random() % 250),
                 .technique = fmt::format("T{}", 1000 + random() % 90),
                 .target = fmt::format("web-{}.example", random() % 400)};
    alert.title = fmt::format("Rule {}", random() % 120);
    alert.title_id = fmt::format("Aturan {}", random() % 120);
    alert.severity = static_cast<model::Level>(random() % 5);
    alert.priority = static_cast<int>(random() % 101);
    alert.first_seen =
        base::Time::from_seconds(1'790'000'000 + static_cast<std::int64_t>(random() % 2'900'000));
    alert.last_seen = alert.first_seen + std::chrono::seconds(random() % 80'000);
    alert.created_at = base::Time::from_seconds(1'790'000'000 + static_cast<std::int64_t>(number));
    alert.updated_at = alert.created_at;
    alert.events = random() % 5000 + 1;
    alert.outcomes.add(static_cast<model::Outcome>(random() % 4), alert.events);
    alert.rules.resize(1);
    alert.rules.front().rule_id = alert.title;
    alert.rules.front().title = alert.title;
    alert.organisation = fmt::format("Dinas {}", random() % 40);
    alert.asset_name = alert.key.target;
    alert.sensor = "web-1";
    return alert;
}

void fill(store::CaseStore& cases, std::uint64_t alerts, std::uint64_t open)
{
    constexpr std::uint64_t kPerCommit = 5'000;
    std::mt19937_64 random(1);
    const std::uint64_t every =
        std::max<std::uint64_t>(1, alerts / std::max<std::uint64_t>(1, open));
    for (std::uint64_t there = 0; there < alerts;) {
        store::Commit commit;
        commit.cursor = cases.cursor() + 1;
        for (; there < alerts && commit.alerts.size() < kPerCommit; ++there) {
            commit.alerts.push_back(make_alert(cases.next_number(), random));
            commit.alerts.back().status = there % every == 0 ? "new" : "closed";
        }
        if (const auto done = cases.commit(commit); !done) {
            fmt::print(stderr, "commit: {}\n", done.error().message);
            std::exit(1);
        }
    }
}

void fill_reports(store::CaseStore& cases, std::uint64_t reports, std::uint64_t every)
{
    constexpr std::uint64_t kPerCommand = 5'000;
    std::mt19937_64 random(2);
    const store::Command command{.actor = {.name = "bench"}, .now = kNow};
    for (std::uint64_t there = 0; there < reports;) {
        const auto done = cases.change(command, [&](store::Change& change) -> base::Status {
            for (std::uint64_t n = 0; n < kPerCommand && there < reports; ++n, ++there) {
                store::Report report;
                store::ReportHead& head = report.head;
                head.received_at = base::Time::from_seconds(
                    1'790'000'000 + static_cast<std::int64_t>(random() % 2'900'000));
                head.updated_at = head.received_at;
                head.id = base::make_uuid_v7(head.received_at).text();
                head.number = fmt::format("LPR-{:04}-{:04}", there / 10'000, there % 10'000);
                head.title = fmt::format("Tautan palsu nomor {}", random());
                head.severity = static_cast<model::Level>(1 + random() % 3);
                head.organisation = fmt::format("Dinas {}", random() % 40);
                head.status =
                    there % every == 0 ? model::ReportStatus::Received : model::ReportStatus::Done;
                head.waiting = there % every == 0;
                TRY_STATUS(store::add_report(change, report, "", {}));
            }
            return change.record({.action = "bench.fill", .object = {.kind = "bench", .id = "b"}});
        });
        if (!done) {
            fmt::print(stderr, "reports: {}\n", done.error().message);
            std::exit(1);
        }
    }
}

template <class Body>
void measure(const std::string& name, int times, Body body)
{
    std::vector<double> spans;
    std::string result;
    for (int i = 0; i < times; ++i) {
        const auto start = Clock::now();
        result = body();
        spans.push_back(milliseconds_since(start));
    }
    std::ranges::sort(spans);
    fmt::print("{:7.1f} ms  (max {:7.1f})  {}  {}\n", spans.at(spans.size() / 2), spans.back(),
               name, result);
}

/// What `ask` answers from one view of the database, or its error.
template <class Ask>
std::string read(store::CaseStore& cases, Ask ask)
{
    std::string answer;
    const auto done = cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(answer, ask(snapshot));
        return {};
    });
    return done ? answer : done.error().message;
}

store::TriageQuestion question(const query::Node* filter)
{
    return {.filter = filter,
            .now = kNow,
            .visible = policy::Filter::unrestricted(),
            .visible_reports = policy::Filter::unrestricted()};
}

void measure_lists(store::CaseStore& cases)
{
    constexpr std::array kQueries{"is:open -is:snoozed (assignee:@nobody OR is:unassigned)",
                                  "is:open severity:critical",
                                  "is:open assignee:@nobody",
                                  "is:escalating OR is:regressed",
                                  "is:snoozed",
                                  "",
                                  "is:open organisation:\"Dinas 7\"",
                                  "is:open label:piket",
                                  "is:closed reason:benign",
                                  "kind:report is:open",
                                  "is:overdue",
                                  "palsu"};
    constexpr std::array kSorts{
        std::pair{store::TriageSort::PriorityDesc, "priority"},
        std::pair{store::TriageSort::LastSeenDesc, "last seen"},
        std::pair{store::TriageSort::FirstSeenDesc, "first seen"},
        std::pair{store::TriageSort::EventsDesc, "events"},
    };
    for (const char* const text : kQueries) {
        const auto filter = query::parse_or_error(text, query::triage_scope());
        for (const auto& [sort, name] : kSorts) {
            measure(fmt::format("list by {} [{}]", name, text), 9, [&] {
                return read(cases, [&](store::Snapshot& snapshot) -> base::Result<std::string> {
                    TRY(const auto page,
                        store::list_triage(snapshot,
                                           {.filter = &*filter,
                                            .sort = sort,
                                            .after = {},
                                            .now = kNow,
                                            .visible = policy::Filter::unrestricted(),
                                            .visible_reports = policy::Filter::unrestricted()}));
                    return fmt::format("total {}{}", page.total,
                                       page.total_is_lower_bound ? "+" : "");
                });
            });
        }
        measure(fmt::format("count to 1,000 [{}]", text), 9, [&] {
            return read(cases, [&](store::Snapshot& snapshot) -> base::Result<std::string> {
                TRY(const auto count, store::count_triage(snapshot, question(&*filter), 1001));
                return fmt::format("{}", count);
            });
        });
    }
    const auto open = query::parse_or_error("is:open", query::triage_scope());
    measure("news", 9, [&] {
        return read(cases, [&](store::Snapshot& snapshot) -> base::Result<std::string> {
            TRY(const auto count,
                store::count_triage_news(snapshot, question(&*open),
                                         base::Time::from_seconds(1'790'900'000), 1001));
            return fmt::format("{}", count);
        });
    });
    const std::vector<std::string> beside{"kind",  "severity", "status", "assignee",
                                          "label", "rule",     "asset",  "organisation"};
    measure("the facets beside is:open", 9, [&] {
        return read(cases, [&](store::Snapshot& snapshot) -> base::Result<std::string> {
            TRY(const auto facets, store::triage_facets(snapshot, beside, question(&*open), 5));
            return fmt::format("{} facets", facets.size());
        });
    });
    const auto last = cases.find_alert("ALR-1");
    measure("precedents", 9, [&] {
        return read(cases, [&](store::Snapshot& snapshot) -> base::Result<std::string> {
            TRY(const auto found,
                store::find_precedents(snapshot, *last, 5, policy::Filter::unrestricted()));
            return fmt::format("{} of {}", found.rows.size(), found.total);
        });
    });
}

class FixedClock final : public base::Clock {
public:
    base::Time now() const override { return kNow; }
};

/// Ten thousand archived and taken back, three times.
void measure_acts(store::CaseStore& cases)
{
    const FixedClock clock;
    alignas(std::max_align_t) std::array<std::byte, 64> unused{}; // These acts ask for no event.
    const service::World world{.cases = cases,
                               .events = *reinterpret_cast<store::EventStore*>(unused.data()),
                               .journal = *reinterpret_cast<disk::Journal*>(unused.data()),
                               .clock = clock,
                               .rules = {},
                               .ledger = {},
                               .progress = {},
                               .rerun_quarantine = {},
                               .unready_reasons = {},
                               .knows_source = {},
                               .choose_source = {},
                               .geo_built_at = {},
                               .version = {}};
    service::Acts acts(world, service::Acts::Worker::None);
    service::Principal rina;
    rina.user_id = "u-1";
    rina.name = "rina";
    rina.roles = {"lead"};
    rina.scopes = {"read", "alerts:write"};
    const store::Command command{.actor = service::actor_of(rina), .now = kNow};
    service::Act archive;
    archive.kind = service::ActKind::Archive;
    const service::ActTarget target{.ids = {},
                                    .matching = true,
                                    .filter =
                                        query::parse("number<=10000", query::triage_scope()).root,
                                    .as_of = kNow,
                                    .exclude = {"ALR-7", "ALR-8"}};
    std::string id;
    for (int i = 0; i < 3; ++i) {
        measure("archive 10,000 but for two", 1, [&] {
            const auto started = acts.perform(rina, command, archive, target);
            acts.work_once();
            id = started ? started->id : "";
            const auto done = acts.find(rina.user_id, id);
            return done ? fmt::format("{} changed", done->changed) : done.error().message;
        });
        measure("undo", 1, [&] {
            const auto undone = acts.undo(rina, command, id);
            return undone ? fmt::format("{} set back", undone->objects.size())
                          : undone.error().message;
        });
    }
}

} // namespace

int main(int count, char** arguments)
{
    if (count < 2) {
        fmt::print(stderr, "usage: triage_bench FOLDER [ALERTS [OPEN [REPORTS]]]\n");
        return 2;
    }
    auto cases = store::open_sqlite(arguments[1]);
    if (!cases) {
        fmt::print(stderr, "{}\n", cases.error().message);
        return 1;
    }
    const std::uint64_t alerts = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1'000'000;
    const std::uint64_t open = count > 3 ? std::strtoull(arguments[3], nullptr, 10) : alerts;
    const std::uint64_t reports =
        count > 4 ? std::strtoull(arguments[4], nullptr, 10) : alerts / 10;
    fill(**cases, alerts, open);
    fill_reports(**cases, reports,
                 std::max<std::uint64_t>(1, alerts / std::max<std::uint64_t>(1, open)));
    measure_lists(**cases);
    measure_acts(**cases);
    return 0;
}
