// The event store over the ClickHouse HTTP interface: the engine child, or a ClickHouse server.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "store/event_store.h"

namespace tanggap::store {

struct ClickHouseOptions {
    std::string url; ///< "unix:/path" (the engine child)
    std::string database = "tanggap";
    /// Why the store cannot be reached, asked when it cannot ("… is missing; install it with …").
    std::function<std::string()> unavailable_reason{};
    std::chrono::milliseconds query_timeout{10'000};
    std::chrono::milliseconds insert_timeout{60'000};
    int zone_minutes = 0; ///< for dates without a zone in queries
};

/// Never fails: a store that cannot be reached answers Unavailable until it can.
/// Thread: any; each call is one request on a connection of its own.
std::unique_ptr<EventStore> open_clickhouse(const ClickHouseOptions& options);

} // namespace tanggap::store
