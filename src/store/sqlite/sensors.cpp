// Sensors and assets.
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

base::Status SqliteCaseStore::replace_assets(std::span<const normalize::Asset> assets)
{
    return write([&]() -> base::Status {
        TRY_STATUS(connections_->writer().run("DELETE FROM assets"));
        TRY(Statement * insert,
            connections_->writer().prepared("INSERT INTO assets (network, name, organisation,"
                                            " contact, value) VALUES (?, ?, ?, ?, ?)",
                                            "tttti"));
        for (const normalize::Asset& asset : assets) {
            TRY_STATUS(insert
                           ->bind(asset.network, asset.name, asset.organisation, asset.contact,
                                  asset.value)
                           .run());
        }
        return {};
    });
}

base::Result<std::vector<normalize::Asset>> SqliteCaseStore::list_assets()
{
    const auto reader = connections_->reader();
    TRY(Statement * rows, reader->prepared("SELECT network, name, organisation, contact, value"
                                           " FROM assets ORDER BY network",
                                           "", "tttti"));
    TRY_STATUS(rows->start());
    std::vector<normalize::Asset> assets;
    TRY_STATUS(each_row(*rows, [&]() -> base::Status {
        assets.push_back({.network = rows->text(0),
                          .name = rows->text(1),
                          .organisation = rows->text(2),
                          .contact = rows->text(3),
                          .value = static_cast<int>(rows->integer(4))});
        return {};
    }));
    return assets;
}

} // namespace tanggap::store::sqlite
