// How the program is: for the page of an administrator.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "service/retention.h"

namespace tanggap::service {

struct InputState {
    std::string name; ///< "syslog-udp 127.0.0.1:5514"
    std::uint64_t bytes = 0;
    std::uint64_t records = 0;
    std::uint64_t lost = 0;
    std::uint64_t lag_bytes = 0;
    std::string problem; ///< empty: all is well
};

/// Units: bytes, records, journal entries, as named.
struct SystemState {
    std::string version;
    base::Time started_at;
    std::uint64_t disk_free = 0;
    std::uint64_t disk_total = 0;
    std::uint64_t disk_reserve = 0; ///< below it nothing more is taken
    std::uint64_t memory = 0;       ///< resident, of this process

    std::uint64_t journal_bytes = 0;
    std::uint64_t entries_waiting = 0;    ///< not processed yet
    std::uint64_t entries_unarchived = 0; ///< processed, not searchable yet
    std::uint64_t ranges_set_aside = 0;
    std::uint64_t quarantine_bytes = 0;
    std::uint64_t quarantine_forgotten = 0;

    bool engine_up = false;
    std::string engine_reason; ///< why it is not up
    std::uint64_t engine_starts = 0;
    std::uint64_t engine_memory = 0;

    std::size_t rules = 0;
    std::size_t sources = 0;
    std::size_t indicators = 0;
    std::size_t playbooks = 0;
    std::size_t clocks = 0;
    std::vector<InputState> inputs;
    std::vector<std::string> problems; ///< why it is not ready
};

} // namespace tanggap::service
