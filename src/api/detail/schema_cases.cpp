#include "api/detail/schema_parts.h"

namespace tanggap::api {
namespace {

Json whole()
{
    return {{"type", "integer"}};
}
Json stage()
{
    return words({"triage", "confirmed", "containment", "eradication", "recovery", "verification",
                  "reporting", "closed", "waiting", "transferred", "not_incident", "duplicate"});
}
Json tlp()
{
    return words({"clear", "green", "amber", "amber+strict", "red"});
}
Json role()
{
    return words({"duty_officer", "analyst", "lead", "liaison", "contact"});
}
Json task_state()
{
    return words({"open", "doing", "done", "dropped"});
}
Json entry_kind()
{
    return words({"fact", "action", "decision"});
}

Fields row_fields()
{
    return {{"id", text()},
            {"number", text()},
            {"title", text()},
            {"stage", stage()},
            {"incident", truth()},
            {"priority", or_null(text())},
            {"owner", or_null(text())},
            {"team", text()},
            {"organisation", text()},
            {"tlp", tlp()},
            {"classes", list_of(text())},
            {"labels", list_of(text())},
            {"opened_at", moment()},
            {"updated_at", moment()},
            {"ended_at", or_null(moment())},
            {"tasks", count()},
            {"tasks_open", count()},
            {"alerts", count()},
            {"evidence", count()},
            {"observables", count()},
            {"notes", count()},
            {"entries", count()},
            {"clock", {{"anyOf", Json::array({ref("Clock"), {{"type", "null"}}})}}}};
}

void add_parts(Json& all)
{
    all["Both"] = object({{"id", text()}, {"en", text()}});
    all["Clock"] =
        object({{"rule", text()},
                {"title", both()},
                {"kind", words({"service", "statutory"})},
                {"state",
                 words({"running", "paused", "breached", "met", "met_late", "stopped", "waived"})},
                {"working_time", truth()},
                {"started_at", moment()},
                {"due_at", or_null(moment())},
                {"met_at", or_null(moment())},
                {"remaining_seconds", whole()},
                {"limit_seconds", count()},
                {"guessed", truth()}});
    all["Assessment"] = object({{"impact", count()},
                                {"urgency", count()},
                                {"vital_system?", truth()},
                                {"personal_data?", truth()},
                                {"public_service_down?", truth()},
                                {"attacker_inside?", truth()}});
    all["Milestone"] = object({{"name", text()},
                               {"title", both()},
                               {"required", truth()},
                               {"at", or_null(moment())},
                               {"by_person", truth()},
                               {"not_applicable", truth()},
                               {"note", text()}});
    all["Duty"] = object({{"clock", ref("Clock")},
                          {"addressee", both()},
                          {"content", list_of(both())},
                          {"instrument", text()},
                          {"article", text()},
                          {"checked", truth()},
                          {"proof", text()},
                          {"by", text()}});
    all["Casework"] = object(
        {{"classes", list_of(object({{"id", text()}, {"group", both()}, {"title", both()}}))},
         {"playbooks", list_of(object({{"id", text()},
                                       {"version", count()},
                                       {"title", both()},
                                       {"when", both()},
                                       {"classes", list_of(text())},
                                       {"techniques", list_of(text())},
                                       {"overriding", truth()},
                                       {"tasks", list_of(object({{"title", both()},
                                                                 {"stage", stage()},
                                                                 {"role", role()},
                                                                 {"mandatory", truth()}}))}}))},
         {"calendar", or_null(text())},
         {"zone", or_null(text())},
         {"holidays_until", or_null(count())}});
}

void add_case(Json& all)
{
    all["CaseRow"] = object(row_fields());
    all["CasePage"] = page_of("CaseRow");
    all["Case"] = object(
        row_fields() +
        Fields{
            {"summary", text()},
            {"cause", text()},
            {"impact", text()},
            {"measures", text()},
            {"lessons", text()},
            {"resolution", text()},
            {"contact", text()},
            {"stage_reason", text()},
            {"waiting_for", text()},
            {"transferred_to", text()},
            {"priority_reason", text()},
            {"members", list_of(or_null(text()))},
            {"duplicate_of", text()},
            {"assessment", ref("Assessment")},
            {"priority_set", truth()},
            {"priority_reasons", list_of(object({{"code", text()}, {"text", both()}}))},
            {"resume", stage()},
            {"next_stages", list_of(object({{"stage", stage()}, {"needs", list_of(text())}}))},
            {"milestones", list_of(ref("Milestone"))},
            {"clocks", list_of(ref("Clock"))},
            {"duties", list_of(ref("Duty"))},
            {"missing", list_of(object({{"code", text()}, {"subject", text()}, {"text", both()}}))},
            {"doubts", list_of(both())},
            {"version", count()},
            {"updated_by", text()}});
    all["NewCase"] = object({{"title?", text()},
                             {"alerts?", list_of(text())},
                             {"classes?", list_of(text())},
                             {"assessment?", ref("Assessment")},
                             {"organisation?", text()},
                             {"contact?", text()},
                             {"summary?", text()},
                             {"team?", text()},
                             {"tlp?", tlp()},
                             {"incident?", truth()},
                             {"playbook?", text()},
                             {"owner?", or_null(text())}});
    all["CaseEdit"] = object({{"title?", text()},
                              {"owner?", or_null(text())},
                              {"team?", text()},
                              {"organisation?", text()},
                              {"contact?", text()},
                              {"tlp?", tlp()},
                              {"classes?", list_of(text())},
                              {"labels?", list_of(text())},
                              {"members?", list_of(text())},
                              {"summary?", text()},
                              {"cause?", text()},
                              {"impact?", text()},
                              {"measures?", text()},
                              {"lessons?", text()},
                              {"resolution?", text()},
                              {"assessment?", ref("Assessment")},
                              {"priority?", or_null(text())},
                              {"priority_reason?", text()},
                              {"reason?", text()}});
    all["StageMove"] = object({{"to", stage()},
                               {"reason?", text()},
                               {"waiting_for?", text()},
                               {"transferred_to?", text()},
                               {"duplicate_of?", text()},
                               {"declare_incident?", truth()}});
    all["IncidentDeclared"] = object({{"incident", truth()}, {"reason?", text()}});
    all["MilestoneSet"] = object({{"milestone", text()},
                                  {"at?", or_null(moment())},
                                  {"not_applicable?", truth()},
                                  {"note?", text()}});
    all["DutyDone"] = object({{"rule", text()},
                              {"state", words({"done", "waived", "open"})},
                              {"at?", or_null(moment())},
                              {"proof?", text()}});
    all["AlertNumbers"] = object({{"alerts", list_of(text())}});
    all["CaseAlerts"] = object({{"items", list_of(ref("CaseAlert"))}});
    all["CaseAlert"] = object({{"number", text()},
                               {"title", text()},
                               {"title_id", text()},
                               {"severity", text()},
                               {"source", text()},
                               {"target", text()},
                               {"technique", text()},
                               {"events", count()},
                               {"first_seen", moment()},
                               {"last_seen", moment()}});
    all["PlaybookChoice"] = object({{"playbook", text()}});
}

void add_items(Json& all)
{
    all["Task"] = object({{"id", text()},
                          {"title", both()},
                          {"why", both()},
                          {"stage", stage()},
                          {"role", role()},
                          {"owner", or_null(text())},
                          {"state", task_state()},
                          {"mandatory", truth()},
                          {"due_at", or_null(moment())},
                          {"steps", list_of(object({{"text", both()}, {"ticked", truth()}}))},
                          {"playbook", text()},
                          {"outcome", text()},
                          {"created_at", moment()},
                          {"done_at", or_null(moment())},
                          {"done_by", text()},
                          {"version", count()}});
    all["Tasks"] = object({{"items", list_of(ref("Task"))}});
    all["TaskEdit"] = object({{"title?", text()},
                              {"why?", text()},
                              {"stage?", stage()},
                              {"role?", role()},
                              {"owner?", or_null(text())},
                              {"state?", task_state()},
                              {"mandatory?", truth()},
                              {"due_at?", or_null(moment())},
                              {"ticked?", list_of(truth())},
                              {"outcome?", text()}});
    all["Entry"] = object({{"id", text()},
                           {"kind", entry_kind()},
                           {"text", text()},
                           {"at", moment()},
                           {"starred", truth()},
                           {"removed", truth()},
                           {"by", text()},
                           {"created_at", moment()},
                           {"version", count()}});
    all["EntryEdit"] = object({{"kind?", entry_kind()},
                               {"text?", text()},
                               {"at?", or_null(moment())},
                               {"starred?", truth()},
                               {"removed?", truth()}});
    all["CaseActivity"] = object({{"id", text()},
                                  {"command", text()},
                                  {"action", text()},
                                  {"object", object({{"kind", text()}, {"id", text()}})},
                                  {"actor", text()},
                                  {"by_program", truth()},
                                  {"reason", text()},
                                  {"before", Json::object()},
                                  {"after", Json::object()},
                                  {"reversible", truth()},
                                  {"undone", truth()}});
    const Json entry_or_null{{"anyOf", Json::array({ref("Entry"), {{"type", "null"}}})}};
    const Json activity_or_null{{"anyOf", Json::array({ref("CaseActivity"), {{"type", "null"}}})}};
    all["TimelineLine"] =
        object({{"at", moment()}, {"entry", entry_or_null}, {"activity", activity_or_null}});
    all["TimelinePage"] = page_of("TimelineLine");
    all["SeenObservable"] = object({{"id", text()},
                                    {"type", text()},
                                    {"value", text()},
                                    {"shown", text()},
                                    {"note", text()},
                                    {"indicator", truth()},
                                    {"by", text()},
                                    {"created_at", moment()},
                                    {"other_cases", count()},
                                    {"version", count()}});
    all["SeenObservables"] = object({{"items", list_of(ref("SeenObservable"))}});
    all["NewObservables"] = object(
        {{"text?", text()},
         {"items?", list_of(object({{"type", text()}, {"value", text()}, {"note?", text()}}))}});
    all["Added"] = object({{"added", count()}});
    all["ObservableEdit"] =
        object({{"note?", text()}, {"indicator?", truth()}, {"removed?", truth()}});
    all["TextToRead"] = object({{"text", text()}});
    all["FoundObservables"] = object(
        {{"items",
          list_of(object(
              {{"type", text()}, {"value", text()}, {"shown", text()}, {"times", count()}}))}});
    all["Note"] = object({{"id", text()},
                          {"title", text()},
                          {"text", text()},
                          {"removed", truth()},
                          {"by", text()},
                          {"created_at", moment()},
                          {"updated_at", moment()},
                          {"version", count()}});
    all["Notes"] = object({{"items", list_of(ref("Note"))}});
    all["NoteEdit"] = object({{"title?", text()}, {"text?", text()}, {"removed?", truth()}});
    all["NoteVersions"] = object({{"base", text()}, {"ours", text()}});
    all["NoteMerge"] = object(
        {{"chunks", list_of(object({{"by", words({"nobody", "ours", "theirs", "both", "clash"})},
                                    {"base", text()},
                                    {"ours", text()},
                                    {"theirs", text()}}))},
         {"clashes", truth()},
         {"merged", text()},
         {"theirs", ref("Note")}});
}

void add_evidence(Json& all)
{
    all["Evidence"] = object({{"id", text()},
                              {"number", text()},
                              {"name", text()},
                              {"kind", text()},
                              {"description", text()},
                              {"source", text()},
                              {"method", text()},
                              {"acquired_at", or_null(moment())},
                              {"size", count()},
                              {"sha256", text()},
                              {"by", text()},
                              {"created_at", moment()}});
    all["EvidenceList"] = object({{"items", list_of(ref("Evidence"))}});
    all["NewEvidence"] = object({{"upload", text()},
                                 {"sha256?", text()},
                                 {"name", text()},
                                 {"kind?", text()},
                                 {"description?", text()},
                                 {"source?", text()},
                                 {"method?", text()},
                                 {"acquired_at?", or_null(moment())}});
    all["Upload"] = object({{"upload", text()}, {"piece_bytes", count()}});
    all["UploadSize"] = object({{"size", count()}});
    all["CopyReason"] = object({{"reason", text()}});
    all["Copy"] = object({{"copy", text()}});
    all["EvidenceWhole"] = object({{"whole", truth()}});
    all["Custody"] =
        object({{"items", list_of(object({{"at", moment()}, {"activity", ref("CaseActivity")}}))}});
}

} // namespace

void add_cases(Json& all)
{
    add_parts(all);
    add_case(all);
    add_items(all);
    add_evidence(all);
}

} // namespace tanggap::api
