// Advisories from the desk: drafts, published ones, withdrawn ones.
#include "service/advisories.h"
#include "api/detail/route.h"

namespace tanggap::api {
namespace {

Json advisory_json(const service::SeenAdvisory& seen)
{
    Json json = Json::parse(service::advisory_json(seen.advisory));
    json["state"] = store::name_of(seen.state);
    json["updated_at"] = base::format_rfc3339(seen.updated_at);
    json["version"] = seen.version;
    return json;
}

Answer answer_of(Call& call, std::string_view id, int status = 200)
{
    TRY(const service::SeenAdvisory seen, service::see_advisory(call.world().cases, id));
    Reply reply = reply_json(advisory_json(seen), status);
    reply.version = seen.version;
    return reply;
}

Answer get_advisory(Call& call)
{
    return answer_of(call, call.path.at("id"));
}

Answer list_advisories(Call& call)
{
    Json items = Json::array();
    TRY(const auto all, service::list_advisories(call.world().cases));
    for (const service::SeenAdvisory& seen : all) {
        items.push_back(advisory_json(seen));
    }
    return reply_json({{"items", std::move(items)}});
}

Answer post_advisory(Call& call)
{
    TRY(auto advisory, service::read_advisory(json_text(call.body)));
    TRY(const std::string id,
        service::draft_advisory(call.world().cases, call.command(), std::move(advisory)));
    return answer_of(call, id, 201);
}

service::AdvisoryWish wish_of(Call& call)
{
    return {.command = call.command(call.body.value("reason", "")),
            .id = call.path.at("id"),
            .expected = call.expected_version};
}

Answer put_advisory(Call& call)
{
    TRY(auto advisory, service::read_advisory(json_text(call.body)));
    TRY_STATUS(service::edit_advisory(call.world().cases, wish_of(call), std::move(advisory)));
    return get_advisory(call);
}

Answer post_publish(Call& call)
{
    TRY_STATUS(service::publish_advisory(call.world().cases, wish_of(call)));
    return get_advisory(call);
}

Answer post_withdraw(Call& call)
{
    TRY_STATUS(service::withdraw_advisory(call.world().cases, wish_of(call)));
    return get_advisory(call);
}

} // namespace

std::vector<Route> advisory_routes()
{
    using policy::Scope;
    return {
        {.method = "GET",
         .path = "/api/v1/advisories",
         .id = "listAdvisories",
         .summary = "Advisories of the desk, drafts included, newest first",
         .summary_id = "Imbauan dari meja piket, termasuk draf",
         .scope = Scope::ReportsRead,
         .parameters = {},
         .request = {},
         .response = "Advisories",
         .handle = list_advisories},
        {.method = "POST",
         .path = "/api/v1/advisories",
         .id = "draftAdvisory",
         .summary = "Draft an advisory",
         .summary_id = "Buat draf imbauan",
         .scope = Scope::ReportsWrite,
         .parameters = {},
         .request = "AdvisoryTexts",
         .response = "Advisory",
         .status = 201,
         .handle = post_advisory},
        {.method = "GET",
         .path = "/api/v1/advisories/{id}",
         .id = "getAdvisory",
         .summary = "One advisory of the desk",
         .summary_id = "Satu imbauan dari meja piket",
         .scope = Scope::ReportsRead,
         .parameters = {},
         .request = {},
         .response = "Advisory",
         .handle = get_advisory},
        {.method = "PUT",
         .path = "/api/v1/advisories/{id}",
         .id = "editAdvisory",
         .summary = "Replace its texts; of a published one as a correction",
         .summary_id = "Ganti isinya; pada yang terbit sebagai ralat",
         .scope = Scope::ReportsWrite,
         .parameters = {},
         .request = "AdvisoryTexts",
         .response = "Advisory",
         .handle = put_advisory,
         .versioned = true,
         .current = get_advisory},
        {.method = "POST",
         .path = "/api/v1/advisories/{id}/publish",
         .id = "publishAdvisory",
         .summary = "Publish it: everybody reads it at /imbauan at once",
         .summary_id = "Terbitkan: semua orang langsung membacanya di /imbauan",
         .scope = Scope::ReportsWrite,
         .parameters = {},
         .request = "AdvisoryMove",
         .response = "Advisory",
         .handle = post_publish,
         .versioned = true,
         .current = get_advisory},
        {.method = "POST",
         .path = "/api/v1/advisories/{id}/withdraw",
         .id = "withdrawAdvisory",
         .summary = "Withdraw it from the public pages, with a reason",
         .summary_id = "Tarik dari halaman publik, dengan alasan",
         .scope = Scope::ReportsWrite,
         .parameters = {},
         .request = "AdvisoryMove",
         .response = "Advisory",
         .handle = post_withdraw,
         .versioned = true,
         .current = get_advisory},
    };
}

} // namespace tanggap::api
