// Hunts: a rule or a list of indicators over stored events.
#include "service/hunts.h"
#include "api/detail/page.h"
#include "api/detail/render.h"
#include "api/detail/route.h"
#include "base/limits.h"

namespace tanggap::api {
namespace {

service::Hunts& hunts_of(const Call& call)
{
    return *call.shared.context.administration.rules->hunts;
}

Json hunt_row(const service::Hunt& hunt)
{
    return {{"id", hunt.id},
            {"subject", hunt.subject},
            {"title", hunt.title},
            {"title_id", hunt.title_id},
            {"state", name_of(hunt.state)},
            {"error", hunt.error},
            {"from", base::format_rfc3339(hunt.from)},
            {"to", base::format_rfc3339(hunt.to)},
            {"events", hunt.events},
            {"total", hunt.total},
            {"detections", hunt.detections},
            {"detected_events", hunt.detected_events},
            {"known", hunt.known},
            {"alerts", hunt.alerts},
            {"alerts_cut", hunt.alerts_cut},
            {"started_by", hunt.started_by},
            {"started_at", base::format_rfc3339(hunt.started_at)},
            {"ended_at", time_or_null(hunt.ended_at)}};
}

Json hunt_json(const service::Hunt& hunt)
{
    Json body = hunt_row(hunt);
    body["days"] = Json::array();
    for (const service::Hunt::Day& day : hunt.days) {
        body["days"].push_back(
            {{"day", day.day}, {"detections", day.detections}, {"alerts", day.alerts}});
    }
    body["largest"] = Json::array();
    for (const service::Hunt::Alert& alert : hunt.largest) {
        body["largest"].push_back({{"source", alert.source},
                                   {"technique", alert.technique},
                                   {"target", alert.target},
                                   {"severity", model::name_of(alert.severity)},
                                   {"first_seen", base::format_rfc3339(alert.first_seen)},
                                   {"last_seen", base::format_rfc3339(alert.last_seen)},
                                   {"events", alert.events},
                                   {"days_ago", std::max<std::int64_t>(alert.days_ago, 0)}});
    }
    body["samples"] = Json::array();
    for (const std::string& sample : hunt.samples) {
        body["samples"].push_back(Json::parse(sample, nullptr, false));
    }
    return body;
}

Answer start_hunt(Call& call)
{
    service::HuntWish wish{.rule_id = call.body.value("rule", ""),
                           .yaml = call.body.value("yaml", ""),
                           .list = call.body.value("list", ""),
                           .from = {},
                           .to = call.now() + base::Duration(base::limits::kEventFutureMax)};
    TRY(wish.from, base::parse_rfc3339(call.body.at("from").get<std::string>()));
    if (call.body.contains("to")) {
        TRY(wish.to, base::parse_rfc3339(call.body.at("to").get<std::string>()));
    }
    TRY(const auto hunt, hunts_of(call).start(call.principal, wish));
    return reply_json(hunt_json(hunt), 202);
}

Answer list_hunts(Call& call)
{
    return page_of(call, hunts_of(call).list(), hunt_row);
}

Answer get_hunt(Call& call)
{
    TRY(const auto hunt, hunts_of(call).find(call.path.at("id")));
    return reply_json(hunt_json(hunt));
}

Answer cancel_hunt(Call& call)
{
    TRY_STATUS(hunts_of(call).cancel(call.principal, call.path.at("id")));
    Reply reply;
    reply.status = 204;
    return reply;
}

} // namespace

std::vector<Route> hunt_routes()
{
    return {
        {.method = "POST",
         .path = "/api/v1/hunts",
         .id = "startHunt",
         .summary = "Run a rule, a text or a list of indicators over stored events",
         .summary_id = "Jalankan aturan, teks, atau daftar indikator atas peristiwa tersimpan",
         .parameters = {},
         .request = "HuntWish",
         .response = "Hunt",
         .status = 202,
         .handle = start_hunt},
        {.method = "GET",
         .path = "/api/v1/hunts",
         .id = "listHunts",
         .summary = "Hunts since the program started, newest first",
         .summary_id = "Penelusuran sejak program berjalan, terbaru dahulu",
         .parameters = {kLimit, kCursor},
         .request = {},
         .response = "HuntPage",
         .handle = list_hunts},
        {.method = "GET",
         .path = "/api/v1/hunts/{id}",
         .id = "getHunt",
         .summary = "A hunt as far as it is, with what it found",
         .summary_id = "Sebuah penelusuran sejauh ini beserta temuannya",
         .parameters = {},
         .request = {},
         .response = "Hunt",
         .handle = get_hunt},
        {.method = "DELETE",
         .path = "/api/v1/hunts/{id}",
         .id = "cancelHunt",
         .summary = "End a hunt; what it found so far stays",
         .summary_id = "Akhiri penelusuran; yang sudah ditemukan tetap ada",
         .parameters = {},
         .request = {},
         .response = {},
         .status = 204,
         .handle = cancel_hunt},
    };
}

} // namespace tanggap::api
