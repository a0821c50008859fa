#include "pipeline/detail/committing.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/id.h"
#include "base/text.h"

namespace tanggap::pipeline::detail {
namespace {

template <class T>
void add_once(std::vector<T>& values, const T& value)
{
    if (std::ranges::find(values, value) == values.end()) {
        values.push_back(value);
    }
}

template <class Integer>
void put_bytes(std::string& out, Integer value)
{
    for (std::size_t i = 0; i < sizeof value; ++i) {
        out += static_cast<char>(value >> (8 * i));
    }
}

/// Rulings 20: the hash of the range, over its bounds and the id of each event.
std::string token_of(const Batch& batch)
{
    std::string identity;
    identity.reserve(16 + batch.places.size() * sizeof(model::EventId));
    put_bytes(identity, batch.first());
    put_bytes(identity, batch.last());
    for (const model::Event& event : batch.events.events) {
        identity.append(reinterpret_cast<const char*>(event.id.bytes.data()),
                        event.id.bytes.size());
    }
    return base::sha256_hex(identity);
}

/// Annotations by place, so that they are stored and read in journal order.
std::vector<store::Annotation> annotate(const Batch& batch, const Findings& findings)
{
    std::map<Place, store::Annotation> by_place;
    const auto at = [&](const Place& place) -> store::Annotation& {
        store::Annotation& annotation = by_place[place];
        annotation.sequence = place.sequence;
        annotation.record_index = place.record_index;
        return annotation;
    };
    for (const model::Detection& detection : findings.detections) {
        store::Annotation& annotation = at(batch.places.at(detection.event_index));
        add_once(annotation.rule_ids, detection.rule->id);
        annotation.level = std::max(annotation.level, static_cast<int>(detection.rule->level));
    }
    for (const triage::Membership& member : findings.groups.memberships) {
        add_once(at(batch.places.at(member.event_index)).alerts, member.alert_number);
    }
    for (const Undecoded& record : batch.undecoded) {
        at({batch.chunks[record.chunk]->sequence, record.record_index}).level = kQuarantinedLevel;
    }
    std::vector<store::Annotation> out;
    for (auto& [place, annotation] : by_place) {
        out.push_back(std::move(annotation));
    }
    return out;
}

void add_quarantined(store::BatchResult& result, std::string_view reason)
{
    const auto known = std::ranges::find(result.quarantined, reason,
                                         [](const auto& counted) { return counted.first; });
    if (known == result.quarantined.end()) {
        result.quarantined.emplace_back(reason, 1);
    } else {
        ++known->second;
    }
}

std::vector<store::BatchResult> results_of(const Batch& batch, const Findings& findings)
{
    std::vector<store::BatchResult> results;
    for (const auto& chunk : batch.chunks) {
        results.push_back({.sequence = chunk->sequence,
                           .records = chunk->records.size(),
                           .stored = chunk->records.size(),
                           .quarantined = {},
                           .detections = 0,
                           .alerts = {}});
    }
    const auto result_at = [&](std::size_t event_index) -> store::BatchResult& {
        const std::uint64_t sequence = batch.places.at(event_index).sequence;
        return *std::ranges::lower_bound(results, sequence, {}, &store::BatchResult::sequence);
    };
    for (const Undecoded& record : batch.undecoded) {
        --results[record.chunk].stored;
        add_quarantined(results[record.chunk], model::name_of(record.reason));
    }
    for (const model::Detection& detection : findings.detections) {
        ++result_at(detection.event_index).detections;
    }
    for (const triage::Membership& member : findings.groups.memberships) {
        add_once(result_at(member.event_index).alerts, member.alert_number);
    }
    return results;
}

std::vector<store::Sensor> sensors_of(const Batch& batch)
{
    std::map<std::string, store::Sensor> by_name;
    for (const auto& chunk : batch.chunks) {
        store::Sensor& sensor = by_name[chunk->stream.sensor];
        sensor.name = chunk->stream.sensor;
        sensor.first_seen_at =
            sensor.records == 0 ? chunk->received : std::min(sensor.first_seen_at, chunk->received);
        sensor.last_seen_at = std::max(sensor.last_seen_at, chunk->received);
        sensor.records += chunk->records.size();
    }
    for (const Undecoded& record : batch.undecoded) {
        ++by_name[batch.chunks[record.chunk]->stream.sensor].quarantined;
    }
    std::vector<store::Sensor> out;
    for (auto& [name, sensor] : by_name) {
        out.push_back(std::move(sensor));
    }
    return out;
}

std::uint64_t distinct_events(const std::vector<model::Detection>& detections)
{
    std::vector<std::size_t> events;
    for (const model::Detection& detection : detections) {
        events.push_back(detection.event_index);
    }
    std::ranges::sort(events);
    const auto repeated = std::ranges::unique(events);
    return static_cast<std::uint64_t>(repeated.begin() - events.begin());
}

} // namespace

store::Commit make_commit(const Batch& batch, Findings findings)
{
    store::Commit commit;
    commit.cursor = batch.last();
    commit.range.first = batch.first();
    commit.range.last = batch.last();
    commit.stored = batch.events.events.size();
    commit.quarantined = batch.undecoded.size();
    if (commit.stored != 0) {
        commit.range.token = token_of(batch);
        commit.range.annotations = annotate(batch, findings);
    }
    commit.detections = findings.detections.size();
    commit.detected_events = distinct_events(findings.detections);
    commit.batches = results_of(batch, findings);
    commit.sensors = sensors_of(batch);
    commit.alerts = std::move(findings.groups.changed);
    for (const model::Alert& alert : commit.alerts) {
        commit.last_alert_number = std::max(commit.last_alert_number, alert.number);
    }
    commit.correlation = std::move(findings.correlation);
    return commit;
}

std::vector<disk::QuarantineEntry> make_quarantine(const Batch& batch)
{
    std::vector<disk::QuarantineEntry> entries;
    for (const Undecoded& record : batch.undecoded) {
        const model::Chunk& chunk = *batch.chunks[record.chunk];
        entries.push_back({.id = quarantine_id(chunk.sequence, record.record_index),
                           .stream = chunk.stream,
                           .received = chunk.received,
                           .record = chunk.records.at(record.record_index),
                           .reason = std::string(model::name_of(record.reason)),
                           .detail = record.detail});
    }
    return entries;
}

} // namespace tanggap::pipeline::detail
