#include "service/retention.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"

namespace tanggap::service {

base::Result<store::DroppedDays> Retention::drop(base::Time now, Steady steady)
{
    constexpr std::chrono::hours kClockSlack{1};
    constexpr std::chrono::hours kBeyondLatestRecord{24};
    const auto by_wall = std::chrono::nanoseconds(now.ns - started_.ns);
    if (std::chrono::abs(by_wall - (steady - steady_started_)) > kClockSlack) {
        return base::unavailable("the clock has jumped since the start; nothing is dropped until "
                                 "`tanggap serve` is started again with a clock that is right");
    }
    TRY(const auto sensors, cases_.list_sensors());
    base::Time latest;
    for (const store::Sensor& sensor : sensors) {
        latest = std::max(latest, sensor.last_seen_at);
    }
    const base::Time today = std::min(now, latest + base::Duration(kBeyondLatestRecord));
    return events_.drop_received_before(today - base::Duration(state_.kept_for));
}

base::Status Retention::run(base::Time now, Steady steady)
{
    if (state_.kept_for.count() == 0) {
        return {};
    }
    const auto dropped = drop(now, steady);
    const std::lock_guard lock(mutex_);
    state_.last_run = now;
    state_.problem = dropped ? "" : dropped.error().message;
    if (!dropped) {
        return std::unexpected(dropped.error());
    }
    for (const std::string& day : dropped->days) {
        base::log(base::LogLevel::Info, "retention_dropped_day", day);
    }
    state_.dropped_days += dropped->days.size();
    state_.dropped_events += dropped->events;
    return {};
}

RetentionState Retention::state() const
{
    const std::lock_guard lock(mutex_);
    return state_;
}

} // namespace tanggap::service
