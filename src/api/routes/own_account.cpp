// One's own account: sessions, password, second factor, recovery codes, keys.
#include "api/detail/cookies.h"
#include "api/detail/render_people.h"
#include "api/detail/route.h"
#include "service/people.h"

namespace tanggap::api {
namespace {

Answer get_me(Call& call)
{
    TRY(const auto seen,
        service::find_user(call.world().cases, call.principal, call.principal.user_id));
    Json body = user_row(seen.user);
    body["recovery_codes_left"] = seen.recovery_codes;
    body["scopes"] = call.principal.scopes;
    body["by_key"] = !call.principal.key_id.empty();
    return reply_json(body);
}

Answer list_sessions(Call& call)
{
    TRY(const auto sessions, service::list_sessions(call.world().cases, call.principal,
                                                    call.principal.user_id, call.now()));
    std::vector<Json> items;
    for (const store::Session& session : sessions) {
        items.push_back(session_row(session, call.principal));
    }
    return reply_whole(call, items);
}

Reply no_content()
{
    Reply reply;
    reply.status = 204;
    return reply;
}

Answer delete_one_session(Call& call)
{
    const std::string& id = call.path.at("id");
    TRY_STATUS(service::end_session(call.world().cases, call.principal, call.command(), id));
    Reply reply = no_content();
    if (id == call.principal.session_id) {
        reply.headers.push_back(ended_cookie(call.shared.context.tls));
    }
    return reply;
}

Answer delete_sessions(Call& call)
{
    TRY([[maybe_unused]] const std::size_t ended,
        service::end_sessions(call.world().cases, call.principal, call.command(),
                              call.principal.user_id));
    Reply reply = no_content();
    reply.headers.push_back(ended_cookie(call.shared.context.tls));
    return reply;
}

Answer post_password(Call& call)
{
    TRY(const auto signed_in,
        call.shared.context.accounts.change_password(
            call.principal, call.command(), call.body.at("current"), call.body.at("password")));
    return reply_signed_in(call, signed_in);
}

Answer post_second_factor(Call& call)
{
    TRY(const auto factor,
        call.shared.context.accounts.start_second_factor(call.principal, call.command()));
    return reply_json({{"secret", factor.secret}, {"uri", factor.uri}}, 201);
}

Answer post_second_factor_confirm(Call& call)
{
    TRY(const auto factor, call.shared.context.accounts.confirm_second_factor(
                               call.principal, call.command(), call.body.at("code")));
    return reply_json({{"recovery_codes", factor.recovery_codes}});
}

Answer post_recovery_codes(Call& call)
{
    TRY(const auto factor,
        call.shared.context.accounts.renew_recovery_codes(call.principal, call.command()));
    return reply_json({{"recovery_codes", factor.recovery_codes}}, 201);
}

Answer list_keys(Call& call)
{
    TRY(const auto keys,
        service::list_api_keys(call.world().cases, call.principal, call.principal.user_id));
    std::vector<Json> items;
    for (const store::ApiKey& key : keys) {
        items.push_back(key_row(key));
    }
    return reply_whole(call, items);
}

Answer post_key(Call& call)
{
    service::NewKey wish{.name = call.body.at("name"),
                         .scopes = call.body.at("scopes").get<std::vector<std::string>>(),
                         .days = {}};
    if (const auto days = call.body.find("days"); days != call.body.end()) {
        wish.days = static_cast<int>(
            std::min<std::int64_t>(days->get<std::int64_t>(), std::int64_t{100'000}));
    }
    TRY(const auto made,
        call.shared.context.accounts.make_api_key(call.principal, call.command(), wish));
    Json body = key_row(made.key);
    body["key"] = made.text;
    return reply_json(body, 201);
}

Answer delete_key(Call& call)
{
    TRY_STATUS(service::revoke_api_key(call.world().cases, call.principal, call.command(),
                                       call.path.at("id")));
    return no_content();
}

} // namespace

std::vector<Route> own_account_routes()
{
    using policy::Scope;
    return {
        {.method = "GET",
         .path = "/api/v1/me",
         .id = "getMe",
         .summary = "My account",
         .summary_id = "Akun saya",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = {},
         .response = "Me",
         .handle = get_me},
        {.method = "GET",
         .path = "/api/v1/me/sessions",
         .id = "listMySessions",
         .summary = "Where I am signed in",
         .summary_id = "Tempat saya masuk",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = {},
         .response = "SessionPage",
         .handle = list_sessions},
        {.method = "DELETE",
         .path = "/api/v1/me/sessions",
         .id = "signOutEverywhere",
         .summary = "Sign out everywhere, here too",
         .summary_id = "Keluar dari semua perangkat, termasuk ini",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = {},
         .response = {},
         .status = 204,
         .handle = delete_sessions,
         .session_only = true},
        {.method = "DELETE",
         .path = "/api/v1/me/sessions/{id}",
         .id = "endSession",
         .summary = "End one session",
         .summary_id = "Akhiri satu sesi",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = {},
         .response = {},
         .status = 204,
         .handle = delete_one_session,
         .session_only = true},
        {.method = "POST",
         .path = "/api/v1/me/password",
         .id = "changePassword",
         .summary = "Change my password; other sessions end",
         .summary_id = "Ganti kata sandi saya; sesi lain berakhir",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = "PasswordChange",
         .response = "SignedIn",
         .handle = post_password,
         .secret_answer = true,
         .session_only = true},
        {.method = "POST",
         .path = "/api/v1/me/second-factor",
         .id = "startSecondFactor",
         .summary = "A new secret for my second factor; it counts once confirmed",
         .summary_id = "Rahasia baru untuk faktor kedua saya; berlaku setelah dikonfirmasi",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = {},
         .response = "SecondFactorSecret",
         .status = 201,
         .handle = post_second_factor,
         .secret_answer = true,
         .session_only = true,
         .fresh = true},
        {.method = "POST",
         .path = "/api/v1/me/second-factor/confirm",
         .id = "confirmSecondFactor",
         .summary = "Confirm the new secret by a code of it",
         .summary_id = "Konfirmasi rahasia baru dengan kodenya",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = "CodeOnly",
         .response = "RecoveryCodes",
         .handle = post_second_factor_confirm,
         .secret_answer = true,
         .session_only = true,
         .fresh = true},
        {.method = "POST",
         .path = "/api/v1/me/recovery-codes",
         .id = "renewRecoveryCodes",
         .summary = "New recovery codes; the old ones end",
         .summary_id = "Kode pemulihan baru; yang lama tidak berlaku",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = {},
         .response = "RecoveryCodes",
         .status = 201,
         .handle = post_recovery_codes,
         .secret_answer = true,
         .session_only = true,
         .fresh = true},
        {.method = "GET",
         .path = "/api/v1/keys",
         .id = "listKeys",
         .summary = "My API keys",
         .summary_id = "Kunci API saya",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = {},
         .response = "KeyPage",
         .handle = list_keys},
        {.method = "POST",
         .path = "/api/v1/keys",
         .id = "makeKey",
         .summary = "Make an API key with at most my own scopes; shown once",
         .summary_id = "Buat kunci API, paling banyak dengan cakupan saya; tampil sekali",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = "KeyRequest",
         .response = "KeyMade",
         .status = 201,
         .handle = post_key,
         .secret_answer = true,
         .session_only = true,
         .fresh = true},
        {.method = "DELETE",
         .path = "/api/v1/keys/{id}",
         .id = "revokeKey",
         .summary = "Revoke an API key: mine, or as administrator anyone's",
         .summary_id = "Cabut kunci API: milik saya, atau sebagai administrator milik siapa pun",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = {},
         .response = {},
         .status = 204,
         .handle = delete_key,
         .session_only = true},
    };
}

} // namespace tanggap::api
