// The home page's figures and the health of sensors.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/alert.h"
#include "service/principal.h"
#include "service/world.h"

namespace tanggap::service {

enum class SensorHealth { New, Ok, Silent };
std::string_view name_of(SensorHealth health);
/// New: nothing received yet. Silent: nothing for limits::kSensorSilence.
/// `silent_after`: of its settings; zero: as for all.
SensorHealth health_of(const store::Sensor& sensor, base::Time now,
                       std::chrono::seconds silent_after = {});

/// What the overview's period limits: open alerts last seen in [from, to). Counts of the ladder
/// and the ledger run since the data folder was made.
struct Period {
    std::optional<base::Time> from;
    std::optional<base::Time> to;
};

struct Overview {
    model::Ledger ledger;                         ///< its alerts: those that the asker sees
    std::array<std::uint64_t, 5> open_by_level{}; ///< by model::Level
    std::vector<model::Alert> top_alerts;         ///< open, by priority, at most 5
    std::vector<store::AlertStanding> standings;  ///< of top_alerts
    std::size_t sensors = 0;
    std::size_t sensors_silent = 0;
    store::EventStoreHealth engine;
    RetentionState retention;
};

base::Result<Overview> overview(const World& world, const Principal& principal,
                                const Period& period);

} // namespace tanggap::service
