// The event store port: the ClickHouse HTTP interface, whoever serves it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/event.h"
#include "query/query.h"
#include "store/abandoned.h"

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
    std::string after;      ///< opaque keyset position
    std::string request_id; ///< names the search in the engine's own tables
    base::Time now;
    /// Once it is spent the page ends where the search has come, full or not; `next` goes on from
    /// there. Not given: as long as the store lets a query run.
    std::optional<std::chrono::milliseconds> budget{};
    Abandoned abandoned{};
};

/// How far a search has come, newest first. Units: events of the asked period, not matches; both
/// are estimates inside a day.
struct SearchReach {
    std::uint64_t searched = 0; ///< with the pages before
    std::uint64_t total = 0;
    base::Time down_to; ///< everything from here on is searched
    bool complete = false;
    std::chrono::milliseconds elapsed{}; ///< for this page
};

/// A page that is not full, even an empty one, is the last only if `next` is empty.
struct EventPage {
    std::vector<std::string> events_json; ///< nested objects as model::render_json, newest first
    std::string next;
    SearchReach reach;
};

struct Histogram {
    base::Time from;
    std::int64_t bucket_seconds = 60;
    std::vector<std::uint64_t> counts;
    std::vector<std::uint64_t> detected; ///< of those, events with a detection
};

/// Events of one sensor in one hour.
struct SensorHour {
    std::string sensor;
    base::Time hour; ///< its begin; whole hours of UTC
    std::uint64_t events = 0;
};

/// Events of one alert in one hour.
struct AlertHour {
    std::uint64_t alert = 0; ///< its number
    base::Time hour;         ///< its begin; whole hours of UTC
    std::uint64_t events = 0;
};

struct EventStoreHealth {
    bool available = false;
    std::string reason; ///< why not: file and command (rulings 9)
    std::string version;
    std::uint64_t rows = 0;
    std::uint64_t bytes_on_disk = 0;
    base::Time oldest;
    base::Time newest;
};

/// Days that retention took away.
struct DroppedDays {
    std::vector<std::string> days; ///< "2026-10-01"
    std::uint64_t events = 0;
};

class EventStore {
public:
    virtual ~EventStore() = default;
    /// Creates database and table where they are missing; safe to repeat.
    virtual base::Status prepare() = 0;
    /// One day, at most limits::kArchiveBatchRowsMax rows; the same token twice stores once.
    virtual base::Status insert(std::span<const ArchiveRow> rows, std::string_view token) = 0;
    /// Drops each day whose newest event was received before `limit` (rulings 21): old logs that
    /// were imported today stay. What is inserted meanwhile is never lost.
    virtual base::Result<DroppedDays> drop_received_before(base::Time limit) = 0;
    virtual base::Result<EventPage> list(const EventPageRequest& request) = 0;
    virtual base::Result<std::string> find(std::string_view event_id) = 0;
    virtual base::Result<std::uint64_t> count(const query::Node* filter, base::Time from,
                                              base::Time to, base::Time now) = 0;
    virtual base::Result<Histogram> histogram(const query::Node* filter, base::Time from,
                                              base::Time to, std::size_t buckets, base::Time now,
                                              const Abandoned& abandoned = {}) = 0;
    virtual base::Result<std::vector<std::pair<std::string, std::uint64_t>>>
    top(std::string_view field, const query::Node* filter, base::Time from, base::Time to,
        std::size_t n, base::Time now, const Abandoned& abandoned = {}) = 0;
    /// What a store may add up while it rests, so that counts over everything are quick; called
    /// every minute. Its answers are the same without.
    virtual base::Status tally() { return {}; }
    /// Of events in [from, to), in no order: hours without events are not there.
    virtual base::Result<std::vector<SensorHour>> sensor_hours(base::Time from, base::Time to) = 0;
    /// The same of these alerts, in one question whatever their number.
    virtual base::Result<std::vector<AlertHour>> alert_hours(std::span<const std::uint64_t> alerts,
                                                             base::Time from, base::Time to,
                                                             const Abandoned& abandoned = {}) = 0;
    virtual EventStoreHealth health() = 0;
};

} // namespace tanggap::store
