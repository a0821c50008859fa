// Sensors as people configure them. Their counts and times belong to commit().
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/activity.h"

namespace tanggap::store {

struct SensorSettings {
    std::string name;
    std::string title = {};     ///< what people call it
    std::string source = {};    ///< every record is read as this kind of log; empty: by content
    std::string timezone = {};  ///< of times that name none; empty: the install's
    std::string zone = {};      ///< where it stands in the network, for people
    std::string owner = {};     ///< organisation of events that no asset gives one
    std::uint64_t rate_max = 0; ///< records a second; 0: no limit
    std::chrono::seconds silent_after{}; ///< without a record it is silent; 0: as for all
};

inline ObjectRef sensor_object(std::string_view name)
{
    return {.kind = "sensor", .id = std::string(name)};
}

/// By name.
base::Result<std::vector<SensorSettings>> list_sensor_settings(Snapshot& snapshot);
base::Result<std::optional<SensorSettings>> find_sensor_settings(Snapshot& snapshot,
                                                                 std::string_view name);
/// Sets all of it; makes the sensor where it is not there.
base::Status put_sensor_settings(Change& change, const SensorSettings& settings);

} // namespace tanggap::store
