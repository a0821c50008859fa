#include "api/detail/render.h"

#include <charconv>

#include "api/detail/schema.h"
#include "base/command_limits.h"
#include "base/text.h"
#include "base/triage_limits.h"

namespace tanggap::api {

namespace {

Json text_or_null(std::string text)
{
    return text.empty() ? Json() : Json(std::move(text));
}

Json number_or_null(std::uint64_t number)
{
    return number == 0 ? Json() : Json(model::alert_number_text(number));
}

Json object_or_empty(const std::string& text)
{
    Json json = Json::parse(text, nullptr, false);
    return json.is_object() ? json : Json::object();
}

} // namespace

Json alert_row(const model::Alert& alert, const store::AlertStanding& standing)
{
    const model::AlertState& state = standing.state;
    return {{"id", alert.id.text()},
            {"number", model::alert_number_text(alert.number)},
            {"title", alert.title},
            {"title_id", alert.title_id},
            {"severity", model::name_of(alert.severity)},
            {"priority", alert.priority},
            {"status", model::name_of(state.status)},
            {"since", time_or_null(state.since)},
            {"assignee", text_or_null(standing.assignee)},
            {"labels", state.labels},
            {"case_id", text_or_null(state.case_id)},
            {"merged_into", number_or_null(state.merged_into)},
            {"snoozed_until", time_or_null(state.snoozed_until)},
            {"close_reason", state.close_reason},
            {"priority_set", state.priority != model::kNoPriority},
            {"version", standing.version},
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
            {"recurs_of", number_or_null(alert.recurs_of)},
            {"sensor", alert.sensor}};
}

namespace {

Json counted(const store::FacetValues& values)
{
    Json list = Json::array();
    for (const auto& [value, count] : values) {
        list.push_back({{"value", value}, {"count", count}});
    }
    return list;
}

/// A rule's id says nothing to a reader: its titles go with it.
void add_rule_titles(const service::World& world, Json& values)
{
    const auto rules = world.rules();
    for (Json& each : values) {
        const auto rule = std::ranges::find_if(rules, [&](const auto& known) {
            return known->id == each.at("value").get_ref<const std::string&>();
        });
        if (rule != rules.end()) {
            each["title"] = (*rule)->title;
            each["title_id"] = (*rule)->title_id;
        }
    }
}

} // namespace

policy::Filter visible_alerts(const Call& call)
{
    return policy::filter_of(service::subject_of(call.principal), policy::Kind::Alert);
}

Answer facets_of(const Call& call, const FacetsOf& facets_of_fields)
{
    const std::string_view top = call.parameter("top");
    const std::size_t count = top.empty() ? 5 : std::stoul(std::string(top));
    std::vector<std::string> names;
    std::string_view rest = call.parameter("fields");
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        names.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (names.size() > base::limits::kFacetsMax) {
        return base::invalid("at most " + std::to_string(base::limits::kFacetsMax) +
                             " facets at once, not " + std::to_string(names.size()));
    }
    TRY(const auto facets, facets_of_fields(names, count));
    Json fields = Json::object();
    for (std::size_t i = 0; i < names.size(); ++i) {
        fields[names[i]] = counted(facets[i]);
        if (names[i] == "rule") {
            add_rule_titles(call.world(), fields[names[i]]);
        }
    }
    return reply_json({{"fields", std::move(fields)}});
}

Json ledger_json(const model::Ledger& ledger)
{
    return {{"received", ledger.received},
            {"stored", ledger.stored},
            {"duplicate", ledger.duplicate},
            {"rejected", ledger.rejected},
            {"quarantined", ledger.quarantined},
            {"in_flight", ledger.in_flight},
            {"lost", ledger.lost},
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

Json history_row(const Call& call, const store::Activity& activity)
{
    const bool lead = std::ranges::find(call.principal.roles, "lead") != call.principal.roles.end();
    const bool in_time = call.now() - activity.time <= base::Duration(base::limits::kUndoWindow);
    const bool undone = !activity.undone_by.empty();
    return {{"id", activity.id},
            {"action", activity.effect.action},
            {"at", base::format_rfc3339(activity.time)},
            {"actor", activity.actor.name},
            {"reason", activity.reason},
            {"before", object_or_empty(activity.effect.before)},
            {"after", object_or_empty(activity.effect.after)},
            {"command", activity.command},
            {"undone", undone},
            {"undoable", activity.effect.reversible == store::Reversible::Yes && !undone &&
                             in_time && (lead || activity.actor.id == call.principal.user_id)}};
}

Answer history_of(const Call& call, const store::ObjectRef& object)
{
    TRY(const std::string position, call.cursor());
    std::uint64_t before = 0;
    std::from_chars(position.data(), position.data() + position.size(), before);
    store::ActivityPage page;
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(page, store::list_activities(snapshot, {.object = object}, call.limit(), before));
        return {};
    }));
    Json items = Json::array();
    for (const store::Activity& activity : page.activities) {
        items.push_back(history_row(call, activity));
    }
    const std::string next = page.next == 0
                                 ? ""
                                 : make_cursor(call.shared.context.cursor_key, call.question(),
                                               std::to_string(page.next));
    return reply_json({{"items", std::move(items)}, {"next", next.empty() ? Json() : Json(next)}});
}

Answer engine_answer(const Call& call, base::Error error)
{
    if (error.code == base::Code::Unavailable) {
        return make_problem(call, 503, "engine-unavailable", error.message);
    }
    return std::unexpected(std::move(error));
}

} // namespace tanggap::api
