// TLP labels, and who needs to know.
#include "service/protection.h"
#include "api/detail/route.h"

namespace tanggap::api {
namespace {

Answer get_protection(Call& call)
{
    TRY(const auto seen, service::find_protection(call.world().cases, call.principal,
                                                  call.path.at("kind"), call.path.at("id")));
    Reply reply = reply_json(
        {{"tlp", policy::name_of(seen.protection.tlp)}, {"named", seen.protection.named}});
    reply.version = seen.version;
    return reply;
}

Answer put_protection(Call& call)
{
    service::Labelling wish{.protection = {}, .expected_version = call.expected_version};
    TRY(wish.protection.tlp, policy::parse_tlp(call.body.at("tlp").get<std::string>()));
    wish.protection.named = call.body.at("named").get<std::vector<std::string>>();
    TRY_STATUS(service::put_protection(call.world().cases, call.principal,
                                       call.command(call.body.value("reason", "")),
                                       call.path.at("kind"), call.path.at("id"), std::move(wish)));
    return get_protection(call);
}

} // namespace

std::vector<Route> protection_routes()
{
    using policy::Scope;
    return {
        {.method = "GET",
         .path = "/api/v1/protection/{kind}/{id}",
         .id = "getProtection",
         .summary = "The TLP label of an object and who needs to know it",
         .summary_id = "Label TLP sebuah objek dan siapa yang perlu tahu",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = {},
         .response = "Protection",
         .handle = get_protection},
        {.method = "PUT",
         .path = "/api/v1/protection/{kind}/{id}",
         .id = "putProtection",
         .summary = "Label an object; red and named: only those persons see it",
         .summary_id = "Beri label pada objek; merah dan bernama: hanya orang itu yang melihat",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = "ProtectionChange",
         .response = "Protection",
         .handle = put_protection,
         .versioned = true,
         .current = get_protection},
    };
}

} // namespace tanggap::api
