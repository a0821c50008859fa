// Rules, what people set of them, their exceptions.
#include "api/detail/schema_parts.h"

namespace tanggap::api {

namespace {

Json level_word()
{
    return words({"informational", "low", "medium", "high", "critical"});
}

Fields rule_row_fields()
{
    return {{"id", text()},
            {"title", text()},
            {"title_id", text()},
            {"level", level_word()},
            {"status", text()},
            {"author", text()},
            {"license", text()},
            {"techniques", list_of(text())},
            {"correlation", truth()},
            {"overriding", truth()},
            {"enabled", truth()},
            {"exceptions", count()},
            {"counts", object({{"detections", count()}, {"excepted", count()}})},
            {"set", object({{"level", or_null(text())},
                            {"owner", text()},
                            {"reason", text()},
                            {"by", text()},
                            {"at", or_null(moment())}})}};
}

void add_exceptions(Json& all)
{
    all["RuleExceptionCondition"] =
        object({{"field", text()},
                {"test", words({"is", "starts_with", "ends_with", "contains", "in_network"})},
                {"value", text()}});
    all["RuleException"] = object({{"id", text()},
                                   {"rule", text()},
                                   {"conditions", list_of(ref("RuleExceptionCondition"))},
                                   {"owner", text()},
                                   {"reason", text()},
                                   {"by", text()},
                                   {"at", moment()},
                                   {"expires_at", moment()}});
    all["RuleExceptionPage"] = page_of("RuleException");
    all["RuleExceptionWish"] = object({{"conditions", list_of(ref("RuleExceptionCondition"))},
                                       {"owner", text()},
                                       {"reason", text()},
                                       {"expires_at", moment()}});
    all["RuleExceptionTrial"] =
        object({{"conditions", list_of(ref("RuleExceptionCondition"))}, {"days?", count()}});
    all["RuleExceptionPreview"] = object(
        {{"from", moment()},
         {"to", moment()},
         {"detections", count()},
         {"hidden", count()},
         {"complete", truth()},
         {"days", list_of(object({{"day", text()}, {"detections", count()}, {"hidden", count()}}))},
         {"groups", list_of(object({{"source", text()}, {"target", text()}, {"hidden", count()}}))},
         {"alerts", count()},
         {"real_alerts", list_of(text())},
         {"samples", list_of(ref("Document"))}});
}

void add_texts(Json& all)
{
    const Json lines = list_of(object({{"field", text()},
                                       {"modifiers", list_of(text())},
                                       {"values", list_of(text())},
                                       {"more", count()}}));
    const Json counting = or_null(object({{"type", text()},
                                          {"rules", list_of(text())},
                                          {"group_by", list_of(text())},
                                          {"timespan", text()},
                                          {"condition", text()}}));
    all["RuleWords"] =
        object({{"logsource", text()},
                {"condition", text()},
                {"selections", list_of(object({{"name", text()}, {"any_of", list_of(lines)}}))},
                {"counting", counting}});
    all["RuleText"] = object({{"id", text()},
                              {"file", text()},
                              {"yaml", text()},
                              {"own", truth()},
                              {"version", count()},
                              {"words", ref("RuleWords")}});
    all["RuleTextWish"] = object({{"yaml", text()}, {"reason", text()}});
    all["RuleTextCheck"] = object({{"yaml", text()}});
    all["RuleTextChecked"] =
        object({{"problems", list_of(object({{"severity", words({"error", "warning"})},
                                             {"line", count()},
                                             {"column", count()},
                                             {"message", text()},
                                             {"hint", text()}}))},
                {"rules", list_of(object({{"id", text()},
                                          {"title", text()},
                                          {"level", level_word()},
                                          {"correlation", truth()}}))}});
}

void add_hunts(Json& all)
{
    const Fields row{{"id", text()},
                     {"subject", text()},
                     {"title", text()},
                     {"title_id", text()},
                     {"state", words({"waiting", "running", "done", "cancelled", "failed"})},
                     {"error", text()},
                     {"from", moment()},
                     {"to", moment()},
                     {"events", count()},
                     {"total", count()},
                     {"detections", count()},
                     {"detected_events", count()},
                     {"known", count()},
                     {"alerts", count()},
                     {"alerts_cut", truth()},
                     {"started_by", text()},
                     {"started_at", moment()},
                     {"ended_at", or_null(moment())}};
    const Json days =
        list_of(object({{"day", text()}, {"detections", count()}, {"alerts", count()}}));
    const Json largest = list_of(object({{"source", text()},
                                         {"technique", text()},
                                         {"target", text()},
                                         {"severity", level_word()},
                                         {"first_seen", moment()},
                                         {"last_seen", moment()},
                                         {"events", count()},
                                         {"days_ago", count()}}));
    all["HuntRow"] = object(row);
    all["HuntPage"] = page_of("HuntRow");
    all["Hunt"] = object(
        row + Fields{{"days", days}, {"largest", largest}, {"samples", list_of(ref("Document"))}});
    all["HuntWish"] = object({{"rule?", text()},
                              {"yaml?", text()},
                              {"list?", text()},
                              {"from", moment()},
                              {"to?", moment()}});
}

} // namespace

void add_rules(Json& all)
{
    all["RuleRow"] = object(rule_row_fields());
    all["RulePage"] = page_of("RuleRow");
    all["Rule"] = object(rule_row_fields() + Fields{{"version", count()},
                                                    {"description", text()},
                                                    {"description_id", text()},
                                                    {"references", list_of(text())},
                                                    {"false_positives", list_of(text())},
                                                    {"tags", list_of(text())},
                                                    {"confidence", number()}});
    all["RuleSetting"] = object({{"enabled", truth()},
                                 {"level?", or_null(text())},
                                 {"owner?", text()},
                                 {"reason", text()}});
    add_exceptions(all);
    add_texts(all);
    add_hunts(all);
}

} // namespace tanggap::api
