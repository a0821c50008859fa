// Cases: list, one, opening, editing, moving; their alerts, times and duties.
#include "service/cases.h"
#include "api/detail/read_cases.h"
#include "api/detail/render.h"
#include "api/detail/render_cases.h"
#include "api/detail/route.h"
#include "service/protection.h"

namespace tanggap::api {
namespace {

using service::Scope;

service::CaseWish wish_of(const Call& call, std::string reason = {})
{
    return {.principal = call.principal,
            .command = call.command(std::move(reason)),
            .id = call.path.at("id"),
            .expected_version = call.expected_version};
}

base::Result<store::CaseSort> parse_sort(std::string_view text)
{
    using enum store::CaseSort;
    constexpr std::array<std::pair<std::string_view, store::CaseSort>, 5> kSorts{
        {{"", UpdatedDesc},
         {"-updated", UpdatedDesc},
         {"-opened", OpenedDesc},
         {"priority", Priority},
         {"due", Due}}};
    for (const auto& [name, sort] : kSorts) {
        if (name == text) {
            return sort;
        }
    }
    return base::invalid("sort must be -updated, -opened, priority or due");
}

Answer list_cases(Call& call)
{
    ParsedQuery parsed = parse_query(call, call.parameter("q"), query::case_scope());
    if (parsed.problem) {
        return *parsed.problem;
    }
    query::put_account(parsed.root, call.principal.user_id);
    store::CasePageRequest request{.filter = &parsed.root,
                                   .limit = call.limit(),
                                   .now = call.now(),
                                   .viewer = service::viewer_of(call.principal)};
    TRY(request.sort, parse_sort(call.parameter("sort")));
    TRY(request.after, call.cursor());
    TRY(request.exact_total, call.wants_exact_total());
    store::CasePage page;
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(page, store::list_cases(snapshot, request));
        return {};
    }));
    Names names(call.world());
    std::vector<std::string> items;
    for (std::size_t i = 0; i < page.cases.size(); ++i) {
        items.push_back(
            json_text(case_row(call, names, page.cases[i], page.counts[i], page.updated_at[i])));
    }
    return reply_list(call, items, page.next, page.total, page.total_is_lower_bound);
}

Answer list_facets(Call& call)
{
    constexpr std::size_t kFacetsMax = 8;
    ParsedQuery parsed = parse_query(call, call.parameter("q"), query::case_scope());
    if (parsed.problem) {
        return *parsed.problem;
    }
    query::put_account(parsed.root, call.principal.user_id);
    const std::string_view top = call.parameter("top");
    const std::size_t count = top.empty() ? 5 : std::stoul(std::string(top));
    Json fields = Json::object();
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        std::string_view rest = call.parameter("fields");
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find(','), rest.size());
            const std::string field(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
            if (fields.size() >= kFacetsMax) {
                return base::invalid("at most 8 facets at once");
            }
            TRY(const auto values,
                store::case_facet(snapshot, field, &parsed.root, count, call.now(),
                                  service::viewer_of(call.principal)));
            fields[field] = Json::array();
            for (const auto& [value, n] : values) {
                fields[field].push_back({{"value", value}, {"count", n}});
            }
        }
        return {};
    }));
    return reply_json({{"fields", std::move(fields)}});
}

Answer reply_case(Call& call, std::string_view id, int status = 200)
{
    TRY(const auto view, service::view_case(call.world(), call.principal, id));
    Reply reply = reply_json(case_json(call, view), status);
    reply.version = view.version;
    return reply;
}

Answer get_case(Call& call)
{
    return reply_case(call, call.path.at("id"));
}

Answer post_case(Call& call)
{
    TRY(const service::NewCase wish, read_new_case(call.body));
    TRY(const auto opened, service::open_case(call.world(), call.principal, call.command(), wish));
    TRY(Reply reply, reply_case(call, opened.id, 201));
    reply.headers.emplace_back("Location", "/api/v1/cases/" + opened.number_text());
    return reply;
}

