// Alerts: list, facets, detail, why, events.
#include "service/alerts.h"
#include "api/detail/render.h"
#include "api/detail/route.h"
#include "base/limits.h"

namespace tanggap::api {
namespace {

base::Result<store::AlertSort> parse_sort(std::string_view text)
{
    using enum store::AlertSort;
    constexpr std::array<std::pair<std::string_view, store::AlertSort>, 6> kSorts{
        {{"", PriorityDesc},
         {"-priority", PriorityDesc},
         {"-last_seen", LastSeenDesc},
         {"-first_seen", FirstSeenDesc},
         {"-number", NumberDesc},
         {"-events", EventsDesc}}};
    for (const auto& [name, sort] : kSorts) {
        if (name == text) {
            return sort;
        }
    }
    return base::invalid("sort must be -priority, -last_seen, -first_seen, -number or -events");
}

Answer list_alerts(Call& call)
{
    ParsedQuery parsed = parse_query(call, call.parameter("q"), query::alert_scope());
    if (parsed.problem) {
        return *parsed.problem;
    }
    query::put_account(parsed.root, call.principal.user_id);
    TRY(const auto sort, parse_sort(call.parameter("sort")));
    TRY(const FieldNames fields, row_fields(call, "AlertRow"));
    TRY(const auto after, call.cursor());
    TRY(const bool exact_total, call.wants_exact_total());
    TRY(const auto page, call.world().cases.list_alerts({.filter = &parsed.root,
                                                         .sort = sort,
                                                         .limit = call.limit(),
                                                         .after = after,
                                                         .now = call.now(),
                                                         .visible = visible_alerts(call),
                                                         .exact_total = exact_total}));
    std::vector<std::string> items;
    for (std::size_t i = 0; i < page.alerts.size(); ++i) {
        const Json row = alert_row(page.alerts[i], page.standings[i]);
        items.push_back(json_text(only_fields(fields, row)));
    }
    return reply_list(call, items, page.next, page.total, page.total_is_lower_bound);
}

Answer list_facets(Call& call)
{
    ParsedQuery parsed = parse_query(call, call.parameter("q"), query::alert_scope());
    if (parsed.problem) {
        return *parsed.problem;
    }
    query::put_account(parsed.root, call.principal.user_id);
    return facets_of(call, [&](std::span<const std::string> fields, std::size_t top) {
        return call.world().cases.alert_facets(fields, &parsed.root, top, call.now(),
                                               visible_alerts(call));
    });
}

Json asset_json(const model::Alert& alert)
{
    if (alert.asset_id.empty() && alert.asset_name.empty()) {
        return {};
    }
    return {{"id", alert.asset_id},
            {"name", alert.asset_name},
            {"value", alert.asset_value},
            {"organisation", alert.organisation}};
}

Answer get_alert(Call& call)
{
    TRY(const auto alert, service::see_alert(call.world(), call.principal, call.path.at("id")));
    store::AlertStanding standing;
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(standing, store::find_standing(snapshot, alert.number));
        return {};
    }));
    Json body = alert_row(alert, standing);
    body["outcomes"] = {{"succeeded", alert.outcomes.succeeded},
                        {"unknown", alert.outcomes.unknown},
                        {"failed", alert.outcomes.failed},
                        {"blocked", alert.outcomes.blocked}};
    body["rules"] = Json::array();
    for (const model::AlertRule& rule : alert.rules) {
        body["rules"].push_back({{"id", rule.rule_id},
                                 {"title", rule.title},
                                 {"title_id", rule.title_id},
                                 {"level", model::name_of(rule.level)},
                                 {"detections", rule.detections}});
    }
    body["summary"] = alert.summary;
    body["asset"] = asset_json(alert);
    Reply reply = reply_json(body);
    reply.version = standing.version;
    return reply;
}

Json rule_json(const model::RuleInfo& rule)
{
    return {{"id", rule.id},
            {"title", rule.title},
            {"title_id", rule.title_id},
            {"description", rule.description},
            {"description_id", rule.description_id},
            {"level", model::name_of(rule.level)},
            {"author", rule.author},
            {"license", rule.license},
            {"references", rule.references},
            {"false_positives", rule.false_positives},
            {"techniques", rule.techniques}};
}

