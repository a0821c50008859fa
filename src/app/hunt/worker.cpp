#include "app/hunt/worker.h"

#include <algorithm>
#include <iterator>

#include "base/limits.h"
#include "codec/evtx.h"

namespace tanggap::app::hunting {
namespace {

std::string choose(const normalize::Sources& sources, const std::vector<model::Record>& records)
{
    std::vector<std::string_view> first;
    for (const auto& record : records) {
        if (first.size() < base::limits::kSourceProbeRecords && !record.oversize()) {
            first.push_back(record.bytes);
        }
    }
    return sources.choose(first);
}

} // namespace

Worker::Worker(Shared& shared)
    : shared_(shared), evaluator_(shared.rules), reader_(codec::EvtxReader::of_chunks())
{
    if (shared_.indicators) {
        matcher_.emplace(shared_.indicators);
    }
}

PieceResult Worker::run(Piece piece)
{
    PieceResult result;
    result.piece = std::move(piece);
    if (!result.piece.records.empty()) {
        run_records(result);
    } else if (!result.piece.chunks.empty()) {
        run_chunks(result);
    }
    result.piece.chunks = {};
    result.piece.records.clear();
    return result;
}

/// One source for the whole file, chosen from its first piece.
std::string Worker::source_of(PieceResult& result)
{
    Piece& piece = result.piece;
    HuntFile& file = *piece.file;
    if (!file.stream.source.empty()) {
        return file.stream.source;
    }
    if (piece.first) {
        file.choose_source.set_value(piece.chunks.empty() ? choose(*shared_.sources, piece.records)
                                                          : source_of_event_logs(piece.chunks));
    }
    return file.source.get();
}

std::string Worker::source_of_event_logs(const std::string& chunks)
{
    const std::lock_guard lock(shared_.evtx_mutex);
    if (!shared_.evtx_source.empty()) {
        return shared_.evtx_source;
    }
    std::vector<model::Record> records;
    reader_->turn_to(codec::memory_bytes(chunks), 0);
    codec::EvtxRecord record;
    while (records.size() < base::limits::kSourceProbeRecords &&
           reader_->next(record).value_or(false)) {
        if (const auto json = record.damage.empty() ? reader_->json({}) : base::corrupt("")) {
            records.emplace_back().bytes = *json;
        }
    }
    auto chosen = choose(*shared_.sources, records);
    if (!records.empty()) {
        shared_.evtx_source = chosen;
    }
    return chosen;
}

void Worker::run_records(PieceResult& result)
{
    model::StreamContext stream = result.piece.file->stream;
    stream.source = source_of(result);
    auto records = std::make_shared<std::vector<model::Record>>(std::move(result.piece.records));
    Decoded decoded;
    decoded.batch.hold(records);
    const auto rejected =
        normalize::decode(*shared_.sources, stream, *records, shared_.received, decoded.batch);
    result.records = records->size();
    result.events = decoded.batch.events.size();
    result.quarantined = rejected.size();
    std::size_t next_rejected = 0;
    for (std::size_t i = 0; i < records->size(); ++i) {
        if (next_rejected < rejected.size() && rejected[next_rejected].record_index == i) {
            ++next_rejected;
        } else {
            decoded.ordinals.push_back(i + 1);
        }
    }
    keep_times(decoded);
    std::vector<model::Detection> detections;
    evaluate(decoded, detections, result);
    if (!detections.empty() || !result.signals.empty()) {
        result.batch = std::move(decoded.batch);
        result.ordinals = std::move(decoded.ordinals);
        take_findings(detections, result);
    }
}

normalize::EvtxEvents& Worker::events_of(const std::string& source, bool chosen_fields)
{
    auto& events = events_[{source, chosen_fields}];
    if (!events) {
        normalize::EvtxEventsOptions options{.source = source,
                                             .choose = {},
                                             .choose_reads = {},
                                             .with_original = shared_.json == WithJson::Yes};
        if (chosen_fields) {
            options.with_original = false;
            options.choose_reads = shared_.field_use->deciding();
            options.choose = [this](const model::Event& head, const auto& may_come) {
                auto fields = shared_.field_use->of(head, may_come);
                fields.all = fields.all || shared_.indicators != nullptr;
                // Who cleared which log.
                fields.names.insert("winlog.user_data.Channel");
                fields.names.insert("winlog.user_data.SubjectUserName");
                return fields;
            };
        }
        const model::StreamContext stream{.sensor = "hunt",
                                          .source = source,
                                          .timezone = shared_.timezone,
                                          .reference_time = {},
                                          .origin = {}};
        events =
            std::make_unique<normalize::EvtxEvents>(shared_.sources, stream, std::move(options));
    }
    return *events;
}

/// Event logs: only what rules read, and whole events for what they find.
void Worker::run_chunks(PieceResult& result)
{
    const std::string source = source_of(result);
    if (!normalize::EvtxEvents::can_read(*shared_.sources, source)) {
        reader_->turn_to(codec::memory_bytes(result.piece.chunks), result.piece.chunks_at);
        codec::EvtxRecord record;
        while (reader_->next(record).value_or(false)) {
            auto& text = result.piece.records.emplace_back().bytes;
            const auto json = record.damage.empty() ? reader_->json({}) : base::corrupt("");
            text = json ? std::string(*json) : codec::describe_damage(record, record.damage);
        }
        return run_records(result);
    }
    Decoded decoded;
    decode_chunks(result, events_of(source, true), decoded, result.records, result.quarantined);
    result.events = decoded.batch.events.size();
    keep_times(decoded);
    std::vector<model::Detection> detections;
    evaluate(decoded, detections, result);
    if (detections.empty() && result.signals.empty()) {
        return;
    }
    std::vector<bool> touched(decoded.batch.events.size());
    for (const auto& detection : detections) {
        touched[detection.event_index] = true;
    }
    for (const auto& signal : result.signals) {
        touched[signal.event_index] = true;
    }
    std::vector<std::size_t> place(touched.size());
    for (std::size_t i = 0; i < touched.size(); ++i) {
        place[i] = result.ordinals.size();
        if (touched[i]) {
            result.ordinals.push_back(decoded.ordinals[i]);
        }
    }
    for (auto& detection : detections) {
        detection.event_index = place[detection.event_index];
    }
    for (auto& signal : result.signals) {
        signal.event_index = place[signal.event_index];
    }
    decode_again(result, events_of(source, false), result.ordinals, result.batch);
    take_findings(detections, result);
}

void Worker::decode_chunks(const PieceResult& result, normalize::EvtxEvents& events, Decoded& out,
                           std::uint64_t& records, std::uint64_t& quarantined)
{
    events.begin(out.batch, result.piece.file->stream.reference_time, shared_.received);
    reader_->turn_to(codec::memory_bytes(result.piece.chunks), result.piece.chunks_at);
    codec::EvtxRecord record;
    while (reader_->next(record).value_or(false)) {
        ++records;
        if (events.decode(*reader_, record, out.batch)) {
            ++quarantined;
        } else {
            out.ordinals.push_back(records);
        }
    }
}

/// The events of some records once more, whole. They were decoded before, so they are again.
void Worker::decode_again(const PieceResult& result, normalize::EvtxEvents& events,
                          const std::vector<std::uint64_t>& ordinals, model::EventBatch& out)
{
    events.begin(out, result.piece.file->stream.reference_time, shared_.received);
    reader_->turn_to(codec::memory_bytes(result.piece.chunks), result.piece.chunks_at);
    codec::EvtxRecord record;
    std::uint64_t ordinal = 0;
    for (const std::uint64_t wanted : ordinals) {
        while (ordinal < wanted && reader_->next(record).value_or(false)) {
            ++ordinal;
        }
        const auto rejected = events.decode(*reader_, record, out);
        if (rejected) { // only its JSON is too long: what was read for the rules stands in
            auto& event = out.events.emplace_back();
            event.time = record.written;
            event.received = shared_.received;
        }
    }
}

void Worker::keep_times(Decoded& decoded) const
{
    if (!shared_.since && !shared_.until) {
        return;
    }
    auto& events = decoded.batch.events;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const bool in = (!shared_.since || events[i].time >= *shared_.since) &&
                        (!shared_.until || events[i].time < *shared_.until);
        if (in) {
            if (kept != i) {
                events[kept] = std::move(events[i]);
                decoded.ordinals[kept] = decoded.ordinals[i];
            }
            ++kept;
        }
    }
    events.resize(kept);
    decoded.ordinals.resize(kept);
}

