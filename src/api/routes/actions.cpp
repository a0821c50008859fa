// What people do, to one or to many, and taking it back.
#include "api/detail/render.h"
#include "api/detail/render_people.h"
#include "api/detail/route.h"
#include "service/acts.h"
#include "service/undo.h"

namespace tanggap::api {
namespace {

Answer post_undo(Call& call)
{
    TRY(const service::Undone undone,
        call.shared.acts.undo(call.principal, call.command(call.body.value("reason", "")),
                              call.path.at("id")));
    Json objects = Json::array();
    for (const store::ObjectRef& object : undone.objects) {
        objects.push_back(object_json(object));
    }
    Json conflicts = Json::array();
    for (const service::UndoConflict& conflict : undone.conflicts) {
        conflicts.push_back(
            {{"object", object_json(conflict.object)}, {"detail", conflict.detail}});
    }
    return reply_json({{"command", undone.command.empty() ? Json() : Json(undone.command)},
                       {"objects", std::move(objects)},
                       {"conflicts", std::move(conflicts)}});
}

Json outcome_json(const service::ActionOutcome& outcome)
{
    Json skipped = Json::array();
    for (const service::Skipped& each : outcome.skipped) {
        skipped.push_back({{"reason", each.reason}, {"count", each.count}, {"ids", each.ids}});
    }
    const bool undoable = !outcome.id.empty() && !outcome.dry_run;
    return {{"id", outcome.id.empty() ? Json() : Json(outcome.id)},
            {"type", outcome.type},
            {"state", service::name_of(outcome.state)},
            {"dry_run", outcome.dry_run},
            {"matched", outcome.matched},
            {"changed", outcome.changed},
            {"skipped_count", outcome.skipped_count},
            {"skipped", std::move(skipped)},
            {"ids", outcome.ids},
            {"case", outcome.case_number.empty() ? Json() : Json(outcome.case_number)},
            {"started_at", base::format_rfc3339(outcome.started_at)},
            {"undo_until", undoable ? Json(base::format_rfc3339(outcome.undo_until)) : Json()}};
}

base::Status read_close_reason(const Json& params, service::Act& act)
{
    if (act.kind != service::ActKind::Close) {
        return params.contains("reason") ? base::invalid("params.reason belongs to alert.close")
                                         : base::Status{};
    }
    TRY(act.close_reason, model::parse_close_reason(params.value("reason", "")));
    return {};
}

base::Result<service::Act> read_act(const Json& body)
{
    service::Act act;
    TRY(act.kind, service::parse_act(body.at("type").get_ref<const std::string&>()));
    const Json params = body.value("params", Json::object());
    TRY_STATUS(read_close_reason(params, act));
    act.assignee = params.value("assignee", "");
    act.label = params.value("label", "");
    act.into = params.value("into", "");
    act.into_case = params.value("case", "");
    act.case_title = params.value("title", "");
    if (const auto priority = params.find("priority"); priority != params.end()) {
        act.priority = priority->is_null() ? model::kNoPriority : priority->get<int>();
    } else if (act.kind == service::ActKind::Priority) {
        return base::invalid("params.priority is missing: 0 to 100, or null for the computed one");
    }
    if (params.contains("until")) {
        TRY(act.until, base::parse_rfc3339(params.at("until").get<std::string>()));
    }
    return act;
}

struct ReadTarget {
    service::ActTarget target;
    std::optional<Reply> problem;
};

base::Result<ReadTarget> read_target(const Call& call, const Json& json)
{
    ReadTarget read;
    service::ActTarget& target = read.target;
    target.matching = json.contains("q");
    if (target.matching == json.contains("ids")) {
        return base::invalid("target needs ids, or q with scope, as_of and exclude");
    }
    if (!target.matching) {
        target.ids = json.at("ids").get<std::vector<std::string>>();
        return read;
    }
    const bool alerts = json.value("scope", "triage") == "alerts";
    ParsedQuery parsed = parse_query(call, json.at("q").get_ref<const std::string&>(),
                                     alerts ? query::alert_scope() : query::triage_scope());
    read.problem = std::move(parsed.problem);
    target.filter = std::move(parsed.root);
    query::put_account(target.filter, call.principal.user_id);
    target.exclude = json.value("exclude", std::vector<std::string>{});
    target.as_of = call.now();
    if (json.contains("as_of")) {
        TRY(target.as_of, base::parse_rfc3339(json.at("as_of").get<std::string>()));
    }
    return read;
}

Answer post_action(Call& call)
{
    TRY(const service::Act act, read_act(call.body));
    TRY(ReadTarget read, read_target(call, call.body.at("target")));
    if (read.problem) {
        return std::move(*read.problem);
    }
    const store::Command command = call.command(call.body.value("reason", ""));
    service::Acts& acts = call.shared.acts;
    TRY(const service::ActionOutcome outcome,
        call.body.value("dry_run", false)
            ? acts.rehearse(call.principal, command, act, read.target)
            : acts.perform(call.principal, command, act, read.target));
    const bool running = outcome.state == service::ActionState::Running;
    Reply reply = reply_json(outcome_json(outcome), running ? 202 : 200);
    if (running) {
        reply.headers.emplace_back("Location", "/api/v1/actions/" + outcome.id);
    }
    return reply;
}

Answer get_action(Call& call)
{
    TRY(const service::ActionOutcome outcome,
        call.shared.acts.find(call.principal.user_id, call.path.at("id")));
    return reply_json(outcome_json(outcome));
}

} // namespace

std::vector<Route> action_routes()
{
    using policy::Scope;
    return {
        {.method = "POST",
         .path = "/api/v1/actions",
         .id = "act",
         .summary = "Do something to alerts: to these, or to all that match; 202 above 500",
         .summary_id = "Lakukan sesuatu pada peringatan: yang ini, atau semua yang cocok",
         .scope = Scope::AlertsWrite,
         .parameters = {},
         .request = "ActionRequest",
         .response = "ActionResult",
         .handle = post_action},
        {.method = "GET",
         .path = "/api/v1/actions/{id}",
         .id = "getAction",
         .summary = "How far a long action is, or what came of it",
         .summary_id = "Kemajuan atau hasil tindakan panjang",
         .scope = Scope::AlertsWrite,
         .parameters = {},
         .request = {},
         .response = "ActionResult",
         .handle = get_action},
        {.method = "POST",
         .path = "/api/v1/actions/{id}/undo",
         .id = "undo",
         .summary = "Take a command back: what changed since is left alone and named",
         .summary_id = "Urungkan perintah: yang sudah berubah lagi dibiarkan dan disebut",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = "UndoRequest",
         .response = "Undone",
         .handle = post_undo},
    };
}

} // namespace tanggap::api
