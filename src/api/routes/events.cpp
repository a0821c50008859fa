// Event search, and the query language itself.
#include <charconv>

#include "api/detail/render.h"
#include "api/detail/route.h"
#include "base/limits.h"
#include "query/report_scope.h"

namespace tanggap::api {
namespace {

struct EventQuestion {
    query::Node filter;
    base::Time from;
    base::Time to;
    std::optional<Reply> problem;
};

/// Until: events may claim to be up to a day ahead (rulings 21), so that is the default end.
base::Result<EventQuestion> read_question(const Call& call, base::Time from_default)
{
    ParsedQuery parsed = parse_query(call, call.parameter("q"), query::event_scope());
    EventQuestion question{.filter = std::move(parsed.root),
                           .from = {},
                           .to = {},
                           .problem = std::move(parsed.problem)};
    TRY(question.from, time_parameter(call, "from", from_default));
    TRY(question.to,
        time_parameter(call, "to", call.now() + base::Duration(base::limits::kEventFutureMax)));
    if (question.from > question.to) {
        return base::invalid("from is after to");
    }
    return question;
}

std::size_t number_of(std::string_view text, std::size_t otherwise)
{
    std::size_t value = otherwise;
    std::from_chars(text.data(), text.data() + text.size(), value); // checked by the dispatcher
    return value;
}

Answer list_events(Call& call)
{
    TRY(auto question, read_question(call, base::Time{}));
    if (question.problem) {
        return *question.problem;
    }
    TRY(const auto after, call.cursor());
    store::EventPageRequest request;
    request.filter = &question.filter;
    request.from = question.from;
    request.to = question.to;
    request.limit = call.limit();
    request.after = after;
    request.request_id = call.request_id;
    request.now = call.now();
    if (const std::string_view budget = call.parameter("budget_ms"); !budget.empty()) {
        request.budget = std::chrono::milliseconds(number_of(budget, 0));
    }
    request.abandoned = call.request.abandoned;
    auto page = call.world().events.list(request);
    if (!page) {
        return engine_answer(call, std::move(page).error());
    }
    return reply_events(call, std::move(*page), after);
}

Answer get_event(Call& call)
{
    auto event = call.world().events.find(call.path.at("id"));
    if (!event) {
        return engine_answer(call, std::move(event).error());
    }
    Reply reply;
    reply.body = std::move(*event);
    return reply;
}

Answer get_histogram(Call& call)
{
    constexpr std::chrono::hours kDefaultSpan{24};
    TRY(auto question, read_question(call, call.now() - base::Duration(kDefaultSpan)));
    if (question.problem) {
        return *question.problem;
    }
    auto histogram = call.world().events.histogram(&question.filter, question.from, question.to,
                                                   number_of(call.parameter("buckets"), 60),
                                                   call.now(), call.request.abandoned);
    if (!histogram) {
        return engine_answer(call, std::move(histogram).error());
    }
    return reply_json({{"from", base::format_rfc3339(histogram->from)},
                       {"bucket_seconds", histogram->bucket_seconds},
                       {"counts", histogram->counts},
                       {"detected", histogram->detected}});
}

Answer get_top(Call& call)
{
    const std::string field(call.parameter("field"));
    const query::FieldInfo* const known = query::event_scope().find(field);
    if (field.empty()) {
        return base::invalid("field is missing, e.g. field=source.ip");
    }
    TRY(auto question, read_question(call, base::Time{}));
    if (question.problem) {
        return *question.problem;
    }
    auto top = call.world().events.top(
        known == nullptr ? field : known->canonical, &question.filter, question.from, question.to,
        number_of(call.parameter("n"), 5), call.now(), call.request.abandoned);
    if (!top) {
        return engine_answer(call, std::move(top).error());
    }
    Json values = Json::array();
    for (const auto& [value, count] : *top) {
        values.push_back({{"value", value}, {"count", count}});
    }
    return reply_json({{"field", field}, {"values", std::move(values)}});
}

Answer post_parse(Call& call)
{
    const auto& wanted = call.body.at("scope").get_ref<const std::string&>();
    const auto& text = call.body.at("q").get_ref<const std::string&>();
    const query::Scope& scope = wanted == "cases"     ? query::case_scope()
                                : wanted == "reports" ? query::report_scope()
                                : wanted == "triage"  ? query::triage_scope()
                                : wanted == "alerts"  ? query::alert_scope()
                                                      : query::event_scope();
    const query::Parsed parsed = query::parse(text, scope);
    Json errors = Json::array();
    for (const query::Diagnostic& error : parsed.errors) {
        errors.push_back({{"begin", error.begin},
                          {"end", error.end},
                          {"message", error.message},
                          {"hint", error.hint}});
    }
    return reply_json({{"canonical", parsed.errors.empty() ? query::format(parsed.root) : text},
                       {"errors", std::move(errors)}});
}

} // namespace

std::vector<Route> event_routes()
{
    constexpr Parameter kQuery{"q", "query language, e.g. src.ip:203.0.113.0/24 status>=500"};
    constexpr Parameter kFrom{"from", "RFC 3339 or now-24h, inclusive"};
    constexpr Parameter kTo{"to", "RFC 3339 or now, exclusive"};
    return {
        {.method = "GET",
         .path = "/api/v1/events",
         .id = "listEvents",
         .summary = "Search events, newest first",
         .summary_id = "Cari peristiwa, terbaru dahulu",
         .parameters = {kQuery,
                        kFrom,
                        kTo,
                        kLimit,
                        kCursor,
                        kFields,
                        {"budget_ms",
                         "answer with what was found once this is spent; `next` goes on",
                         ParameterKind::Integer, 50, 10'000}},
         .request = {},
         .response = "EventPage",
         .handle = list_events,
         .searches = true},
        {.method = "GET",
         .path = "/api/v1/events/histogram",
         .id = "getEventHistogram",
         .summary = "Events over time",
         .summary_id = "Peristiwa menurut waktu",
         .parameters = {kQuery,
                        kFrom,
                        kTo,
                        {"buckets", "bars, 60 by default", ParameterKind::Integer, 1, 500}},
         .request = {},
         .response = "Histogram",
         .handle = get_histogram,
         .searches = true},
        {.method = "GET",
         .path = "/api/v1/events/top",
         .id = "listTopValues",
         .summary = "Most frequent values of one field",
         .summary_id = "Nilai tersering satu isian",
         .parameters = {{"field", "e.g. source.ip"},
                        kQuery,
                        kFrom,
                        kTo,
                        {"n", "values, 5 by default", ParameterKind::Integer, 1, 100}},
         .request = {},
         .response = "TopValues",
         .handle = get_top,
         .searches = true},
        {.method = "GET",
         .path = "/api/v1/events/{id}",
         .id = "getEvent",
         .summary = "One event",
         .summary_id = "Satu peristiwa",
         .parameters = {},
         .request = {},
         .response = "Event",
         .handle = get_event,
         .searches = true},
        {.method = "POST",
         .path = "/api/v1/query/parse",
         .id = "parseQuery",
         .summary = "Check a query and write it canonically",
         .summary_id = "Periksa kueri dan tulis bentuk bakunya",
         .parameters = {},
         .request = "QueryText",
         .response = "QueryParsed",
         .handle = post_parse},
    };
}

} // namespace tanggap::api