void Worker::evaluate(const Decoded& decoded, std::vector<model::Detection>& detections,
                      PieceResult& result)
{
    evaluator_.evaluate(decoded.batch, detections, result.signals);
    if (matcher_) {
        std::vector<model::Detection> by_rules = std::move(detections);
        std::vector<model::Detection> by_indicators;
        matcher_->match(decoded.batch, by_indicators);
        detections.clear();
        std::merge(
            std::move_iterator(by_rules.begin()), std::move_iterator(by_rules.end()),
            std::move_iterator(by_indicators.begin()), std::move_iterator(by_indicators.end()),
            std::back_inserter(detections),
            [](const auto& one, const auto& other) { return one.event_index < other.event_index; });
    }
    for (std::size_t i = 0; i < decoded.batch.events.size(); ++i) {
        result.marks.take(decoded.batch.events[i], decoded.ordinals[i]);
    }
}

void Worker::take_findings(const std::vector<model::Detection>& detections,
                           PieceResult& result) const
{
    const std::shared_ptr<const std::string> name(result.piece.file, &result.piece.file->name);
    for (const auto& detection : detections) {
        const auto& event = result.batch.events[detection.event_index];
        if (shared_.filter.takes(*detection.rule) && shared_.filter.takes(event)) {
            result.findings.emplace_back(detection.event_index,
                                         make_finding(event, detection, name,
                                                      result.ordinals[detection.event_index],
                                                      shared_.json));
        }
    }
}

} // namespace tanggap::app::hunting