Answer patch_case(Call& call)
{
    TRY(const service::CaseEdit edit, read_case_edit(call.body));
    TRY_STATUS(service::edit_case(call.world(), wish_of(call, text_of(call.body, "reason")), edit));
    return get_case(call);
}

Answer post_stage(Call& call)
{
    TRY(const service::StageMove move, read_stage_move(call.body));
    TRY_STATUS(service::move_case(call.world(), wish_of(call, text_of(call.body, "reason")), move));
    return get_case(call);
}

Answer post_incident(Call& call)
{
    TRY_STATUS(service::declare_incident(call.world(), wish_of(call, text_of(call.body, "reason")),
                                         call.body.at("incident").get<bool>()));
    return get_case(call);
}

Answer post_milestone(Call& call)
{
    TRY(const auto milestone, casework::parse_milestone(text_of(call.body, "milestone")));
    TRY(const auto at, read_time(call.body, "at"));
    const bool not_applicable = call.body.value("not_applicable", false);
    std::optional<casework::MilestoneTime> value;
    if (at || not_applicable) {
        value = casework::MilestoneTime{.at = at.value_or(call.now()),
                                        .set_by = casework::SetBy::Person,
                                        .not_applicable = not_applicable,
                                        .note = text_of(call.body, "note")};
    }
    TRY_STATUS(service::set_milestone(call.world(), wish_of(call), milestone, std::move(value)));
    return get_case(call);
}

Answer post_duty(Call& call)
{
    const std::string state = text_of(call.body, "state");
    service::DutyWish duty{.rule = text_of(call.body, "rule"),
                           .open_again = state == "open",
                           .waived = state == "waived",
                           .proof = text_of(call.body, "proof")};
    TRY(duty.at, read_time(call.body, "at"));
    TRY_STATUS(service::fulfil_duty(call.world(), wish_of(call), duty));
    return get_case(call);
}

Answer get_alerts(Call& call)
{
    constexpr std::size_t kAlertsShown = 500;
    Json items = Json::array();
    TRY_STATUS(call.world().cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto subject,
            store::find_case(snapshot, call.path.at("id"), service::viewer_of(call.principal)));
        TRY(const auto numbers, store::list_case_alerts(snapshot, subject.id, kAlertsShown));
        for (const std::uint64_t number : numbers) {
            TRY(const auto alert, store::find_case_alert(snapshot, number));
            TRY(const bool seen, service::sees(snapshot, call.principal, alert.object()));
            if (!seen) {
                continue;
            }
            items.push_back(
                {{"number", model::alert_number_text(alert.number)},
                 {"title", alert.title},
                 {"title_id", alert.title_id},
                 {"severity", model::name_of(static_cast<model::Level>(alert.severity))},
                 {"source", alert.source},
                 {"target", alert.target},
                 {"technique", alert.technique},
                 {"events", alert.events},
                 {"first_seen", base::format_rfc3339(alert.first_seen)},
                 {"last_seen", base::format_rfc3339(alert.last_seen)}});
        }
        return {};
    }));
    return reply_json({{"items", std::move(items)}});
}

Answer post_alerts(Call& call)
{
    const auto alerts = call.body.at("alerts").get<std::vector<std::string>>();
    TRY_STATUS(service::attach_alerts(call.world(), wish_of(call), alerts));
    return get_case(call);
}

Answer delete_alert(Call& call)
{
    TRY_STATUS(service::detach_alert(call.world(), wish_of(call), call.path.at("alert")));
    return get_case(call);
}

Answer get_casework(Call& call)
{
    return reply_json(knowledge_json(*call.world().casework()));
}

Route change_route(std::string_view method, std::string_view path, std::string_view id,
                   std::string_view summary, std::string_view summary_id, std::string_view request,
                   Answer (*handle)(Call&))
{
    return {.method = method,
            .path = path,
            .id = id,
            .summary = summary,
            .summary_id = summary_id,
            .scope = Scope::CasesWrite,
            .parameters = {},
            .request = request,
            .response = "Case",
            .handle = handle};
}

} // namespace

