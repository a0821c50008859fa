// `sensor list|set`: senders of records and how they are configured.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/console.h"
#include "cli/query.h"
#include "cli/server.h"

namespace tanggap::cli {

int run_sensor_list(const QueryOptions& options, const Console& console);

/// What is not given stays as it is; an empty text unsets.
struct SensorSetOptions {
    ServerOptions server = {};
    std::string name = {};
    std::optional<std::string> title = {};
    std::optional<std::string> source = {};
    std::optional<std::string> timezone = {};
    std::optional<std::string> zone = {};
    std::optional<std::string> owner = {};
    std::optional<std::uint64_t> rate_max = {};
    std::optional<std::uint64_t> silent_after_seconds = {};
    std::string reason = {};
    bool json = false;
};
/// Sets a sensor, or makes it before its first record.
int run_sensor_set(const SensorSetOptions& options, const Console& console);

} // namespace tanggap::cli
