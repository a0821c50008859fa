// Patterns of STIX indicators, as far as they are lists of values.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/indicator.h"

namespace tanggap::exchange {

/// The values of which any one makes the pattern hold: "[ipv4-addr:value = '203.0.113.7' OR
/// domain-name:value IN ('a.example', 'b.example')]" gives three.
///
/// Shape:  comparisons with = and IN (ISSUBSET for addresses), joined by OR, in one observation or
///         in several joined by OR. AND only where it says nothing more: with the type of what is
///         compared, or beside a hash, which alone tells the file.
/// Errors: Invalid, naming what is not taken and where: an operator, an object path, FOLLOWEDBY, a
///         qualifier, NOT. A pattern is never made weaker in silence.
/// Source: STIX 2.1 §9.
base::Result<std::vector<model::GuessedIndicator>> values_of_pattern(std::string_view pattern);

} // namespace tanggap::exchange
