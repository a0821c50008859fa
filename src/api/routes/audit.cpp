// The audit log, and whether it holds.
#include <charconv>

#include "api/detail/render.h"
#include "api/detail/render_people.h"
#include "api/detail/route.h"
#include "service/audit.h"

namespace tanggap::api {
namespace {

base::Result<std::optional<base::Time>> time_given(const Call& call, std::string_view name)
{
    if (call.parameter(name).empty()) {
        return std::optional<base::Time>{};
    }
    TRY(const base::Time time, time_parameter(call, name, {}));
    return std::optional(time);
}

base::Result<store::ActivityFilter> filter_of(const Call& call)
{
    store::ActivityFilter filter{.actor_id = std::string(call.parameter("actor")),
                                 .action = std::string(call.parameter("action"))};
    const std::string_view object = call.parameter("object");
    if (!object.empty()) {
        const std::size_t colon = object.find(':');
        if (colon == std::string_view::npos) {
            return base::invalid("object must be kind:id, such as user:0193…");
        }
        filter.object = store::ObjectRef{.kind = std::string(object.substr(0, colon)),
                                         .id = std::string(object.substr(colon + 1))};
    }
    TRY(filter.from, time_given(call, "from"));
    TRY(filter.to, time_given(call, "to"));
    return filter;
}

Answer list_audit(Call& call)
{
    TRY(const auto filter, filter_of(call));
    TRY(const std::string position, call.cursor());
    std::uint64_t before = 0;
    std::from_chars(position.data(), position.data() + position.size(), before);
    TRY(const auto page,
        service::list_audit(call.world().cases, call.principal, filter, call.limit(), before));
    std::vector<std::string> items;
    for (const store::Activity& activity : page.activities) {
        items.push_back(json_text(activity_json(activity)));
    }
    return reply_list(call, items, page.next == 0 ? "" : std::to_string(page.next), items.size(),
                      page.next != 0 || before != 0);
}

Answer get_verification(Call& call)
{
    TRY(const auto report, service::verify_audit(call.world().cases, call.principal));
    Json body{{"holds", !report.bad.has_value()},
              {"count", report.count},
              {"head", report.head},
              {"bad", Json()}};
    if (report.bad) {
        body["bad"] = {{"sequence", report.bad->sequence}, {"detail", report.bad->what}};
    }
    return reply_json(body);
}

} // namespace

std::vector<Route> audit_routes()
{
    using policy::Scope;
    return {
        {.method = "GET",
         .path = "/api/v1/audit",
         .id = "listAudit",
         .summary = "What people and programs did, newest first",
         .summary_id = "Yang dilakukan orang dan program, terbaru dahulu",
         .scope = Scope::AuditRead,
         .parameters = {{"object", "kind:id, its whole history"},
                        {"actor", "id of an account"},
                        {"action", "alert.close, or a kind: alert"},
                        {"from", "RFC 3339 or now-24h"},
                        {"to", "RFC 3339 or now, not included"},
                        kLimit,
                        kCursor},
         .request = {},
         .response = "ActivityPage",
         .handle = list_audit},
        {.method = "GET",
         .path = "/api/v1/audit/verification",
         .id = "verifyAudit",
         .summary = "Whether every record is as it was written",
         .summary_id = "Apakah setiap catatan masih seperti saat ditulis",
         .scope = Scope::AuditRead,
         .parameters = {},
         .request = {},
         .response = "AuditVerification",
         .handle = get_verification},
    };
}

} // namespace tanggap::api
