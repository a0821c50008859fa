// How many rows have each value of a field.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tanggap::store {

/// Value → count, of one field: the most frequent first, then by value.
using FacetValues = std::vector<std::pair<std::string, std::uint64_t>>;

} // namespace tanggap::store
