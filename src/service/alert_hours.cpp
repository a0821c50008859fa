#include "service/alert_hours.h"

#include <algorithm>
#include <string>
#include <utility>

#include "store/triage_list.h"

namespace tanggap::service {
namespace {

namespace limits = base::limits;

constexpr base::Duration kHour = std::chrono::hours(1);

/// Any of these alerts.
query::Node any_of(std::span<const std::uint64_t> numbers)
{
    query::Node any;
    any.op = query::Operator::Or;
    for (const std::uint64_t number : numbers) {
        query::Node one;
        one.op = query::Operator::Equals;
        one.field = "number";
        one.type = query::FieldType::Integer;
        one.value = std::to_string(number);
        any.children.push_back(std::move(one));
    }
    return any;
}

base::Result<std::vector<store::TriageRow>>
visible_rows(const World& world, const Principal& principal, std::span<const std::uint64_t> numbers)
{
    const query::Node filter = any_of(numbers);
    store::TriagePage page;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(page, store::list_triage(snapshot, {.filter = &filter,
                                                .limit = numbers.size(),
                                                .now = world.clock.now(),
                                                .visible = policy::filter_of(
                                                    subject_of(principal), policy::Kind::Alert)}));
        return {};
    }));
    return std::move(page.rows);
}

} // namespace

base::Result<AlertHours> hours_of_alerts(const World& world, const Principal& principal,
                                         std::span<const std::uint64_t> numbers,
                                         const store::Abandoned& abandoned)
{
    if (numbers.size() > limits::kAlertHoursAlertsMax) {
        return base::invalid("at most " + std::to_string(limits::kAlertHoursAlertsMax) +
                             " alerts at once");
    }
    const base::Time now = world.clock.now();
    const base::Time end = base::Time{now.ns - now.ns % kHour.count()} + kHour;
    AlertHours hours{.from = end - kHour * static_cast<std::int64_t>(limits::kAlertHoursTold),
                     .alerts = {}};
    TRY(const auto rows, visible_rows(world, principal, numbers));
    std::vector<std::uint64_t> asked;
    for (const store::TriageRow& row : rows) {
        hours.alerts.push_back({.alert = row.alert.number});
        // Older ones are quiet without asking: their last event came before.
        if (row.alert.last_seen >= hours.from && row.alert.first_seen < end) {
            asked.push_back(row.alert.number);
        }
    }
    if (asked.empty()) {
        return hours;
    }
    TRY(const auto counted, world.events.alert_hours(asked, hours.from, end, abandoned));
    for (const store::AlertHour& each : counted) {
        const auto alert = std::ranges::find(hours.alerts, each.alert, &HoursOfAlert::alert);
        const auto at = (each.hour - hours.from) / kHour;
        if (alert != hours.alerts.end() && at >= 0 && std::cmp_less(at, alert->events.size())) {
            alert->events.at(static_cast<std::size_t>(at)) += each.events;
        }
    }
    return hours;
}

} // namespace tanggap::service
