// Set-up and sessions.
#include "api/detail/cookies.h"
#include "api/detail/route.h"

namespace tanggap::api {
namespace {

Json user_json(std::string_view id, std::string_view name, const std::vector<std::string>& roles)
{
    return {{"id", id}, {"name", name}, {"roles", roles}};
}

Answer get_setup(Call& call)
{
    TRY(const bool needed, call.shared.context.accounts.setup_needed());
    return reply_json({{"needed", needed}, {"demo", call.world().demo}});
}

Answer post_setup(Call& call)
{
    TRY(const auto result,
        call.shared.context.accounts.set_up({.token = call.body.at("token"),
                                             .name = call.body.at("name"),
                                             .password = call.body.at("password"),
                                             .api_key_name = call.body.value("api_key_name", ""),
                                             .address = call.request.peer}));
    Json body{{"user", user_json(result.user.id, result.user.name, result.user.roles)},
              {"totp", {{"secret", result.totp_secret}, {"uri", result.totp_uri}}}};
    if (!result.api_key.empty()) {
        body["api_key"] = result.api_key;
    }
    return reply_json(body, 201);
}

Answer post_session(Call& call)
{
    TRY(const auto signed_in,
        call.shared.context.accounts.sign_in({.name = call.body.at("name"),
                                              .password = call.body.at("password"),
                                              .code = call.body.at("code"),
                                              .address = call.request.peer}));
    const service::Principal& who = signed_in.principal;
    Reply reply =
        reply_json({{"user", user_json(who.user_id, who.name, who.roles)}, {"csrf", who.csrf}});
    reply.headers.push_back(session_cookie(signed_in.token, call.shared.context.tls));
    return reply;
}

Answer get_session(Call& call)
{
    const service::Principal& who = call.principal;
    return reply_json({{"user", user_json(who.user_id, who.name, who.roles)},
                       {"scopes", who.scopes},
                       {"version", call.world().version},
                       {"csrf", who.csrf}});
}

Answer delete_session(Call& call)
{
    TRY_STATUS(call.shared.context.accounts.sign_out(call.principal));
    Reply reply;
    reply.status = 204;
    reply.headers.push_back(ended_cookie(call.shared.context.tls));
    return reply;
}

} // namespace

std::vector<Route> account_routes()
{
    using service::Scope;
    return {
        {.method = "GET",
         .path = "/api/v1/setup",
         .id = "getSetup",
         .summary = "Whether the first administrator is still to be made",
         .summary_id = "Apakah administrator pertama belum dibuat",
         .scope = Scope::Public,
         .parameters = {},
         .request = {},
         .response = "SetupState",
         .handle = get_setup},
        {.method = "POST",
         .path = "/api/v1/setup",
         .id = "setUp",
         .summary = "Make the first administrator with the set-up token",
         .summary_id = "Buat administrator pertama dengan token penyiapan",
         .scope = Scope::Public,
         .parameters = {},
         .request = "SetupRequest",
         .response = "SetupResult",
         .status = 201,
         .handle = post_setup},
        {.method = "POST",
         .path = "/api/v1/session",
         .id = "signIn",
         .summary = "Sign in",
         .summary_id = "Masuk",
         .scope = Scope::Public,
         .parameters = {},
         .request = "SignInRequest",
         .response = "SignedIn",
         .handle = post_session},
        {.method = "GET",
         .path = "/api/v1/session",
         .id = "getSession",
         .summary = "Who is signed in",
         .summary_id = "Siapa yang masuk",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = {},
         .response = "SessionState",
         .handle = get_session},
        {.method = "DELETE",
         .path = "/api/v1/session",
         .id = "signOut",
         .summary = "Sign out",
         .summary_id = "Keluar",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = {},
         .response = {},
         .status = 204,
         .handle = delete_session},
    };
}

} // namespace tanggap::api
