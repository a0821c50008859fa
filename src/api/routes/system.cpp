// Health, metrics, overview, ledger, quarantine.
#include "api/detail/page.h"
#include "api/detail/render.h"
#include "api/detail/route.h"
#include "base/metrics.h"
#include "base/text.h"
#include "service/overview.h"
#include "service/quarantine.h"

namespace tanggap::api {
namespace {

Answer get_health(Call& /*call*/)
{
    return reply_json({{"status", "ok"}});
}

Answer get_ready(Call& call)
{
    auto reasons = call.world().unready_reasons();
    const bool ready = reasons.empty();
    // They name files and errors of this machine: not for strangers.
    if (call.principal.anonymous() && !call.request.peer_is_loopback) {
        reasons.clear();
    }
    return reply_json({{"status", ready ? "ready" : "not_ready"}, {"reasons", reasons}},
                      ready ? 200 : 503);
}

Answer get_metrics(Call& /*call*/)
{
    Reply reply;
    reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
    reply.body = base::render_metrics();
    return reply;
}

Answer get_document(Call& /*call*/)
{
    static const std::string document = openapi_json();
    Reply reply;
    reply.body = document;
    return reply;
}

Answer get_ledger(Call& call)
{
    return reply_json(ledger_json(call.world().ledger()));
}

Json archive_json(const service::Overview& overview)
{
    const store::EventStoreHealth& engine = overview.engine;
    const service::RetentionState& retention = overview.retention;
    return {{"events", engine.rows},
            {"bytes", engine.bytes_on_disk},
            {"oldest", engine.rows > 0 ? time_or_null(engine.oldest) : Json()},
            {"newest", engine.rows > 0 ? time_or_null(engine.newest) : Json()},
            {"kept_seconds", retention.kept_for.count()},
            {"dropped_days", retention.dropped_days},
            {"dropped_events", retention.dropped_events},
            {"problem", retention.problem}};
}

Json overview_json(const service::Overview& overview)
{
    const model::Ledger& ledger = overview.ledger;
    Json open = Json::object();
    for (std::size_t level = 0; level < overview.open_by_level.size(); ++level) {
        open[std::string(model::name_of(static_cast<model::Level>(level)))] =
            overview.open_by_level[level];
    }
    Json top = Json::array();
    for (std::size_t i = 0; i < overview.top_alerts.size(); ++i) {
        top.push_back(alert_row(overview.top_alerts[i], overview.standings[i]));
    }
    return {{"ladder",
             {{"records", ledger.received},
              {"events", ledger.stored},
              {"detections", ledger.detections},
              {"detected_events", ledger.detected_events},
              {"alerts", ledger.alerts},
              {"incidents", Json()}}},
            {"ledger", ledger_json(ledger)},
            {"alerts_open", std::move(open)},
            {"top_alerts", std::move(top)},
            {"sensors", {{"total", overview.sensors}, {"silent", overview.sensors_silent}}},
            {"engine",
             {{"available", overview.engine.available},
              {"reason", overview.engine.reason},
              {"version", overview.engine.version}}},
            {"archive", archive_json(overview)}};
}

Answer get_overview(Call& call)
{
    service::Period period;
    if (!call.parameter("from").empty()) {
        TRY(period.from, time_parameter(call, "from", {}));
    }
    if (!call.parameter("to").empty()) {
        TRY(period.to, time_parameter(call, "to", {}));
    }
    TRY(const auto overview, service::overview(call.world(), call.principal, period));
    Json body = overview_json(overview);
    const auto built_at = call.world().geo_built_at;
    body["geo"] = {{"built_at", built_at ? Json(base::format_rfc3339(*built_at)) : Json()}};
    body["demo"] = call.world().demo;
    return reply_json(body);
}

Json quarantine_row(const disk::QuarantineEntry& entry)
{
    constexpr std::size_t kPreviewBytes = 512;
    const model::Record& record = entry.record;
    return {{"id", entry.id},
            {"sensor", entry.stream.sensor},
            {"source", entry.stream.source},
            {"origin", entry.stream.origin},
            {"received", base::format_rfc3339(entry.received)},
            {"reason", entry.reason},
            {"detail", entry.detail},
            {"length", record.oversize() ? record.full_length : record.bytes.size()},
            {"preview",
             base::quoted(std::string_view(record.bytes).substr(0, kPreviewBytes), kPreviewBytes)},
            {"sha256", record.oversize() ? Json(record.full_sha256) : Json()}};
}

service::QuarantineFilter quarantine_filter(const Call& call)
{
    return {.sensor = std::string(call.parameter("sensor")),
            .reason = std::string(call.parameter("reason"))};
}

Answer list_quarantine(Call& call)
{
    TRY(const auto before, call.cursor());
    TRY(const auto page,
        service::list_quarantine(call.world(), quarantine_filter(call), before, call.limit()));
    std::vector<std::string> items;
    for (const disk::QuarantineEntry& entry : page.entries) {
        items.push_back(json_text(quarantine_row(entry)));
    }
    const bool partial = !page.next.empty() || !before.empty();
    return reply_list(call, items, page.next, items.size(), partial);
}

Answer get_quarantine(Call& call)
{
    TRY(const auto entry, call.world().journal.find_quarantine(call.path.at("id")));
    Json body = quarantine_row(entry);
    body["bytes_base64"] = base64(entry.record.bytes);
    return reply_json(body);
}

Answer rerun_quarantine(Call& call)
{
    auto ids = call.body.value("ids", std::vector<std::string>{});
    if (call.body.contains("ids") && ids.empty()) {
        return reply_json({{"requeued", 0}});
    }
    TRY(const std::uint64_t requeued,
        service::rerun_quarantine(
            call.world(), std::move(ids),
            {.sensor = call.body.value("sensor", ""), .reason = call.body.value("reason", "")}));
    return reply_json({{"requeued", requeued}});
}

std::vector<Route> health_routes()
{
    using policy::Scope;
    return {
        {.method = "GET",
         .path = "/health",
         .id = "getHealth",
         .summary = "The process answers",
         .summary_id = "Proses menjawab",
         .scope = Scope::Public,
         .parameters = {},
         .request = {},
         .response = "Health",
         .handle = get_health},
        {.method = "GET",
         .path = "/ready",
         .id = "getReady",
         .summary = "Ready to take records",
         .summary_id = "Siap menerima catatan",
         .scope = Scope::Public,
         .parameters = {},
         .request = {},
         .response = "Ready",
         .handle = get_ready},
        {.method = "GET",
         .path = "/metrics",
         .id = "getMetrics",
         .summary = "Prometheus metrics; open to loopback",
         .summary_id = "Metrik Prometheus",
         .scope = Scope::MetricsRead,
         .parameters = {},
         .request = {},
         .response = {},
         .handle = get_metrics,
         .open_on_loopback = true},
        {.method = "GET",
         .path = "/api/v1/openapi.json",
         .id = "getDocument",
         .summary = "This document",
         .summary_id = "Dokumen ini",
         .scope = Scope::Public,
         .parameters = {},
         .request = {},
         .response = "Document",
         .handle = get_document},
    };
}

std::vector<Route> quarantine_routes()
{
    constexpr Parameter kSensor{"sensor", "only of this sensor"};
    constexpr Parameter kReason{"reason", "only with this reason, e.g. bad_json"};
    return {
        {.method = "GET",
         .path = "/api/v1/quarantine",
         .id = "listQuarantine",
         .summary = "Records that gave no event, newest first",
         .summary_id = "Catatan yang tidak menjadi peristiwa",
         .parameters = {kSensor, kReason, kLimit, kCursor},
         .request = {},
         .response = "QuarantinePage",
         .handle = list_quarantine},
        {.method = "GET",
         .path = "/api/v1/quarantine/{id}",
         .id = "getQuarantineEntry",
         .summary = "One of them with its bytes",
         .summary_id = "Satu catatan beserta isinya",
         .parameters = {},
         .request = {},
         .response = "QuarantineEntry",
         .handle = get_quarantine},
        {.method = "POST",
         .path = "/api/v1/quarantine/rerun",
         .id = "rerunQuarantine",
         .summary = "Read them again, after their source was mended",
         .summary_id = "Baca lagi setelah sumbernya diperbaiki",
         .scope = policy::Scope::EventsIngest,
         .parameters = {},
         .request = "RerunRequest",
         .response = "RerunResult",
         .handle = rerun_quarantine},
    };
}

} // namespace

std::vector<Route> system_routes()
{
    std::vector<Route> all = health_routes();
    std::ranges::move(quarantine_routes(), std::back_inserter(all));
    const std::vector<Route> rest{
        {.method = "GET",
         .path = "/api/v1/overview",
         .id = "getOverview",
         .summary = "Figures of the home page",
         .summary_id = "Angka halaman depan",
         .parameters = {{"from", "open alerts last seen from here"}, {"to", "and before here"}},
         .request = {},
         .response = "Overview",
         .handle = get_overview},
        {.method = "GET",
         .path = "/api/v1/ledger",
         .id = "getLedger",
         .summary = "What became of every record",
         .summary_id = "Nasib setiap catatan",
         .parameters = {},
         .request = {},
         .response = "Ledger",
         .handle = get_ledger},
    };
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
}

} // namespace tanggap::api
