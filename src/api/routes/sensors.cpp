// Sensors: how they are, and how they are configured.
#include <algorithm>

#include "api/detail/page.h"
#include "api/detail/render.h"
#include "api/detail/route.h"
#include "service/overview.h"
#include "service/sensors.h"

namespace tanggap::api {
namespace {

Json sensor_row(const store::Sensor& sensor, const store::SensorSettings& settings, base::Time now)
{
    return {{"name", sensor.name},
            {"title", settings.title},
            {"source", sensor.source},
            {"timezone", sensor.timezone},
            {"zone", sensor.zone},
            {"owner", sensor.owner},
            {"rate_max", settings.rate_max},
            {"silent_after_seconds", settings.silent_after.count()},
            {"records", sensor.records},
            {"quarantined", sensor.quarantined},
            {"first_seen", time_or_null(sensor.first_seen_at)},
            {"last_seen", time_or_null(sensor.last_seen_at)},
            {"health", service::name_of(service::health_of(sensor, now, settings.silent_after))}};
}

Answer list_sensors(Call& call)
{
    TRY(const auto sensors, call.world().cases.list_sensors());
    TRY(const auto all, service::list_sensor_settings(call.world()));
    return page_of(call, sensors, [&](const store::Sensor& sensor) {
        const auto set = std::ranges::find(all, sensor.name, &store::SensorSettings::name);
        return sensor_row(sensor, set == all.end() ? store::SensorSettings{} : *set, call.now());
    });
}

Answer get_sensor(Call& call)
{
    TRY(const auto kept, service::find_sensor(call.world(), call.path.at("name")));
    Json body = sensor_row(kept.sensor, kept.settings, call.now());
    body["version"] = kept.version;
    Reply reply = reply_json(body);
    reply.version = kept.version;
    return reply;
}

Answer put_sensor(Call& call)
{
    const Json& body = call.body;
    TRY_STATUS(service::change_sensor(call.world(), call.shared.context.administration,
                                      call.command(body.value("reason", "")), call.expected_version,
                                      {.name = call.path.at("name"),
                                       .title = body.value("title", ""),
                                       .source = body.value("source", ""),
                                       .timezone = body.value("timezone", ""),
                                       .zone = body.value("zone", ""),
                                       .owner = body.value("owner", ""),
                                       .rate_max = body.value("rate_max", std::uint64_t{0}),
                                       .silent_after = std::chrono::seconds(
                                           body.value("silent_after_seconds", std::uint64_t{0}))}));
    return get_sensor(call);
}

} // namespace

std::vector<Route> sensor_routes()
{
    return {
        {.method = "GET",
         .path = "/api/v1/sensors",
         .id = "listSensors",
         .summary = "Sensors and their health",
         .summary_id = "Sensor dan kesehatannya",
         .parameters = {kLimit, kCursor},
         .request = {},
         .response = "SensorPage",
         .handle = list_sensors},
        {.method = "GET",
         .path = "/api/v1/sensors/{name}",
         .id = "getSensor",
         .summary = "One sensor",
         .summary_id = "Satu sensor",
         .parameters = {},
         .request = {},
         .response = "SensorKept",
         .handle = get_sensor},
        {.method = "PUT",
         .path = "/api/v1/sensors/{name}",
         .id = "putSensor",
         .summary = "Configure a sensor: all settings at once; what is left out is unset",
         .summary_id = "Atur sensor: semua setelan sekaligus; yang tidak disebut dikosongkan",
         .scope = policy::Scope::Admin,
         .parameters = {},
         .request = "SensorSettings",
         .response = "SensorKept",
         .handle = put_sensor,
         .versioned = true,
         .current = get_sensor},
    };
}

} // namespace tanggap::api
