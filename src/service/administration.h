// What administrators set and look at, as the program does it. Wired by app; outlives the API.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "normalize/normalizer.h"
#include "service/system.h"

namespace tanggap::service {

class SensorCatalog;
struct RuleDesk;

/// What a kind of log makes of some records.
struct Reading {
    std::string source;
    struct Record {
        std::string event_json; ///< empty: it would go to quarantine
        std::string reason;     ///< of quarantine
        std::string detail;
    };
    std::vector<Record> records; ///< in the order given
};

/// Thread: any.
struct Administration {
    SensorCatalog* sensors = nullptr; ///< shared by all that take records; never null
    RuleDesk* rules = nullptr;        ///< for use cases about rules; never null in the program
    /// Takes the owners of sensors for events from now on.
    std::function<base::Status()> reload_sensors{};
    /// Takes what people set of rules, exceptions too, for detections from now on.
    std::function<base::Status()> reload_rule_settings{};
    /// Takes days off and what is switched off of playbooks and clocks for cases from now on.
    std::function<base::Status()> reload_casework{};
    std::function<SystemState()> system{};
    std::function<std::vector<normalize::SourceInfo>()> sources{};
    /// Reads records as ingest would, and keeps nothing. `source` empty: chosen by content.
    std::function<Reading(const std::string& source, const std::string& timezone,
                          std::span<const std::string> records)>
        read_records{};
};

} // namespace tanggap::service
