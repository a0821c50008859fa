#include "api/detail/render.h"

#include "api/detail/schema.h"
#include "base/text.h"

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

namespace {

base::Result<FieldNames> split_fields(const Call& call)
{
    constexpr std::size_t kFieldsMax = 50;
    FieldNames names;
    for (std::string_view rest = call.parameter("fields"); !rest.empty();) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        names.emplace_back(base::trim(rest.substr(0, end)));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (names.back().empty() || names.size() > kFieldsMax) {
            return base::invalid("fields takes up to 50 names separated by commas");
        }
    }
    return names;
}

} // namespace

base::Result<FieldNames> row_fields(const Call& call, std::string_view schema)
{
    TRY(FieldNames names, split_fields(call));
    const Json& known = schemas().at(std::string(schema)).at("properties");
    for (const std::string& name : names) {
        if (!known.contains(name)) {
            std::string all;
            for (const auto& [each, ignored] : known.items()) {
                all += (all.empty() ? "" : ", ") + each;
            }
            return base::invalid("fields: there is no " + base::quoted(name) + "; there are " +
                                 all);
        }
    }
    return names;
}

base::Result<FieldNames> event_fields(const Call& call)
{
    TRY(FieldNames names, split_fields(call));
    for (std::string& name : names) {
        if (const query::FieldInfo* const known = query::event_scope().find(name)) {
            name = known->canonical;
        }
    }
    return names;
}

Json only_fields(const FieldNames& names, Json item)
{
    if (names.empty()) {
        return item;
    }
    Json out = Json::object();
    for (const std::string& name : names) {
        Json::json_pointer place;
        for (std::string_view rest = name; !rest.empty();) {
            const std::size_t dot = std::min(rest.find('.'), rest.size());
            place.push_back(std::string(rest.substr(0, dot)));
            rest.remove_prefix(std::min(dot + 1, rest.size()));
        }
        if (item.contains(place)) {
            out[place] = item.at(place);
        }
    }
    return out;
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
