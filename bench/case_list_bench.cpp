// Lists and facets of cases at 200,000 (rulings 38, the cases' part).
//
//   case_list_bench FOLDER [CASES]
//
// Fills FOLDER (made when missing) up to CASES through the store's own port, then prints medians of
// 9 with 0, 1 and 3 filters.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "store/cases.h"
#include "store/sqlite/sqlite_case_store.h"

namespace {

using namespace tanggap;
using Clock = std::chrono::steady_clock;

const base::Time kStart = base::Time::from_seconds(1'700'000'000);
constexpr std::uint64_t kBatch = 2'000;

/// Years of a city: most have ended, one in a hundred is open, few are urgent.
casework::Case make_case(std::uint64_t ordinal, std::mt19937_64& random)
{
    casework::Case subject;
    const base::Time at = kStart + std::chrono::seconds(ordinal * 300);
    subject.id = base::make_uuid_v7(at).text();
    subject.number = {.year = 2026, .ordinal = ordinal};
    subject.title = fmt::format("Kasus {} di situs {}", random() % 5'000, random() % 60);
    subject.assessment = {.impact = static_cast<int>(random() % 4) + 1,
                          .urgency = static_cast<int>(random() % 3) + 1};
    subject.owner = fmt::format("account-{}", random() % 12);
    subject.organisation = fmt::format("Dinas {}", random() % 40);
    subject.classes = {random() % 3 == 0 ? "fraud/phishing" : "intrusion-attempts/brute-force"};
    subject.opened_at = at;
    casework::on_opened(subject.milestones, at);
    const bool open = random() % 100 == 0;
    subject.place = {.stage = open ? casework::Stage::Containment : casework::Stage::Closed,
                     .resume = casework::Stage::Containment};
    return subject;
}

bool fill(store::CaseStore& cases, std::uint64_t have, std::uint64_t wanted)
{
    std::mt19937_64 random(20261129); // NOLINT: the same cases in every run
    for (std::uint64_t at = have; at < wanted; at += kBatch) {
        const auto done =
            cases.change({.actor = {}, .now = kStart + std::chrono::seconds(at * 300)},
                         [&](store::Change& change) -> base::Status {
                             for (std::uint64_t i = at; i < std::min(at + kBatch, wanted); ++i) {
                                 TRY_STATUS(store::put_case(change, make_case(i + 1, random), {}));
                             }
                             return change.record(
                                 {.action = "case.open", .object = {"case", std::to_string(at)}});
                         });
        if (!done) {
            fmt::print(stderr, "{}\n", done.error().message);
            return false;
        }
    }
    return true;
}

template <class Body>
void measure(std::string_view name, Body body)
{
    std::array<double, 9> times{};
    for (double& each : times) {
        const auto start = Clock::now();
        if (!body()) {
            fmt::print(stderr, "{}: failed\n", name);
            std::exit(1);
        }
        each = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    }
    std::ranges::sort(times);
    fmt::print("{:<60} {:>8.1f} ms\n", name, times[times.size() / 2]);
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2) {
        fmt::print(stderr, "usage: case_list_bench FOLDER [CASES]\n");
        return 2;
    }
    const std::uint64_t wanted = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 200'000;
    auto opened = store::open_sqlite(argv[1]);
    if (!opened) {
        fmt::print(stderr, "{}\n", opened.error().message);
        return 1;
    }
    store::CaseStore& cases = **opened;
    if (!fill(cases, 0, wanted)) {
        return 1;
    }
    const base::Time now = kStart + std::chrono::seconds(wanted * 300);
    const auto list = [&](std::string_view q, store::CaseSort sort) {
        return [&cases, q, sort, now] {
            const auto node = query::parse_or_error(q, query::case_scope());
            return node && cases.read([&](store::Snapshot& snapshot) -> base::Status {
                TRY([[maybe_unused]] const auto page,
                    store::list_cases(snapshot, {.filter = &*node,
                                                 .sort = sort,
                                                 .limit = 50,
                                                 .after = {},
                                                 .now = now,
                                                 .viewer = {.account = "account-1"}}));
                return {};
            });
        };
    };
    using enum store::CaseSort;
    measure("everything, newest first", list("", UpdatedDesc));
    measure("is:open, by priority", list("is:open", Priority));
    measure("is:open, by due", list("is:open", Due));
    measure("stage:closed, newest first", list("stage:closed", UpdatedDesc));
    measure("priority>=P2 organisation class",
            list("priority>=P2 organisation:\"Dinas 7\" class:fraud/phishing", UpdatedDesc));
    measure("a word of the title", list("\"situs 59\"", UpdatedDesc));
    measure("a rare title", list("\"Kasus 4999 di situs 1\"", UpdatedDesc));
    measure("a number", list("KAS-2026-0777", UpdatedDesc));
    for (const std::string_view field : {"stage", "owner", "class"}) {
        measure(fmt::format("facet {} of everything", field), [&] {
            return cases.read([&](store::Snapshot& snapshot) -> base::Status {
                TRY([[maybe_unused]] const auto facet,
                    store::case_facet(snapshot, field, nullptr, 5, now, {.account = "account-1"}));
                return {};
            });
        });
    }
    return 0;
}
