// An event: one record, parsed and normalised to ECS names (rulings 25).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"

namespace tanggap::model {

/// First 128 bits of the SHA-256 of rulings 18. Shown as a UUID.
using EventId = base::Uuid;

/// A scalar. `text` always holds the value as text ("403", "true", ""), so that string matching
/// is the same for every kind. Lifetime: `text` views the batch's arena or the record's bytes.
struct Value {
    enum class Kind : std::uint8_t { Null, Bool, Integer, Float, String };

    Kind kind = Kind::Null;
    bool boolean = false;
    std::int64_t integer = 0; ///< Integer only
    double real = 0;          ///< Float only
    std::string_view text;
};

/// One leaf. `name` is the dotted ECS path ("source.ip", "winlog.event_data.CommandLine").
/// An array is the same name several times, in order; detection sees each (any-element).
struct Field {
    std::string_view name;
    Value value;
};

/// Shape: `@timestamp`, `event.dataset`, `event.original`, `ecs.version` and sensor are members;
/// everything else is in `fields`, at most limits::kEventFieldsMax.
/// Lifetime: all views die with the EventBatch that made the event.
struct Event {
    EventId id;
    base::Time time;     ///< What the log says, or rulings 21's substitute.
    base::Time received; ///< When it was acknowledged: `event.ingested`.
    std::string_view sensor;
    std::string_view dataset;  ///< `event.dataset`, e.g. "apache.access"
    std::string_view original; ///< The record's bytes, made valid UTF-8 when they were not.
    std::vector<Field> fields;

    const Value* find(std::string_view name) const;
    std::string_view text(std::string_view name) const; ///< "" when absent
};

/// Events and the memory behind their views. Thread: one owner at a time; moves between stages.
class EventBatch {
public:
    EventBatch();
    EventBatch(EventBatch&&) noexcept = default;
    EventBatch& operator=(EventBatch&&) noexcept = default;

    /// Copies `text` into the arena.
    std::string_view keep(std::string_view text);
    /// Uninitialised arena memory of `size` bytes.
    char* allocate(std::size_t size);
    /// Keeps `owner` alive as long as the batch: the buffer that views point into.
    void hold(std::shared_ptr<const void> owner);

    std::vector<Event> events;

private:
    std::unique_ptr<std::pmr::monotonic_buffer_resource> arena_;
    std::vector<std::shared_ptr<const void>> held_;
};

Value string_value(std::string_view text);
Value integer_value(EventBatch& batch, std::int64_t number);

/// The nested JSON object of an event as the API and `tanggap parse` print it: `@timestamp`,
/// `ecs.version`, `event.{id?,dataset,original,ingested?}`, then the fields; repeated names become
/// arrays; a name that is both a leaf and a parent keeps the leaf under "<name>.value".
struct RenderOptions {
    bool with_id = true;
    bool with_ingested = true;
    bool with_original = true;
};
std::string render_json(const Event& event, const RenderOptions& options);
std::string render_json(const Event& event);

inline constexpr std::string_view kEcsVersion = "8.17.0";

} // namespace tanggap::model
