// The event store port: the ClickHouse HTTP interface, whoever serves it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/event.h"
#include "query/query.h"

namespace tanggap::store {

/// An event with what detection said of it, ready for the archive.
struct ArchiveRow {
    const model::Event* event = nullptr;
    std::span<const std::string> rule_ids;
    std::span<const std::uint64_t> alerts;
    int level = -1;
};

struct EventPageRequest {
    const query::Node* filter = nullptr;
    base::Time from; ///< inclusive
    base::Time to;   ///< exclusive
    std::size_t limit = 50;
    std::string after; ///< opaque keyset position
    std::string request_id; ///< for cancel
    base::Time now;
};

struct EventPage {
    std::vector<std::string> events_json; ///< nested objects as model::render_json, newest first
    std::string next;
};

struct Histogram {
    base::Time from;
    std::int64_t bucket_seconds = 60;
    std::vector<std::uint64_t> counts;
    std::vector<std::uint64_t> detected; ///< of those, events with a detection
};

struct EventStoreHealth {
    bool available = false;
    std::string reason;   ///< why not: file and command (rulings 9)
    std::string version;
    std::uint64_t rows = 0;
    std::uint64_t bytes_on_disk = 0;
    base::Time oldest;
    base::Time newest;
};

class EventStore {
public:
    virtual ~EventStore() = default;
    /// Creates database and table where they are missing; safe to repeat.
    virtual base::Status prepare() = 0;
    /// One day, at most limits::kArchiveBatchRowsMax rows; the same token twice stores once.
    virtual base::Status insert(std::span<const ArchiveRow> rows, std::string_view token) = 0;
    virtual base::Result<EventPage> list(const EventPageRequest& request) = 0;
    virtual base::Result<std::string> find(std::string_view event_id) = 0;
    virtual base::Result<std::uint64_t> count(const query::Node* filter, base::Time from, base::Time to, base::Time now) = 0;
    virtual base::Result<Histogram> histogram(const query::Node* filter, base::Time from, base::Time to,
                                              std::size_t buckets, base::Time now) = 0;
    virtual base::Result<std::vector<std::pair<std::string, std::uint64_t>>>
    top(std::string_view field, const query::Node* filter, base::Time from, base::Time to,
        std::size_t n, base::Time now) = 0;
    virtual EventStoreHealth health() = 0;
};

} // namespace tanggap::store
