// Sensors as senders name them.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "service/administration.h"
#include "service/world.h"
#include "store/sensors.h"

namespace tanggap::service {

/// The known sensors in memory, so that taking records in costs no query. Thread: any.
class SensorCatalog {
public:
    explicit SensorCatalog(store::CaseStore& store) : store_(store) {}

    /// The sensor, made on first use. Errors: Invalid (name), Exhausted above limits::kSensorsMax.
    base::Result<store::SensorSettings> find_or_make(std::string_view name);
    /// The settings of a known sensor, as a command has just changed them.
    void put(const store::SensorSettings& settings);

    /// A sensor's turn by its rate: records flow evenly, at most `patience` ahead of it. Taken:
    /// `wait` is how long to wait before they go on. Not taken: ask again after `wait`.
    struct Turn {
        bool taken = true;
        base::Duration wait{};
    };
    Turn take_turn(std::string_view name, std::size_t records, base::Time now,
                   base::Duration patience);

private:
    struct Known {
        store::SensorSettings settings;
        base::Time free_at; ///< when what it has sent will have flowed
    };
    base::Status load();

    store::CaseStore& store_;
    std::mutex mutex_;
    std::unordered_map<std::string, Known> known_;
};

/// The settings of all, by name; a sensor's with their version. Errors: NotFound.
base::Result<std::vector<store::SensorSettings>> list_sensor_settings(const World& world);
struct KeptSensor {
    store::Sensor sensor;
    store::SensorSettings settings;
    std::uint64_t version = 0;
};
base::Result<KeptSensor> find_sensor(const World& world, std::string_view name);

/// Sets all of it; makes the sensor where it is not there yet. One command, one record; holds from
/// the next record on. Errors: Invalid (name, zone, unknown source, length), Conflict.
base::Status change_sensor(const World& world, const Administration& administration,
                           const store::Command& command, std::optional<std::uint64_t> expected,
                           const store::SensorSettings& to);

/// 1 to 64 of a-z A-Z 0-9 . _ : -, starting with a letter or digit.
base::Status check_sensor_name(std::string_view name);
/// An IANA name that this machine knows, or an offset like +07:00.
base::Status check_timezone(std::string_view name);

} // namespace tanggap::service
