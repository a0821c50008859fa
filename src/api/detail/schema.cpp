#include "api/detail/schema.h"

#include "api/detail/schema_parts.h"
#include "base/text.h"

namespace tanggap::api {
namespace {

Json level()
{
    return words({"informational", "low", "medium", "high", "critical"});
}

Fields alert_row_fields()
{
    return Fields{{"id", text()},
                  {"number", text()},
                  {"title", text()},
                  {"title_id", text()},
                  {"severity", level()},
                  {"priority", count()},
                  {"source", text()},
                  {"source_country", text()},
                  {"technique", text()},
                  {"target", text()},
                  {"asset_name", text()},
                  {"organisation", text()},
                  {"first_seen", moment()},
                  {"last_seen", moment()},
                  {"events", count()},
                  {"detections", count()},
                  {"outcome", words({"succeeded", "unknown", "failed", "blocked"})},
                  {"recurs_of", or_null(text())},
                  {"sensor", text()}} +
           standing_fields();
}

void add_alerts(Json& all)
{
    all["AlertRow"] = object(alert_row_fields());
    all["AlertPage"] = page_of("AlertRow");
    all["Alert"] =
        object(alert_row_fields() + Fields{{"outcomes", object({{"succeeded", count()},
                                                                {"unknown", count()},
                                                                {"failed", count()},
                                                                {"blocked", count()}})},
                                           {"rules", list_of(object({{"id", text()},
                                                                     {"title", text()},
                                                                     {"title_id", text()},
                                                                     {"level", level()},
                                                                     {"detections", count()}}))},
                                           {"summary", text()},
                                           {"asset", or_null(object({{"id", text()},
                                                                     {"name", text()},
                                                                     {"value", count()},
                                                                     {"organisation", text()}}))}});
    all["AlertWhy"] = object(
        {{"priority", count()},
         {"factors", list_of(object({{"name", text()}, {"value", text()}, {"factor", number()}}))},
         {"sentence", object({{"id", text()}, {"en", text()}})},
         {"rules", list_of(ref("RuleExplained"))},
         {"reasons", list_of(object({{"selection", text()},
                                     {"field", text()},
                                     {"event_field", text()},
                                     {"value", text()},
                                     {"pattern", text()}}))},
         {"grouping", object({{"source", text()},
                              {"technique", text()},
                              {"target", text()},
                              {"gap_minutes", count()},
                              {"span_hours", count()}})}});
    all["RuleExplained"] = object({{"id", text()},
                                   {"title", text()},
                                   {"title_id", text()},
                                   {"description", text()},
                                   {"description_id", text()},
                                   {"level", level()},
                                   {"author", text()},
                                   {"license", text()},
                                   {"references", list_of(text())},
                                   {"false_positives", list_of(text())},
                                   {"techniques", list_of(text())}});
    const Json values = list_of(object({{"value", text()}, {"count", count()}}));
    const Json facet_values = list_of(
        object({{"value", text()}, {"count", count()}, {"title?", text()}, {"title_id?", text()}}));
    all["Facets"] = object({{"fields", map_of(facet_values)}});
    all["TopValues"] = object({{"field", text()}, {"values", values}});
}

void add_events(Json& all)
{
    all["Event"] = {{"type", "object"},
                    {"description", "one event, nested ECS fields"},
                    {"additionalProperties", true}};
    all["EventPage"] = page_of("Event");
    all["EventPage"]["properties"]["searched"] = object({{"events", count()},
                                                         {"of", count()},
                                                         {"down_to", moment()},
                                                         {"complete", truth()},
                                                         {"elapsed_ms", count()}});
    all["EventPage"]["required"].push_back("searched");
    all["Histogram"] = object({{"from", moment()},
                               {"bucket_seconds", count()},
                               {"counts", list_of(count())},
                               {"detected", list_of(count())}});
    all["QueryText"] = object(
        {{"q", text()}, {"scope", words({"triage", "alerts", "cases", "events", "reports"})}});
    all["QueryParsed"] = object(
        {{"canonical", text()},
         {"errors",
          list_of(object(
              {{"begin", count()}, {"end", count()}, {"message", text()}, {"hint", text()}}))}});
}

void add_accounts(Json& all)
{
    all["User"] = object({{"id", text()}, {"name", text()}, {"roles", list_of(text())}});
    all["SetupState"] = object({{"needed", truth()}, {"demo", truth()}});
    all["SetupRequest"] = object(
        {{"token", text()}, {"name", text()}, {"password", text()}, {"api_key_name?", text()}});
    all["SetupResult"] = object({{"user", ref("User")},
                                 {"totp", object({{"secret", text()}, {"uri", text()}})},
                                 {"recovery_codes", list_of(text())},
                                 {"api_key?", text()}});
    all["SignInRequest"] = object({{"name", text()}, {"password", text()}, {"code", text()}});
    all["SignedIn"] = object({{"user", ref("User")}, {"csrf", text()}});
    all["SessionState"] = object({{"user", ref("User")},
                                  {"scopes", list_of(text())},
                                  {"version", text()},
                                  {"csrf", text()}});
}

void add_intake(Json& all)
{
    all["Ledger"] = object({{"received", count()},
                            {"stored", count()},
                            {"duplicate", count()},
                            {"rejected", map_of(count())},
                            {"quarantined", count()},
                            {"in_flight", count()},
                            {"lost", map_of(count())},
                            {"lost_before_receipt", count()},
                            {"balances", truth()}});
    all["IngestResult"] =
        object({{"batch", text()},
                {"received", count()},
                {"duplicate", count()},
                {"rejected", list_of(object({{"line", count()}, {"reason", text()}}))}});
    all["ChosenSource"] = object({{"source", text()}});
    all["Batch"] = object({{"batch", text()},
                           {"state", words({"queued", "processed", "archived"})},
                           {"records", count()},
                           {"stored", count()},
                           {"quarantined", map_of(count())},
                           {"detections", count()},
                           {"alerts", list_of(text())}});
    all["IngestProgress"] =
        object({{"journal_last", count()}, {"processed", count()}, {"archived", count()}});
    const Fields row{
        {"id", text()},         {"sensor", text()},         {"source", text()}, {"origin", text()},
        {"received", moment()}, {"reason", text()},         {"detail", text()}, {"length", count()},
        {"preview", text()},    {"sha256", or_null(text())}};
    all["QuarantineRow"] = object(row);
    all["QuarantinePage"] = page_of("QuarantineRow");
    all["QuarantineEntry"] = object(row + Fields{{"bytes_base64", text()}});
    all["RerunRequest"] =
        object({{"ids?", list_of(text())}, {"sensor?", text()}, {"reason?", text()}});
    all["RerunResult"] = object({{"requeued", count()}});
    const Fields sensor{{"name", text()},
                        {"title", text()},
                        {"source", text()},
                        {"timezone", text()},
                        {"zone", text()},
                        {"owner", text()},
                        {"rate_max", count()},
                        {"silent_after_seconds", count()},
                        {"records", count()},
                        {"quarantined", count()},
                        {"first_seen", or_null(moment())},
                        {"last_seen", or_null(moment())},
                        {"health", words({"ok", "silent", "new"})}};
    all["Sensor"] = object(sensor);
    all["SensorKept"] = object(sensor + Fields{{"version", count()}});
    all["SensorSettings"] = object({{"title?", text()},
                                    {"source?", text()},
                                    {"timezone?", text()},
                                    {"zone?", text()},
                                    {"owner?", text()},
                                    {"rate_max?", count()},
                                    {"silent_after_seconds?", count()},
                                    {"reason?", text()}});
    all["SensorPage"] = page_of("Sensor");
}

void add_admin(Json& all)
{
    all["System"] =
        object({{"version", text()},
                {"started_at", moment()},
                {"disk", object({{"free", count()}, {"total", count()}, {"reserve", count()}})},
                {"memory", count()},
                {"journal", object({{"bytes", count()},
                                    {"entries_waiting", count()},
                                    {"entries_unarchived", count()},
                                    {"ranges_set_aside", count()}})},
                {"quarantine", object({{"bytes", count()}, {"forgotten", count()}})},
                {"engine", object({{"up", truth()},
                                   {"reason", text()},
                                   {"starts", count()},
                                   {"memory", count()},
                                   {"version", text()},
                                   {"events", count()},
                                   {"bytes", count()},
                                   {"oldest", or_null(moment())},
                                   {"newest", or_null(moment())}})},
                {"retention_seconds", count()},
                {"content", object({{"rules", count()},
                                    {"sources", count()},
                                    {"indicators", count()},
                                    {"playbooks", count()},
                                    {"clocks", count()}})},
                {"inputs", list_of(object({{"name", text()},
                                           {"bytes", count()},
                                           {"records", count()},
                                           {"lost", count()},
                                           {"lag_bytes", count()},
                                           {"problem", text()}}))},
                {"ledger", ref("Ledger")},
                {"problems", list_of(text())}});
    all["Source"] = object({{"id", text()},
                            {"title", text()},
                            {"title_id", text()},
                            {"dataset", text()},
                            {"format", text()},
                            {"overriding", truth()}});
    all["SourcePage"] = page_of("Source");
    all["TryRequest"] = object({{"text", text()}, {"source?", text()}, {"timezone?", text()}});
    all["TryResult"] = object(
        {{"source", text()},
         {"records", list_of(object({{"event", Json{{"type", Json::array({"object", "null"})}}},
                                     {"reason", text()},
                                     {"detail", text()}}))}});
}

void add_indicators(Json& all)
{
    all["IndicatorList"] = object({{"name", text()}, {"bytes", count()}, {"changed_at", moment()}});
    all["IndicatorPage"] = page_of("IndicatorList");
    all["IndicatorImport"] = object({{"list", text()},
                                     {"format", words({"list", "csv", "misp", "stix"})},
                                     {"indicators", count()},
                                     {"refused", count()},
                                     {"left_out", count()},
                                     {"problems", list_of(text())},
                                     {"dry_run", truth()}});
}

void add_system(Json& all)
{
    all["Health"] = object({{"status", text()}});
    all["Ready"] = object({{"status", text()}, {"reasons", list_of(text())}});
    all["Document"] = {{"type", "object"}, {"additionalProperties", true}};
    all["Overview"] = object(
        {{"ladder", object({{"records", count()},
                            {"events", count()},
                            {"detections", count()},
                            {"detected_events", count()},
                            {"alerts", count()},
                            {"incidents", or_null(count())}})},
         {"ledger", ref("Ledger")},
         {"alerts_open", object({{"critical", count()},
                                 {"high", count()},
                                 {"medium", count()},
                                 {"low", count()},
                                 {"informational", count()}})},
         {"top_alerts", list_of(ref("AlertRow"))},
         {"sensors", object({{"total", count()}, {"silent", count()}})},
         {"engine", object({{"available", truth()}, {"reason", text()}, {"version", text()}})},
         {"archive", object({{"events", count()},
                             {"bytes", count()},
                             {"oldest", or_null(moment())},
                             {"newest", or_null(moment())},
                             {"kept_seconds", count()},
                             {"dropped_days", count()},
                             {"dropped_events", count()},
                             {"problem", text()}})},
         {"geo", object({{"built_at", or_null(moment())}})},
         {"demo", truth()}});
    all["Problem"] = object(
        {{"type", text()},
         {"title", text()},
         {"status", count()},
         {"detail", text()},
         {"instance", text()},
         {"errors", list_of(object({{"pointer", text()}, {"code", text()}, {"detail", text()}}))},
         {"current?", object({{"etag", text()}, {"item", ref("Document")}})}});
}

Json make_schemas()
{
    Json all = Json::object();
    add_alerts(all);
    add_triage(all);
    add_events(all);
    add_accounts(all);
    add_admin(all);
    add_office(all);
    add_indicators(all);
    add_intake(all);
    add_system(all);
    add_rules(all);
    add_activity(all);
    add_people(all);
    add_cases(all);
    add_figures(all);
    add_reports(all);
    add_profile(all);
    return all;
}

class Validator {
public:
    explicit Validator(std::vector<FieldError>& errors) : errors_(errors) {}

