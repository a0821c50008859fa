// Sensors as senders name them.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "service/world.h"

namespace tanggap::service {

/// The known sensors in memory, so that taking records in costs no query. Thread: any.
class SensorCatalog {
public:
    explicit SensorCatalog(store::CaseStore& store) : store_(store) {}

    /// The sensor, made on first use. Errors: Invalid (name), Exhausted above limits::kSensorsMax.
    base::Result<store::Sensor> find_or_make(std::string_view name);

private:
    base::Status load();

    store::CaseStore& store_;
    std::mutex mutex_;
    std::unordered_map<std::string, store::Sensor> known_;
};

/// 1 to 64 of a-z A-Z 0-9 . _ : -, starting with a letter or digit.
base::Status check_sensor_name(std::string_view name);
/// An IANA name that this machine knows, or an offset like +07:00.
base::Status check_timezone(std::string_view name);

} // namespace tanggap::service
