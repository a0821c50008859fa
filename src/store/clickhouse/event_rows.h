// Rows of the table as events, and the days that have any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/event.h"
#include "store/clickhouse/rows.h"
#include "store/clickhouse/slices.h"

namespace tanggap::store::clickhouse {

/// What read_event() reads, in this order, and the types it expects.
inline constexpr std::string_view kEventColumns =
    "event_id, toUnixTimestamp64Micro(ts), toUnixTimestamp64Micro(ingested), sensor, dataset, "
    "shape, field_values, "
    "original";
std::vector<std::string_view> event_types();

/// The event views the answer that the reader goes through, and `batch`. Errors: Corrupt.
base::Status read_event(RowReader& reader, model::EventBatch& batch, model::Event& event);

/// Partitions and their counts by day, which the engine has at hand without reading events.
std::string days_sql(std::string_view table);
/// Of the answer to it, oldest first. Errors: Corrupt.
base::Result<std::vector<Day>> read_days(std::string_view answer);

} // namespace tanggap::store::clickhouse
