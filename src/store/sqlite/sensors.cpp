// Sensors.
#include "store/sqlite/store.h"

namespace tanggap::store::sqlite {

base::Status SqliteCaseStore::upsert_sensor(const Sensor& sensor)
{
    return write([&]() -> base::Status {
        TRY(Statement * upsert,
            connections_->writer().prepared(
                "INSERT INTO sensors (name, source, timezone, zone, owner, records, quarantined,"
                " first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0)"
                " ON CONFLICT (name) DO UPDATE SET"
                " source = coalesce(nullif(excluded.source, ''), source),"
                " timezone = coalesce(nullif(excluded.timezone, ''), timezone),"
                " zone = coalesce(nullif(excluded.zone, ''), zone),"
                " owner = coalesce(nullif(excluded.owner, ''), owner)",
                "ttttt"));
        return upsert->bind(sensor.name, sensor.source, sensor.timezone, sensor.zone, sensor.owner)
            .run();
    });
}

base::Result<std::vector<Sensor>> SqliteCaseStore::list_sensors()
{
    const auto reader = connections_->reader();
    TRY(Statement * rows,
        reader->prepared("SELECT name, source, timezone, zone, owner, records, quarantined,"
                         " first_seen_at, last_seen_at FROM sensors ORDER BY name",
                         "", "tttttiiii"));
    std::vector<Sensor> sensors;
    while (true) {
        TRY(const bool found, rows->next());
        if (!found) {
            return sensors;
        }
        sensors.push_back({.name = rows->text(0),
                           .source = rows->text(1),
                           .timezone = rows->text(2),
                           .zone = rows->text(3),
                           .owner = rows->text(4),
                           .records = rows->natural(5),
                           .first_seen_at = {rows->integer(7)},
                           .last_seen_at = {rows->integer(8)},
                           .quarantined = rows->natural(6)});
    }
}

} // namespace tanggap::store::sqlite