Json why_lists(const service::Why& why)
{
    Json body{{"factors", Json::array()}, {"rules", Json::array()}, {"reasons", Json::array()}};
    for (const model::PriorityFactor& factor : why.alert.factors) {
        body["factors"].push_back(
            {{"name", factor.name}, {"value", factor.value}, {"factor", factor.factor}});
    }
    for (const model::RuleInfo& rule : why.rules) {
        body["rules"].push_back(rule_json(rule));
    }
    for (const model::MatchReason& reason : why.alert.first_reasons) {
        body["reasons"].push_back({{"selection", reason.selection},
                                   {"field", reason.field},
                                   {"event_field", reason.event_field},
                                   {"value", reason.value},
                                   {"pattern", reason.pattern}});
    }
    return body;
}

Answer get_why(Call& call)
{
    TRY(const auto why, service::why_alert(call.world(), call.principal, call.path.at("id")));
    Json body = why_lists(why);
    body["priority"] = why.alert.priority;
    body["sentence"] = {{"id", why.sentence.id}, {"en", why.sentence.en}};
    body["grouping"] = {{"source", why.alert.key.source},
                        {"technique", why.alert.key.technique},
                        {"target", why.alert.key.target},
                        {"gap_minutes", base::limits::kAlertGap.count()},
                        {"span_hours", base::limits::kAlertSpanMax.count()}};
    return reply_json(body);
}

Answer list_events(Call& call)
{
    TRY(const auto after, call.cursor());
    auto page = service::list_alert_events(call.world(), call.principal, call.path.at("id"),
                                           call.limit(), after, call.request.abandoned);
    if (!page) {
        return page.error().code == base::Code::Unavailable
                   ? Answer(make_problem(call, 503, "engine-unavailable", page.error().message))
                   : Answer(std::unexpected(std::move(page).error()));
    }
    return reply_events(call, std::move(*page), after);
}

} // namespace

std::vector<Route> alert_routes()
{
    constexpr Parameter kQuery{"q", "query language, e.g. is:open severity>=high"};
    return {
        {.method = "GET",
         .path = "/api/v1/alerts",
         .id = "listAlerts",
         .summary = "List alerts",
         .summary_id = "Daftar peringatan",
         .parameters = {kQuery,
                        {"sort", "-priority, -last_seen, -first_seen, -number or -events"},
                        kLimit,
                        kCursor,
                        kTotal,
                        kFields},
         .request = {},
         .response = "AlertPage",
         .handle = list_alerts},
        {.method = "GET",
         .path = "/api/v1/alerts/facets",
         .id = "listAlertFacets",
         .summary = "Most frequent values of fields",
         .summary_id = "Nilai tersering tiap isian",
         .parameters = {kQuery,
                        {"fields", "names separated by commas"},
                        {"top", "values of each", ParameterKind::Integer, 1, 100}},
         .request = {},
         .response = "Facets",
         .handle = list_facets},
        {.method = "GET",
         .path = "/api/v1/alerts/{id}",
         .id = "getAlert",
         .summary = "One alert by ALR number or UUID",
         .summary_id = "Satu peringatan",
         .parameters = {},
         .request = {},
         .response = "Alert",
         .handle = get_alert},
        {.method = "GET",
         .path = "/api/v1/alerts/{id}/why",
         .id = "explainAlert",
         .summary = "Why it fired and why this priority",
         .summary_id = "Mengapa menyala dan mengapa prioritas ini",
         .parameters = {},
         .request = {},
         .response = "AlertWhy",
         .handle = get_why},
        {.method = "GET",
         .path = "/api/v1/alerts/{id}/events",
         .id = "listAlertEvents",
         .summary = "Its events, newest first",
         .summary_id = "Peristiwanya, terbaru dahulu",
         .parameters = {kLimit, kCursor, kFields},
         .request = {},
         .response = "EventPage",
         .handle = list_events,
         .searches = true},
    };
}

} // namespace tanggap::api
