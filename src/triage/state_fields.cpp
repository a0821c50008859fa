#include "triage/state_fields.h"

#include <nlohmann/json.hpp>

namespace tanggap::triage {
namespace {

using Json = nlohmann::json;
using model::AlertState;

Json json_of(base::Time time)
{
    return time.ns == 0 ? Json() : Json(base::format_rfc3339(time));
}

Json json_of(const AlertState& state)
{
    return {{"status", model::name_of(state.status)},
            {"since", json_of(state.since)},
            {"accepted_at", json_of(state.accepted_at)},
            {"close_reason", state.close_reason},
            {"assignee", state.assignee},
            {"case_id", state.case_id},
            {"merged_into", state.merged_into},
            {"snoozed_until", json_of(state.snoozed_until)},
            {"labels", state.labels},
            {"priority", state.priority},
            {"baseline",
             {{"events", state.baseline.events},
              {"events_per_hour", state.baseline.events_per_hour},
              {"at", json_of(state.baseline.at)}}}};
}

base::Status take_time(const Json& field, base::Time& into)
{
    into = {};
    if (!field.is_null()) {
        TRY(into, base::parse_rfc3339(field.get<std::string>()));
    }
    return {};
}

base::Status take_baseline(const Json& field, model::Baseline& into)
{
    into.events = field.at("events").get<std::uint64_t>();
    into.events_per_hour = field.at("events_per_hour").get<std::uint64_t>();
    return take_time(field.at("at"), into.at);
}

base::Status take(const std::string& name, const Json& field, AlertState& state)
{
    if (name == "status") {
        TRY(state.status, model::parse_alert_status(field.get<std::string>()));
    } else if (name == "since") {
        return take_time(field, state.since);
    } else if (name == "accepted_at") {
        return take_time(field, state.accepted_at);
    } else if (name == "close_reason") {
        state.close_reason = field.get<std::string>();
    } else if (name == "assignee") {
        state.assignee = field.get<std::string>();
    } else if (name == "case_id") {
        state.case_id = field.get<std::string>();
    } else if (name == "merged_into") {
        state.merged_into = field.get<std::uint64_t>();
    } else if (name == "snoozed_until") {
        return take_time(field, state.snoozed_until);
    } else if (name == "labels") {
        state.labels = field.get<std::vector<std::string>>();
    } else if (name == "priority") {
        state.priority = field.get<int>();
    } else if (name == "baseline") {
        return take_baseline(field, state.baseline);
    } else {
        return base::corrupt("an alert's state has no field " + name);
    }
    return {};
}

} // namespace

StateDifference difference(const AlertState& before, const AlertState& after)
{
    const Json whole = json_of(before);
    const Json next = json_of(after);
    Json was = Json::object();
    Json is = Json::object();
    for (const auto& [name, value] : whole.items()) {
        if (value != next.at(name)) {
            was[name] = value;
            is[name] = next.at(name);
        }
    }
    return {.before = was.dump(), .after = is.dump()};
}

base::Result<AlertState> with_fields(AlertState state, std::string_view fields_json)
{
    try {
        const Json fields = Json::parse(fields_json);
        for (const auto& [name, field] : fields.items()) {
            TRY_STATUS(take(name, field, state));
        }
    } catch (const Json::exception& broken) {
        return base::corrupt(std::string("the state of an alert in its record: ") + broken.what());
    }
    return state;
}

} // namespace tanggap::triage
