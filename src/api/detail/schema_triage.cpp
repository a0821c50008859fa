#include "api/detail/schema_parts.h"

namespace tanggap::api {
namespace {

Json total()
{
    return object({{"value", count()}, {"relation", words({"eq", "gte"})}});
}

void add_actions(Json& all)
{
    all["ActionRequest"] =
        object({{"type", words({"alert.accept", "alert.close", "alert.snooze", "alert.archive",
                                "alert.merge", "alert.unmerge", "alert.reopen", "alert.assign",
                                "alert.label", "alert.unlabel", "alert.priority", "alert.attach",
                                "alert.detach"})},
                {"target", object({{"ids?", list_of(text())},
                                   {"scope?", words({"alerts", "triage"})},
                                   {"q?", text()},
                                   {"as_of?", moment()},
                                   {"exclude?", list_of(text())}})},
                {"params?", object({{"reason?", text()},
                                    {"until?", moment()},
                                    {"assignee?", text()},
                                    {"label?", text()},
                                    {"priority?", or_null(count())},
                                    {"into?", text()},
                                    {"case?", text()},
                                    {"title?", text()}})},
                {"reason?", text()},
                {"dry_run?", truth()}});
    all["ActionResult"] = object(
        {{"id", or_null(text())},
         {"type", text()},
         {"state", words({"done", "running", "interrupted"})},
         {"dry_run", truth()},
         {"matched", count()},
         {"changed", count()},
         {"skipped_count", count()},
         {"skipped",
          list_of(object({{"reason", text()}, {"count", count()}, {"ids", list_of(text())}}))},
         {"ids", list_of(text())},
         {"case", or_null(text())},
         {"started_at", moment()},
         {"undo_until", or_null(moment())}});
}

} // namespace

Fields standing_fields()
{
    return {{"status", words({"new", "accepted", "escalating", "regressed", "snoozed", "in_case",
                              "closed", "archived", "merged"})},
            {"since", or_null(moment())},
            {"assignee", or_null(text())},
            {"labels", list_of(text())},
            {"case_id", or_null(text())},
            {"merged_into", or_null(text())},
            {"snoozed_until", or_null(moment())},
            {"close_reason", text()},
            {"priority_set", truth()},
            {"version", count()}};
}

void add_triage(Json& all)
{
    all["TriageRow"] = all.at("AlertRow");
    all["TriageRow"]["properties"]["kind"] = words({"alert", "report"});
    all["TriageRow"]["required"].push_back("kind");
    all["TriageRow"]["properties"]["report"] = or_null(object({{"kind", text()},
                                                               {"status", text()},
                                                               {"channel", text()},
                                                               {"identity", text()},
                                                               {"acknowledged", truth()},
                                                               {"waiting", truth()}}));
    all["TriageRow"]["required"].push_back("report");
    all["TriageGroup"] = object({{"value", text()},
                                 {"title", text()},
                                 {"title_id", text()},
                                 {"q", text()},
                                 {"rows", count()},
                                 {"events", count()},
                                 {"priority", count()},
                                 {"severity", all.at("AlertRow").at("properties").at("severity")},
                                 {"last_seen", moment()}});
    all["TriagePage"] = page_of("TriageRow");
    all["TriagePage"]["properties"]["items"] = {
        {"anyOf", Json::array({list_of(ref("TriageRow")), list_of(ref("TriageGroup"))})}};
    all["TriageHours"] = object({{"from", moment()}, {"alerts", map_of(list_of(count()))}});
    all["TriageNews"] = object({{"count", count()}, {"relation", words({"eq", "gte"})}});
    all["TriageQuestions"] = object({{"queries", map_of(text())}});
    all["TriageCounts"] = object({{"counts", map_of(total())}});
    all["Assignees"] = object({{"items", list_of(object({{"id", text()}, {"name", text()}}))}});
    all["ViewRequest"] =
        object({{"name", text()}, {"q", text()}, {"sort?", text()}, {"shared?", truth()}});
    all["View"] = object({{"id", text()},
                          {"name", text()},
                          {"q", text()},
                          {"sort", text()},
                          {"shared", truth()},
                          {"owner", text()}});
    all["Views"] = object({{"items", list_of(ref("View"))}});
    all["Preferences"] = object({{"values", ref("Document")}});
    all["Precedent"] = all.at("AlertRow");
    for (const char* const more : {"decided_by", "note"}) {
        all["Precedent"]["properties"][more] = text();
        all["Precedent"]["required"].push_back(more);
    }
    all["Precedents"] =
        object({{"items", list_of(ref("Precedent"))},
                {"total", count()},
                {"same", or_null(object({{"reason", text()}, {"count", count()}}))}});
    all["HistoryRow"] = object({{"id", text()},
                                {"action", text()},
                                {"at", moment()},
                                {"actor", text()},
                                {"reason", text()},
                                {"before", ref("Document")},
                                {"after", ref("Document")},
                                {"command", text()},
                                {"undone", truth()},
                                {"undoable", truth()}});
    all["History"] = object({{"items", list_of(ref("HistoryRow"))}, {"next", or_null(text())}});
    add_actions(all);
}

} // namespace tanggap::api
