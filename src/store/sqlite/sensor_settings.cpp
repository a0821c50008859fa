#include "store/sensors.h"

#include "store/sqlite/change.h"

namespace tanggap::store {
namespace {

constexpr std::string_view kSelect =
    "SELECT name, title, source, timezone, zone, owner, rate_max, silent_after FROM sensors";
constexpr const char* kTypes = "ttttttii";

SensorSettings read_settings(sqlite::Statement& row)
{
    return {.name = row.text(0),
            .title = row.text(1),
            .source = row.text(2),
            .timezone = row.text(3),
            .zone = row.text(4),
            .owner = row.text(5),
            .rate_max = row.natural(6),
            .silent_after = std::chrono::seconds(row.integer(7))};
}

} // namespace

base::Result<std::vector<SensorSettings>> list_sensor_settings(Snapshot& snapshot)
{
    TRY(sqlite::Statement * rows,
        database_of(snapshot).prepared(std::string(kSelect) + " ORDER BY name", "", kTypes));
    std::vector<SensorSettings> out;
    TRY_STATUS(sqlite::each_row(*rows, [&]() -> base::Status {
        out.push_back(read_settings(*rows));
        return {};
    }));
    return out;
}

base::Result<std::optional<SensorSettings>> find_sensor_settings(Snapshot& snapshot,
                                                                 std::string_view name)
{
    TRY(sqlite::Statement * row,
        database_of(snapshot).prepared(std::string(kSelect) + " WHERE name = ?", "t", kTypes));
    std::optional<SensorSettings> found;
    TRY([[maybe_unused]] const bool any,
        sqlite::one_row(row->bind(name), [&] { found = read_settings(*row); }));
    return found;
}

base::Status put_sensor_settings(Change& change, const SensorSettings& settings)
{
    TRY(sqlite::Statement * put,
        database_of(change).prepared(
            "INSERT INTO sensors (name, title, source, timezone, zone, owner, rate_max,"
            " silent_after, records, quarantined, first_seen_at, last_seen_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0)"
            " ON CONFLICT (name) DO UPDATE SET title = excluded.title, source = excluded.source,"
            " timezone = excluded.timezone, zone = excluded.zone, owner = excluded.owner,"
            " rate_max = excluded.rate_max, silent_after = excluded.silent_after",
            "ttttttii"));
    return put
        ->bind(settings.name, settings.title, settings.source, settings.timezone, settings.zone,
               settings.owner, settings.rate_max,
               static_cast<std::uint64_t>(settings.silent_after.count()))
        .run();
}

} // namespace tanggap::store
