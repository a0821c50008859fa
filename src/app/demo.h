// Logs of a city for demonstrations and load tests: our own lines, nobody's addresses.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/time.h"

namespace tanggap::app {

struct DemoOptions {
    std::string folder; ///< where the files go; made when missing
    std::uint64_t seed = 1;
    std::uint64_t access_lines = 60'000;
    base::Time end; ///< the last moment of the 30 days
    /// Load: only an access log, at least 200,000 addresses (RFC 2544, 6598, 3849) and 50,000 URLs,
    /// attacks spread evenly. City: two sites, sshd and IDS with one intrusion story
    /// (RFC 5737 and 3849 addresses).
    enum class Kind : std::uint8_t { City, Load } kind = Kind::City;
};

struct DemoSummary {
    std::uint64_t lines = 0;
    std::uint64_t attacks = 0;       ///< lines that a scanner or intruder sent
    std::string last_attack_address; ///< Load: of the last attack line, to find its alert
};

/// Deterministic: the same options give the same bytes.
base::Result<DemoSummary> generate_demo(const DemoOptions& options);

} // namespace tanggap::app
