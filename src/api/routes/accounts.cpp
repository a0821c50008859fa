// Set-up, sessions, links to a new account.
#include "api/detail/cookies.h"
#include "api/detail/render_people.h"
#include "api/detail/route.h"

namespace tanggap::api {
namespace {

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
    Json body{
        {"user", user_json(result.user.id, result.user.name, result.user.roles)},
        {"totp", {{"secret", result.second_factor.secret}, {"uri", result.second_factor.uri}}},
        {"recovery_codes", result.second_factor.recovery_codes}};
    if (!result.api_key.empty()) {
        body["api_key"] = result.api_key;
    }
    return reply_json(body, 201);
}

service::SignInRequest sign_in_request(const Call& call)
{
    return {.name = call.body.value("name", ""),
            .password = call.body.at("password"),
            .code = call.body.at("code"),
            .address = call.request.peer,
            .user_agent = std::string(call.request.header("user-agent").value_or("")),
            .replaces = call.principal.session_hash};
}

Answer post_session(Call& call)
{
    TRY(const auto signed_in, call.shared.context.accounts.sign_in(sign_in_request(call)));
    return reply_signed_in(call, signed_in);
}

Answer post_reauthenticate(Call& call)
{
    TRY(const auto signed_in,
        call.shared.context.accounts.reauthenticate(call.principal, sign_in_request(call)));
    return reply_signed_in(call, signed_in);
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

Answer post_invitation(Call& call)
{
    TRY(const auto invite,
        call.shared.context.accounts.look_at_invitation(call.body.at("token"), call.request.peer));
    return reply_json({{"kind", name_of(invite.kind)},
                       {"name", invite.name},
                       {"expires_at", base::format_rfc3339(invite.expires_at)}});
}

Answer post_accept(Call& call)
{
    TRY(const auto accepted,
        call.shared.context.accounts.accept_invitation({.token = call.body.at("token"),
                                                        .password = call.body.at("password"),
                                                        .code = call.body.value("code", ""),
                                                        .address = call.request.peer}));
    const store::User& user = accepted.user;
    Json body{{"user", user_json(user.id, user.name, user.roles)}};
    if (!accepted.second_factor.secret.empty()) {
        body["second_factor"] = second_factor_json(accepted.second_factor);
    }
    return reply_json(body, 201);
}

} // namespace

std::vector<Route> account_routes()
{
    using policy::Scope;
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
         .summary = "Sign in; a session that came along ends",
         .summary_id = "Masuk; sesi yang terbawa berakhir",
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
        {.method = "POST",
         .path = "/api/v1/session/reauthenticate",
         .id = "reauthenticate",
         .summary = "Give password and code again, for sensitive acts",
         .summary_id = "Berikan lagi kata sandi dan kode, untuk tindakan peka",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = "ReauthenticateRequest",
         .response = "SignedIn",
         .handle = post_reauthenticate,
         .secret_answer = true,
         .session_only = true},
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
        {.method = "POST",
         .path = "/api/v1/invitation",
         .id = "lookAtInvitation",
         .summary = "What a link is for",
         .summary_id = "Kegunaan sebuah tautan undangan",
         .scope = Scope::Public,
         .parameters = {},
         .request = "InvitationToken",
         .response = "InvitationSeen",
         .handle = post_invitation},
        {.method = "POST",
         .path = "/api/v1/invitation/accept",
         .id = "acceptInvitation",
         .summary = "Use a link, once: a new account, second factor or password",
         .summary_id = "Pakai tautan, sekali: akun, faktor kedua atau kata sandi baru",
         .scope = Scope::Public,
         .parameters = {},
         .request = "AcceptRequest",
         .response = "Accepted",
         .status = 201,
         .handle = post_accept},
    };
}

} // namespace tanggap::api