    // Depth is bounded by our own schemas.
    void check(const Json& schema, const Json& value, const std::string& pointer)
    {
        if (schema.contains("$ref")) {
            const auto name = schema.at("$ref").get<std::string>();
            return check(schemas().at(name.substr(name.rfind('/') + 1)), value, pointer);
        }
        if (schema.contains("anyOf")) {
            return check_any(schema.at("anyOf"), value, pointer);
        }
        if (!schema.contains("type")) {
            return; // anything
        }
        if (!is_type(schema.at("type"), value)) {
            return add(pointer, "type", "must be " + schema.at("type").dump());
        }
        if (schema.contains("enum")) {
            const auto& allowed = schema.at("enum");
            if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
                return add(pointer, "value", "must be one of " + allowed.dump());
            }
        }
        if (value.is_number() && schema.contains("minimum") &&
            value.get<double>() < schema.at("minimum").get<double>()) {
            return add(pointer, "value", "is too small");
        }
        if (value.is_object()) {
            check_object(schema, value, pointer);
        }
        if (value.is_array()) {
            for (std::size_t i = 0; i < value.size(); ++i) {
                check(schema.at("items"), value[i], pointer + "/" + std::to_string(i));
            }
        }
    }

private:
    void add(const std::string& pointer, std::string code, std::string detail)
    {
        errors_.push_back({pointer, std::move(code), std::move(detail)});
    }

