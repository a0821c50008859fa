#include "service/detail/restore.h"

#include <nlohmann/json.hpp>

#include "store/alert_state.h"

namespace tanggap::service {
namespace {

using Json = nlohmann::json;

void take(const Json& fields, const char* name, std::string& into)
{
    if (const auto field = fields.find(name); field != fields.end()) {
        into = field->get<std::string>();
    }
}

base::Status take_fields(const Json& fields, store::AlertState& state)
{
    take(fields, "status", state.status);
    take(fields, "close_reason", state.close_reason);
    take(fields, "assignee", state.assignee);
    take(fields, "case_id", state.case_id);
    if (const auto labels = fields.find("labels"); labels != fields.end()) {
        state.labels = labels->get<std::vector<std::string>>();
    }
    if (const auto until = fields.find("snoozed_until"); until != fields.end()) {
        state.snoozed_until = {};
        if (!until->is_null()) {
            TRY(state.snoozed_until, base::parse_rfc3339(until->get<std::string>()));
        }
    }
    return {};
}

} // namespace

base::Status restore_alert(store::Change& change, const store::ObjectRef& object,
                           std::string_view fields_json)
{
    TRY(const std::uint64_t number, store::find_alert_number(change, object.id));
    TRY(store::AlertState state, store::find_alert_state(change, number));
    try {
        TRY_STATUS(take_fields(Json::parse(fields_json), state));
    } catch (const Json::exception& broken) {
        return base::corrupt(std::string("an activity record of an alert: ") + broken.what());
    }
    return store::put_alert_state(change, number, state);
}

} // namespace tanggap::service
