// The engine against the oracle, on rules and events made up from a seed.
#pragma once

#include <cstdint>
#include <string>

namespace tanggap::detect::testing {

/// Rules, filters and mappings over some events; what differs first, or nothing.
std::string rules_disagree(std::uint64_t seed);

/// Correlations over events that come in order, late or newest first; what differs first.
std::string correlations_disagree(std::uint64_t seed);

} // namespace tanggap::detect::testing
