// Taking records (rulings 44): durable before the answer, nothing kept of a refused body.
#include <charconv>

#include "api/detail/ingest_body.h"
#include "api/detail/render.h"
#include "api/detail/route.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/sensor_limits.h"
#include "base/text.h"
#include "service/sensors.h"

namespace tanggap::api {
namespace {

/// All that a request may get wrong comes before the sensor: a refused one makes none.
base::Result<model::StreamContext> read_stream(Call& call)
{
    model::StreamContext stream;
    stream.source = call.parameter("source");
    if (!stream.source.empty() && !call.world().knows_source(stream.source)) {
        return base::invalid("source " + base::quoted(stream.source) +
                             " is unknown; `tanggap sources list` names them");
    }
    stream.timezone = call.parameter("timezone");
    if (!stream.timezone.empty()) {
        TRY_STATUS(service::check_timezone(stream.timezone));
    }
    TRY(stream.reference_time, time_parameter(call, "reference_time", base::Time{}));
    TRY(const auto sensor, call.shared.sensors.find_or_make(call.path.at("sensor")));
    stream.sensor = sensor.name;
    stream.source = stream.source.empty() ? sensor.source : stream.source;
    if (stream.timezone.empty()) { // rulings 22: the sensor's, else the install's
        stream.timezone =
            sensor.timezone.empty() ? call.world().timezone : std::string(sensor.timezone);
    }
    constexpr std::size_t kOriginBytesMax = 1024;
    const std::string_view origin = call.parameter("origin");
    stream.origin =
        origin.empty() ? call.request.peer : std::string(origin.substr(0, kOriginBytesMax));
    return stream;
}

/// Keys are the caller's own: two accounts may use the same one.
base::Result<std::string> idempotency_key(const Call& call)
{
    constexpr std::size_t kKeyBytesMax = 128;
    const std::string_view key = call.request.header("idempotency-key").value_or("");
    if (key.size() > kKeyBytesMax) {
        return base::invalid("Idempotency-Key is longer than 128 bytes");
    }
    return key.empty() ? std::string() : call.principal.user_id + "/" + std::string(key);
}

Answer append(Call& call, model::StreamContext stream, std::vector<disk::NewRecord> records)
{
    disk::AppendRequest request;
    request.stream = std::move(stream);
    request.stream_id = call.parameter("stream");
    // A file import names its stream: then equal lines are counted and told apart (rulings 18).
    request.identity =
        request.stream_id.empty() ? disk::Identity::External : disk::Identity::Content;
    TRY(request.idempotency_key, idempotency_key(call));
    request.body_digest = base::sha256_hex(call.request.body);
    request.records = std::move(records);
    TRY(const auto result, call.world().journal.append(std::move(request)));
    Reply reply = reply_json({{"batch", std::to_string(result.sequence)},
                              {"received", result.received},
                              {"duplicate", result.duplicate},
                              {"rejected", Json::array()}},
                             202);
    if (result.replayed) {
        reply.headers.emplace_back("Idempotency-Replayed", "true");
    }
    return reply;
}

/// Nothing of it was kept: the same may be sent again.
Answer too_fast(Call& call, std::string_view sensor, base::Duration wait)
{
    constexpr std::int64_t kSecondNs = 1'000'000'000;
    const std::int64_t seconds = (wait.count() + kSecondNs - 1) / kSecondNs;
    Reply reply =
        make_problem(call, 429, "exhausted",
                     "sensor " + std::string(sensor) +
                         " sends faster than its limit of records a second; send again in " +
                         std::to_string(seconds) + " s, or raise the limit");
    std::erase_if(reply.headers, [](const auto& header) { return header.first == "Retry-After"; });
    reply.headers.emplace_back("Retry-After", std::to_string(seconds));
    return reply;
}

Answer post_records(Call& call)
{
    const auto kind = parse_content_type(call.request.header("content-type").value_or(""));
    if (!kind) {
        return make_problem(call, 415, "unsupported-media-type", kind.error().message);
    }
    TRY_STATUS(service::check_sensor_name(call.path.at("sensor")));
    const auto body =
        unpack_body(call.request.body, call.request.header("content-encoding").value_or(""));
    const auto too_large = [&](const base::Error& error) {
        return make_problem(call, 413, "too-large", error.message);
    };
    if (!body) {
        return body.error().code == base::Code::Exhausted ? Answer(too_large(body.error()))
                                                          : Answer(std::unexpected(body.error()));
    }
    auto records = split_body(*kind, *body);
    if (!records) {
        return records.error().code == base::Code::Exhausted
                   ? Answer(too_large(records.error()))
                   : Answer(std::unexpected(records.error()));
    }
    if (records->empty()) {
        return base::invalid("the body has no records");
    }
    TRY(auto stream, read_stream(call));
    const auto turn = call.shared.sensors.take_turn(stream.sensor, records->size(), call.now(),
                                                    base::Duration(base::limits::kSensorBurst));
    if (!turn.taken) {
        return too_fast(call, stream.sensor, turn.wait);
    }
    return append(call, std::move(stream), std::move(*records));
}

/// An import asks once a file, with its first records.
Answer post_choose(Call& call)
{
    if (!call.world().choose_source) {
        return base::not_found("this server does not choose sources; name one");
    }
    const auto kind = parse_content_type(call.request.header("content-type").value_or(""));
    if (!kind) {
        return make_problem(call, 415, "unsupported-media-type", kind.error().message);
    }
    TRY(const auto records, split_body(*kind, call.request.body));
    std::vector<std::string_view> probe;
    for (const disk::NewRecord& record : records) {
        if (record.full_length == 0 && probe.size() < base::limits::kSourceProbeRecords) {
            probe.push_back(record.bytes);
        }
    }
    return reply_json({{"source", call.world().choose_source(probe)}});
}

Json batch_json(const store::BatchResult& batch, std::string_view state)
{
    Json quarantined = Json::object();
    for (const auto& [reason, count] : batch.quarantined) {
        quarantined[reason] = count;
    }
    Json alerts = Json::array();
    for (const std::uint64_t number : batch.alerts) {
        alerts.push_back(model::alert_number_text(number));
    }
    return {{"batch", std::to_string(batch.sequence)},
            {"state", state},
            {"records", batch.records},
            {"stored", batch.stored},
            {"quarantined", std::move(quarantined)},
            {"detections", batch.detections},
            {"alerts", std::move(alerts)}};
}

Answer get_batch(Call& call)
{
    const std::string& text = call.path.at("batch");
    std::uint64_t sequence = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sequence);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return base::not_found("no batch " + base::quoted(text));
    }
    const service::Progress progress = call.world().progress();
    if (sequence > progress.processed && sequence <= progress.journal_last) {
        store::BatchResult queued;
        queued.sequence = sequence;
        return reply_json(batch_json(queued, "queued"));
    }
    TRY(const auto batch, call.world().cases.find_batch(sequence));
    return reply_json(batch_json(batch, sequence <= progress.archived ? "archived" : "processed"));
}

