#include "api/detail/render.h"

namespace tanggap::api {

Json alert_row(const model::Alert& alert)
{
    return {{"id", alert.id.text()},
            {"number", model::alert_number_text(alert.number)},
            {"title", alert.title},
            {"title_id", alert.title_id},
            {"severity", model::name_of(alert.severity)},
            {"priority", alert.priority},
            {"status", alert.status},
            {"source", alert.key.source},
            {"source_country", alert.source_country},
            {"technique", alert.key.technique},
            {"target", alert.key.target},
            {"asset_name", alert.asset_name},
            {"organisation", alert.organisation},
            {"first_seen", base::format_rfc3339(alert.first_seen)},
            {"last_seen", base::format_rfc3339(alert.last_seen)},
            {"events", alert.events},
            {"detections", alert.detections},
            {"outcome", model::name_of(alert.outcomes.group())},
            {"recurs_of",
             alert.recurs_of == 0 ? Json() : Json(model::alert_number_text(alert.recurs_of))},
            {"sensor", alert.sensor}};
}

Json ledger_json(const model::Ledger& ledger)
{
    Json rejected = Json::object();
    for (const auto& [reason, count] : ledger.rejected) {
        rejected[reason] = count;
    }
    return {{"received", ledger.received},
            {"stored", ledger.stored},
            {"duplicate", ledger.duplicate},
            {"rejected", std::move(rejected)},
            {"quarantined", ledger.quarantined},
            {"in_flight", ledger.in_flight},
            {"lost_before_receipt", ledger.lost_before_receipt},
            {"balances", ledger.balances()}};
}

Json time_or_null(base::Time time)
{
    return time.ns == 0 ? Json() : Json(base::format_rfc3339(time));
}

ParsedQuery parse_query(const Call& call, std::string_view text, const query::Scope& scope)
{
    query::Parsed parsed = query::parse(text, scope);
    if (parsed.errors.empty()) {
        return {.root = std::move(parsed.root), .problem = std::nullopt};
    }
    std::vector<FieldError> errors;
    for (const query::Diagnostic& error : parsed.errors) {
        errors.push_back({"?q", "query",
                          error.message + " (at byte " + std::to_string(error.begin) + ")" +
                              (error.hint.empty() ? "" : "; " + error.hint)});
    }
    return {.root = {},
            .problem = make_problem(call, 400, "invalid", "the query has mistakes", errors)};
}

base::Result<base::Time> time_parameter(const Call& call, std::string_view name,
                                        base::Time otherwise)
{
    const std::string_view text = call.parameter(name);
    return text.empty() ? otherwise : query::parse_time(text, call.now(), 0);
}

} // namespace tanggap::api
