// The event store over the ClickHouse HTTP interface: the engine child, or a ClickHouse server.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "store/event_scan.h"

namespace tanggap::store {

struct ClickHouseOptions {
    std::string url; ///< "unix:/path" (the engine child)
    std::string database = "tanggap";
    /// Why the store cannot be reached, asked when it cannot ("… is missing; install it with …").
    std::function<std::string()> unavailable_reason{};
    std::chrono::milliseconds query_timeout{10'000};
    std::chrono::milliseconds insert_timeout{60'000};
    int zone_minutes = 0; ///< for dates without a zone in queries
    /// Events of the first slice of a list search; tests make it small.
    std::uint64_t first_slice_rows = 500'000;
};

/// Never fails: a store that cannot be reached answers Unavailable until it can.
/// Thread: any; each call is one request on a connection of its own.
std::unique_ptr<EventStore> open_clickhouse(const ClickHouseOptions& options);
/// Of the same table; it must have been prepared by an EventStore.
std::unique_ptr<EventScan> open_clickhouse_scan(const ClickHouseOptions& options);

} // namespace tanggap::store