Answer get_progress(Call& call)
{
    const service::Progress progress = call.world().progress();
    return reply_json({{"journal_last", progress.journal_last},
                       {"processed", progress.processed},
                       {"archived", progress.archived}});
}

} // namespace

std::vector<Route> ingest_routes()
{
    using policy::Scope;
    return {
        {.method = "POST",
         .path = "/api/v1/ingest/{sensor}",
         .id = "ingest",
         .summary = "Take records; the answer comes when they are on disk",
         .summary_id = "Terima catatan; dijawab setelah tersimpan di cakram",
         .scope = Scope::EventsIngest,
         .parameters = {{"source", "kind of log; chosen by content when left out"},
                        {"timezone", "of times without one"},
                        {"reference_time", "for years that lines leave out"},
                        {"stream", "name of this import: equal lines are then told apart"},
                        {"origin", "file name or endpoint, shown"}},
         .request = {},
         .response = "IngestResult",
         .status = 202,
         .handle = post_records,
         .takes_records = true},
        {.method = "POST",
         .path = "/api/v1/sources/choose",
         .id = "chooseSource",
         .summary = "Which source reads these first records of a file",
         .summary_id = "Sumber yang membaca catatan pertama berkas ini",
         .scope = Scope::EventsIngest,
         .parameters = {},
         .request = {},
         .response = "ChosenSource",
         .handle = post_choose,
         .takes_records = true},
        {.method = "GET",
         .path = "/api/v1/ingest/batches/{batch}",
         .id = "getBatch",
         .summary = "What became of one body",
         .summary_id = "Nasib satu kiriman",
         .scope = Scope::EventsIngest,
         .parameters = {},
         .request = {},
         .response = "Batch",
         .handle = get_batch},
        {.method = "GET",
         .path = "/api/v1/ingest/progress",
         .id = "getIngestProgress",
         .summary = "How far the pipeline is",
         .summary_id = "Kemajuan pengolahan",
         .scope = Scope::EventsIngest,
         .parameters = {},
         .request = {},
         .response = "IngestProgress",
         .handle = get_progress},
    };
}

} // namespace tanggap::api
