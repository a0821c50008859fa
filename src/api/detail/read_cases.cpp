#include "api/detail/read_cases.h"

namespace tanggap::api {
namespace {

std::optional<std::string> given_text(const Json& body, const char* name)
{
    const auto found = body.find(name);
    if (found == body.end()) {
        return std::nullopt;
    }
    return found->is_null() ? std::string() : found->get<std::string>();
}

std::optional<std::vector<std::string>> given_texts(const Json& body, const char* name)
{
    const auto found = body.find(name);
    return found == body.end() ? std::nullopt
                               : std::optional(found->get<std::vector<std::string>>());
}

std::optional<bool> given_truth(const Json& body, const char* name)
{
    const auto found = body.find(name);
    return found == body.end() ? std::nullopt : std::optional(found->get<bool>());
}

/// The word under `name` by `parse`; nothing where it is not given.
template <class Parse>
auto given_word(const Json& body, const char* name, Parse parse)
    -> base::Result<std::optional<std::decay_t<decltype(*parse(std::string_view()))>>>
{
    const auto text = given_text(body, name);
    if (!text) {
        return std::nullopt;
    }
    TRY(auto value, parse(*text));
    return std::optional(value);
}

std::optional<casework::Assessment> given_assessment(const Json& body)
{
    const auto found = body.find("assessment");
    if (found == body.end()) {
        return std::nullopt;
    }
    return casework::Assessment{.impact = found->value("impact", 0),
                                .urgency = found->value("urgency", 0),
                                .vital_system = found->value("vital_system", false),
                                .personal_data = found->value("personal_data", false),
                                .public_service_down = found->value("public_service_down", false),
                                .attacker_inside = found->value("attacker_inside", false)};
}

} // namespace

std::string text_of(const Json& body, const char* name)
{
    return given_text(body, name).value_or("");
}

base::Result<std::optional<base::Time>> read_time(const Json& body, const char* name)
{
    const auto text = given_text(body, name);
    if (!text || text->empty()) {
        return std::nullopt;
    }
    auto time = base::parse_rfc3339(*text);
    if (!time) {
        return std::unexpected(std::move(time).error().in(name));
    }
    return std::optional(*time);
}

base::Result<service::NewCase> read_new_case(const Json& body)
{
    service::NewCase wish{
        .title = text_of(body, "title"),
        .alerts = given_texts(body, "alerts").value_or(std::vector<std::string>{}),
        .classes = given_texts(body, "classes").value_or(std::vector<std::string>{}),
        .assessment = given_assessment(body).value_or(casework::Assessment{}),
        .organisation = text_of(body, "organisation"),
        .contact = text_of(body, "contact"),
        .summary = text_of(body, "summary"),
        .team = text_of(body, "team"),
        .incident = given_truth(body, "incident").value_or(false),
        .playbook = text_of(body, "playbook"),
        .owner = given_text(body, "owner")};
    TRY(const auto tlp, given_word(body, "tlp", casework::parse_tlp));
    wish.tlp = tlp.value_or(casework::Tlp::Amber);
    return wish;
}

base::Result<service::CaseEdit> read_case_edit(const Json& body)
{
    service::CaseEdit edit{.title = given_text(body, "title"),
                           .owner = given_text(body, "owner"),
                           .team = given_text(body, "team"),
                           .organisation = given_text(body, "organisation"),
                           .contact = given_text(body, "contact"),
                           .tlp = std::nullopt,
                           .classes = given_texts(body, "classes"),
                           .labels = given_texts(body, "labels"),
                           .members = given_texts(body, "members"),
                           .summary = given_text(body, "summary"),
                           .cause = given_text(body, "cause"),
                           .impact = given_text(body, "impact"),
                           .measures = given_text(body, "measures"),
                           .lessons = given_text(body, "lessons"),
                           .resolution = std::nullopt,
                           .assessment = given_assessment(body),
                           .priority = given_text(body, "priority"),
                           .priority_reason = given_text(body, "priority_reason")};
    TRY(edit.tlp, given_word(body, "tlp", casework::parse_tlp));
    TRY(edit.resolution, given_word(body, "resolution", casework::parse_resolution));
    return edit;
}

base::Result<service::StageMove> read_stage_move(const Json& body)
{
    service::StageMove move{.waiting_for = text_of(body, "waiting_for"),
                            .transferred_to = text_of(body, "transferred_to"),
                            .duplicate_of = text_of(body, "duplicate_of"),
                            .declare_incident =
                                given_truth(body, "declare_incident").value_or(false)};
    TRY(move.to, casework::parse_stage(text_of(body, "to")));
    return move;
}

base::Result<service::TaskEdit> read_task_edit(const Json& body)
{
    service::TaskEdit edit{.title = given_text(body, "title"),
                           .why = given_text(body, "why"),
                           .owner = given_text(body, "owner"),
                           .mandatory = given_truth(body, "mandatory"),
                           .outcome = given_text(body, "outcome")};
    TRY(edit.stage, given_word(body, "stage", casework::parse_stage));
    TRY(edit.role, given_word(body, "role", casework::parse_team_role));
    TRY(edit.state, given_word(body, "state", casework::parse_task_state));
    if (body.contains("due_at")) {
        TRY(edit.due, read_time(body, "due_at"));
    }
    if (const auto ticked = body.find("ticked"); ticked != body.end()) {
        edit.ticked = ticked->get<std::vector<bool>>();
    }
    return edit;
}

base::Result<service::EntryEdit> read_entry_edit(const Json& body)
{
    service::EntryEdit edit{.text = given_text(body, "text"),
                            .starred = given_truth(body, "starred"),
                            .removed = given_truth(body, "removed")};
    TRY(edit.kind, given_word(body, "kind", casework::parse_entry_kind));
    TRY(edit.at, read_time(body, "at"));
    return edit;
}

service::NoteEdit read_note_edit(const Json& body)
{
    return {.title = given_text(body, "title"),
            .text = given_text(body, "text"),
            .removed = given_truth(body, "removed")};
}

} // namespace tanggap::api
