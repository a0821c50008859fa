// The old aggregations behind a condition's bar, as the correlation they mean.
#pragma once

#include <optional>
#include <string_view>

#include "detect/detail/diagnose.h"
#include "detect/detail/rule.h"

namespace tanggap::detect {

/// Reads `at.text` from `offset` on: "count() by src_ip > 10", "sum(bytes) by host >= 1000".
/// `count()` becomes event_count, `count(field)` value_count, `sum` value_sum, `avg` value_avg.
/// Nothing after reporting: `near`, `min` and `max` have no correlation that means the same.
/// Source: Sigma specification 1.0, "Aggregation expression".
std::optional<Aggregation> parse_aggregation(const codec::YamlNode& at, std::size_t offset,
                                             Diagnoser& diagnose);

} // namespace tanggap::detect