std::vector<Route> case_routes()
{
    constexpr Parameter kQuery{"q", "query language, e.g. is:open priority>=P2 owner:@me"};
    std::vector<Route> routes{
        {.method = "GET",
         .path = "/api/v1/cases",
         .id = "listCases",
         .summary = "List cases",
         .summary_id = "Daftar kasus",
         .scope = Scope::CasesRead,
         .parameters =
             {kQuery, {"sort", "-updated, -opened, priority or due"}, kLimit, kCursor, kTotal},
         .request = {},
         .response = "CasePage",
         .handle = list_cases},
        {.method = "GET",
         .path = "/api/v1/cases/facets",
         .id = "listCaseFacets",
         .summary = "Most frequent values of fields",
         .summary_id = "Nilai tersering tiap isian",
         .scope = Scope::CasesRead,
         .parameters = {kQuery,
                        {"fields", "stage, priority, owner, organisation, team, class, label, tlp"},
                        {"top", "values of each", ParameterKind::Integer, 1, 100}},
         .request = {},
         .response = "Facets",
         .handle = list_facets},
        {.method = "GET",
         .path = "/api/v1/cases/{id}",
         .id = "getCase",
         .summary = "One case by KAS or INS number or UUID",
         .summary_id = "Satu kasus",
         .scope = Scope::CasesRead,
         .parameters = {},
         .request = {},
         .response = "Case",
         .handle = get_case},
        {.method = "GET",
         .path = "/api/v1/cases/{id}/alerts",
         .id = "listCaseAlerts",
         .summary = "Its alerts, newest first",
         .summary_id = "Peringatannya, terbaru dahulu",
         .scope = Scope::CasesRead,
         .parameters = {},
         .request = {},
         .response = "CaseAlerts",
         .handle = get_alerts},
        {.method = "GET",
         .path = "/api/v1/casework",
         .id = "getCasework",
         .summary = "Classes, playbooks and the calendar as loaded",
         .summary_id = "Klasifikasi, panduan, dan kalender yang dimuat",
         .scope = Scope::CasesRead,
         .parameters = {},
         .request = {},
         .response = "Casework",
         .handle = get_casework},
        change_route("POST", "/api/v1/cases", "openCase", "Open a case", "Buka kasus", "NewCase",
                     post_case),
        change_route("PATCH", "/api/v1/cases/{id}", "editCase", "Change fields of a case",
                     "Ubah isian kasus", "CaseEdit", patch_case),
        change_route("POST", "/api/v1/cases/{id}/stage", "moveCase",
                     "Move it to another stage, close it, open it again",
                     "Pindahkan tahap, tutup, atau buka lagi", "StageMove", post_stage),
        change_route("POST", "/api/v1/cases/{id}/incident", "declareIncident",
                     "Declare it an incident or take that back", "Nyatakan insiden atau cabut",
                     "IncidentDeclared", post_incident),
        change_route("POST", "/api/v1/cases/{id}/milestones", "setMilestone",
                     "Set, take back or waive one of its times",
                     "Isi, cabut, atau kesampingkan waktu", "MilestoneSet", post_milestone),
        change_route("POST", "/api/v1/cases/{id}/duties", "fulfilDuty",
                     "A statutory duty is done, waived, or open again",
                     "Kewajiban dipenuhi, dikesampingkan, atau dibuka lagi", "DutyDone", post_duty),
        change_route("POST", "/api/v1/cases/{id}/alerts", "attachAlerts", "Attach alerts",
                     "Lampirkan peringatan", "AlertNumbers", post_alerts),
        change_route("DELETE", "/api/v1/cases/{id}/alerts/{alert}", "detachAlert",
                     "Detach an alert", "Lepaskan peringatan", {}, delete_alert),
    };
    for (Route& route : routes) {
        if (route.id == "openCase") {
            route.status = 201;
        }
        if (route.id == "editCase" || route.id == "moveCase") {
            route.versioned = true;
            route.current = get_case;
        }
    }
    return routes;
}

} // namespace tanggap::api
