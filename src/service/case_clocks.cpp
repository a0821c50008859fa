// Breaches: recorded once for each rule and due time, by the program itself, whoever looks first.
#include "service/case_clocks.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/metrics.h"
#include "service/cases.h"

namespace tanggap::service {
namespace {

using casework::Case;
using casework::Clock;

/// Cases looked at in one go; more wait for the next.
constexpr std::size_t kCasesAtOnce = 200;

/// Ran out unmet, whatever came after.
bool breached(const Clock& clock, base::Time now)
{
    return clock.due && *clock.due < now && clock.state != casework::ClockState::Met &&
           clock.state != casework::ClockState::Waived &&
           (clock.state != casework::ClockState::Stopped || clock.remaining < base::Duration{0});
}

base::Status record_one(store::Change& change, const Case& subject, const Clock& clock)
{
    TRY(const bool is_new, store::keep_breach(change, subject.id, clock.rule_id, *clock.due));
    if (!is_new) {
        return {};
    }
    base::counter("tanggap_clock_breaches_total",
                  "Clocks of cases that ran out before they were met")
        .add();
    return change.record(
        {.action = "clock.breach",
         .object = {.kind = "clock", .id = subject.id + "/" + clock.rule_id},
         .touched = {store::object_of(subject)},
         .before = "null",
         .after = nlohmann::json{{"rule", clock.rule_id}, {"due", base::format_rfc3339(*clock.due)}}
                      .dump(),
         .reversible = store::Reversible::No});
}

/// Whether anything of what the store keeps is behind `now`.
bool is_behind(const std::vector<Clock>& clocks, base::Time now)
{
    return std::ranges::any_of(clocks, [&](const Clock& each) { return breached(each, now); });
}

} // namespace

base::Status record_breaches(const World& world, std::string_view case_id)
{
    const base::Time now = world.clock.now();
    Case subject;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(subject, store::find_case_by_id(snapshot, case_id));
        return {};
    }));
    if (!is_behind(clocks_of(world, subject), now)) {
        return {};
    }
    const auto done = world.cases.change({.actor = {.kind = store::ActorKind::System}, .now = now},
                                         [&](store::Change& change) -> base::Status {
                                             TRY(subject, store::find_case_by_id(change, case_id));
                                             for (const Clock& clock : clocks_of(world, subject)) {
                                                 if (breached(clock, now)) {
                                                     TRY_STATUS(record_one(change, subject, clock));
                                                 }
                                             }
                                             return {};
                                         });
    return done ? base::Status() : base::Status(std::unexpected(done.error()));
}

base::Status watch_case(const World& world, std::string_view case_id)
{
    TRY_STATUS(record_breaches(world, case_id));
    Case subject;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(subject, store::find_case_by_id(snapshot, case_id));
        return {};
    }));
    return world.cases.put_case_due(case_id, due_of(world, subject, world.clock.now()));
}

base::Result<std::size_t> watch_due_cases(const World& world)
{
    std::vector<std::string> ids;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(ids, store::find_due_cases(snapshot, world.clock.now(), kCasesAtOnce));
        return {};
    }));
    for (const std::string& id : ids) {
        TRY_STATUS(watch_case(world, id));
    }
    return ids.size();
}

base::Status watch_all_cases(const World& world, const std::stop_token& stop)
{
    std::string after;
    while (true) {
        std::vector<std::string> ids;
        TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
            TRY(ids, store::find_clocked_cases(snapshot, after, kCasesAtOnce));
            return {};
        }));
        for (const std::string& id : ids) {
            if (stop.stop_requested()) {
                return {};
            }
            TRY_STATUS(watch_case(world, id));
        }
        if (ids.empty()) {
            return {};
        }
        after = ids.back();
    }
}

ClockWatch::ClockWatch(const World& world)
    : world_(world), thread_([this](const std::stop_token& stop) { run(stop); })
{
}

void ClockWatch::refresh()
{
    const std::lock_guard lock(mutex_);
    all_again_ = true;
    wake_.notify_all();
}

void ClockWatch::run(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        bool all = false;
        {
            const std::lock_guard lock(mutex_);
            all = std::exchange(all_again_, false);
        }
        const auto done = all ? watch_all_cases(world_, stop) : watch_some();
        if (!done) {
            base::log(base::LogLevel::Error, "clock_watch_failed", done.error().message);
            const std::lock_guard lock(mutex_);
            all_again_ = all_again_ || all; // tried again, at the next look
        }
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, stop, kEvery, [this] { return all_again_; });
    }
}

base::Status ClockWatch::watch_some()
{
    const auto seen = watch_due_cases(world_);
    return seen ? base::Status() : base::Status(std::unexpected(seen.error()));
}

} // namespace tanggap::service
