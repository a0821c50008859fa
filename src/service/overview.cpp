#include "service/overview.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "service/sensors.h"
#include "store/protection.h"

namespace tanggap::service {
namespace {

query::Node comparison(query::Operator op, std::string field, query::FieldType type,
                       std::string value)
{
    query::Node node;
    node.op = op;
    node.field = std::move(field);
    node.type = type;
    node.value = std::move(value);
    return node;
}

query::Node open_in(const Period& period)
{
    using query::FieldType;
    using query::Operator;
    query::Node all;
    all.children.push_back(comparison(Operator::Is, "", FieldType::Keyword, "open"));
    if (period.from) {
        all.children.push_back(comparison(Operator::GreaterEqual, "last_seen", FieldType::Time,
                                          base::format_rfc3339(*period.from)));
    }
    if (period.to) {
        all.children.push_back(comparison(Operator::Less, "last_seen", FieldType::Time,
                                          base::format_rfc3339(*period.to)));
    }
    return all;
}

base::Status count_open(const World& world, const query::Node& filter,
                        const policy::Filter& visible, Overview& out)
{
    static const std::array<std::string, 1> kSeverity{"severity"};
    TRY(const auto facets, world.cases.alert_facets(kSeverity, &filter, out.open_by_level.size(),
                                                    world.clock.now(), visible));
    for (const auto& [name, count] : facets.front()) {
        TRY(const model::Level level, model::parse_level(name));
        out.open_by_level[static_cast<std::size_t>(level)] = count;
    }
    return {};
}

} // namespace

std::string_view name_of(SensorHealth health)
{
    switch (health) {
    case SensorHealth::New:
        return "new";
    case SensorHealth::Ok:
        return "ok";
    case SensorHealth::Silent:
        return "silent";
    }
    return "new";
}

SensorHealth health_of(const store::Sensor& sensor, base::Time now,
                       std::chrono::seconds silent_after)
{
    if (sensor.records + sensor.quarantined == 0) {
        return SensorHealth::New;
    }
    const base::Duration expected = silent_after.count() > 0
                                        ? base::Duration(silent_after)
                                        : base::Duration(base::limits::kSensorSilence);
    return now - sensor.last_seen_at > expected ? SensorHealth::Silent : SensorHealth::Ok;
}

base::Result<Overview> overview(const World& world, const Principal& principal,
                                const Period& period)
{
    constexpr std::size_t kTopAlerts = 5;
    const base::Time now = world.clock.now();
    const query::Node open = open_in(period);
    Overview out;
    out.ledger = world.ledger();
    const auto visible = policy::filter_of(subject_of(principal), policy::Kind::Alert);
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto hidden, store::count_hidden(snapshot, visible, policy::Kind::Alert));
        out.ledger.alerts -= std::min(hidden, out.ledger.alerts);
        return {};
    }));
    TRY_STATUS(count_open(world, open, visible, out));
    TRY(auto page, world.cases.list_alerts({.filter = &open,
                                            .sort = store::AlertSort::PriorityDesc,
                                            .limit = kTopAlerts,
                                            .after = {},
                                            .now = now,
                                            .visible = visible}));
    out.top_alerts = std::move(page.alerts);
    out.standings = std::move(page.standings);
    TRY(const auto sensors, world.cases.list_sensors());
    out.sensors = sensors.size();
    TRY(const auto settings, list_sensor_settings(world));
    for (const store::Sensor& sensor : sensors) {
        const auto set = std::ranges::find(settings, sensor.name, &store::SensorSettings::name);
        const auto silent_after =
            set == settings.end() ? std::chrono::seconds{} : set->silent_after;
        out.sensors_silent += health_of(sensor, now, silent_after) == SensorHealth::Silent ? 1 : 0;
    }
    out.engine = world.events.health();
    out.retention = world.retention();
    return out;
}

} // namespace tanggap::service
