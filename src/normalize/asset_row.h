// One row of the table of assets, as a person writes it.
#pragma once

#include <optional>
#include <string_view>

#include "normalize/enrich.h"

namespace tanggap::normalize {

/// What is wrong with it; nothing: it may stand in the table.
std::optional<AssetProblem> problem_of(const Asset& asset);

/// Whether both are the same network, however it is written. False where one is no network.
bool is_same_network(std::string_view a, std::string_view b);

} // namespace tanggap::normalize
