// P1 to P4 of a case, with its reasons. Source: domain.md §1.9 (impact × urgency, BSSN's factors).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "casework/content.h"

namespace tanggap::casework {

enum class Priority : std::uint8_t { P1, P2, P3, P4 };
std::string_view name_of(Priority priority); ///< "P1"
const Text& title_of(Priority priority);     ///< Kritis, Tinggi, Sedang, Rendah
base::Result<Priority> parse_priority(std::string_view name);

/// What a person said of the case. Range: impact 1 (minor) … 4 (severe), urgency 1 (can wait) …
/// 3 (now). The facts raise the priority whatever the two numbers say.
struct Assessment {
    int impact = 0; ///< 0: not said yet
    int urgency = 0;
    bool vital_system = false;        ///< vital information infrastructure (IIV)
    bool personal_data = false;       ///< personal data was exposed, changed or lost
    bool public_service_down = false; ///< citizens cannot use a service
    bool attacker_inside = false;     ///< access of the attacker is not cut off

    bool complete() const { return impact != 0 && urgency != 0; }
    friend bool operator==(const Assessment&, const Assessment&) = default;
};

struct PriorityReason {
    std::string code{}; ///< "impact", "urgency", "vital_system", …
    Text text{};
};

struct PriorityDecision {
    Priority priority = Priority::P3;
    std::vector<PriorityReason> reasons{};
};

/// Errors: Invalid where impact or urgency lies outside its range.
base::Result<PriorityDecision> decide_priority(const Assessment& assessment);

} // namespace tanggap::casework