    void check_any(const Json& choices, const Json& value, const std::string& pointer)
    {
        const bool fits = std::any_of(choices.begin(), choices.end(), [&](const Json& choice) {
            std::vector<FieldError> wrong;
            Validator(wrong).check(choice, value, pointer);
            return wrong.empty();
        });
        if (!fits) {
            add(pointer, "type", "is none of what it may be");
        }
    }

    static bool is_type(const Json& type, const Json& value)
    {
        if (type.is_array()) {
            return std::any_of(type.begin(), type.end(),
                               [&](const Json& one) { return is_type(one, value); });
        }
        return (type == "string" && value.is_string()) || (type == "object" && value.is_object()) ||
               (type == "integer" && value.is_number_integer()) ||
               (type == "array" && value.is_array()) || (type == "number" && value.is_number()) ||
               (type == "boolean" && value.is_boolean()) || (type == "null" && value.is_null());
    }

    void check_object(const Json& schema, const Json& value, const std::string& pointer)
    {
        const Json none = Json::object();
        const Json& properties = schema.contains("properties") ? schema.at("properties") : none;
        for (const auto& [name, field] : value.items()) {
            const std::string place = pointer + "/" + name;
            if (properties.contains(name)) {
                check(properties.at(name), field, place);
            } else if (schema.at("additionalProperties").is_object()) {
                check(schema.at("additionalProperties"), field, place);
            } else if (schema.at("additionalProperties") == false) {
                add(place, "unknown", "there is no such field");
            }
        }
        for (const Json& name : schema.value("required", Json::array())) {
            if (!value.contains(name.get<std::string>())) {
                add(pointer + "/" + name.get<std::string>(), "missing", "is required");
            }
        }
    }

    std::vector<FieldError>& errors_;
};

} // namespace

const Json& schemas()
{
    static const Json all = make_schemas();
    return all;
}

void validate(std::string_view name, const Json& value, std::vector<FieldError>& errors)
{
    Validator(errors).check(schemas().at(std::string(name)), value, "");
}

} // namespace tanggap::api
