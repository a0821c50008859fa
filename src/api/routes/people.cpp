// Administration of accounts.
#include "service/people.h"
#include "api/detail/render_people.h"
#include "api/detail/route.h"

namespace tanggap::api {
namespace {

Answer list_users(Call& call)
{
    TRY(const auto users, service::list_users(call.world().cases, call.principal));
    std::vector<Json> items;
    for (const store::User& user : users) {
        items.push_back(user_row(user));
    }
    return reply_whole(call, items);
}

Answer get_user(Call& call)
{
    TRY(const auto seen,
        service::find_user(call.world().cases, call.principal, call.path.at("id")));
    Json body = user_row(seen.user);
    body["recovery_codes_left"] = seen.recovery_codes;
    Reply reply = reply_json(body);
    reply.version = seen.version;
    return reply;
}

Answer patch_user(Call& call)
{
    service::UserChange wish{
        .roles = {}, .disabled = {}, .expected_version = call.expected_version};
    if (const auto roles = call.body.find("roles"); roles != call.body.end()) {
        wish.roles = roles->get<std::vector<std::string>>();
    }
    if (const auto disabled = call.body.find("disabled"); disabled != call.body.end()) {
        wish.disabled = disabled->get<bool>();
    }
    TRY(const std::string command, service::change_user(call.world().cases, call.principal,
                                                        call.command(call.body.value("reason", "")),
                                                        call.path.at("id"), wish));
    TRY(Reply reply, get_user(call));
    if (!command.empty()) {
        reply.headers.emplace_back("X-Command-Id", command); // for taking it back
    }
    return reply;
}

Json invite_row(const store::Invite& invite)
{
    return {{"id", invite.id},
            {"kind", name_of(invite.kind)},
            {"name", invite.name},
            {"roles", invite.roles},
            {"made_by", invite.made_by},
            {"created_at", base::format_rfc3339(invite.created_at)},
            {"expires_at", base::format_rfc3339(invite.expires_at)}};
}

/// The token goes behind '#': browsers send that part to no server, and no log has it.
Json invitation_json(const service::Invitation& invitation)
{
    Json body = invite_row(invitation.invite);
    body["token"] = invitation.token;
    body["path"] = "/app/invitation#" + invitation.token;
    return body;
}

Answer list_invites(Call& call)
{
    TRY(const auto invites, service::list_invites(call.world().cases, call.principal, call.now()));
    std::vector<Json> items;
    for (const store::Invite& invite : invites) {
        items.push_back(invite_row(invite));
    }
    return reply_whole(call, items);
}

Answer post_invite(Call& call)
{
    TRY(const auto invitation, call.shared.context.accounts.invite(
                                   call.principal, call.command(call.body.value("reason", "")),
                                   call.body.at("name").get<std::string>(),
                                   call.body.at("roles").get<std::vector<std::string>>()));
    return reply_json(invitation_json(invitation), 201);
}

Answer delete_invite(Call& call)
{
    TRY_STATUS(service::revoke_invite(call.world().cases, call.principal, call.command(),
                                      call.path.at("id")));
    Reply reply;
    reply.status = 204;
    return reply;
}

Answer post_reset_second_factor(Call& call)
{
    TRY(const auto invitation,
        call.shared.context.accounts.reset_second_factor(
            call.principal, call.command(call.body.value("reason", "")), call.path.at("id")));
    return reply_json(invitation_json(invitation), 201);
}

Answer post_reset_password(Call& call)
{
    TRY(const auto invitation,
        call.shared.context.accounts.reset_password(
            call.principal, call.command(call.body.value("reason", "")), call.path.at("id")));
    return reply_json(invitation_json(invitation), 201);
}

Answer post_sign_out(Call& call)
{
    TRY(const std::size_t ended,
        service::end_sessions(call.world().cases, call.principal,
                              call.command(call.body.value("reason", "")), call.path.at("id")));
    return reply_json({{"sessions", ended}});
}

Answer list_user_keys(Call& call)
{
    TRY(const auto seen,
        service::find_user(call.world().cases, call.principal, call.path.at("id")));
    TRY(const auto keys, service::list_api_keys(call.world().cases, call.principal, seen.user.id));
    std::vector<Json> items;
    for (const store::ApiKey& key : keys) {
        items.push_back(key_row(key));
    }
    return reply_whole(call, items);
}

} // namespace

std::vector<Route> people_routes()
{
    using policy::Scope;
    return {
        {.method = "GET",
         .path = "/api/v1/users",
         .id = "listUsers",
         .summary = "Accounts",
         .summary_id = "Akun",
         .scope = Scope::Admin,
         .parameters = {},
         .request = {},
         .response = "UserPage",
         .handle = list_users},
        {.method = "GET",
         .path = "/api/v1/users/{id}",
         .id = "getUser",
         .summary = "One account",
         .summary_id = "Satu akun",
         .scope = Scope::Admin,
         .parameters = {},
         .request = {},
         .response = "UserSeen",
         .handle = get_user},
        {.method = "PATCH",
         .path = "/api/v1/users/{id}",
         .id = "changeUser",
         .summary = "Change roles, disable or enable; its sessions end",
         .summary_id = "Ubah peran, nonaktifkan atau aktifkan; sesinya berakhir",
         .scope = Scope::Admin,
         .parameters = {},
         .request = "UserChange",
         .response = "UserSeen",
         .handle = patch_user,
         .versioned = true,
         .current = get_user,
         .fresh = true},
        {.method = "GET",
         .path = "/api/v1/users/{id}/keys",
         .id = "listUserKeys",
         .summary = "API keys of an account",
         .summary_id = "Kunci API sebuah akun",
         .scope = Scope::Admin,
         .parameters = {},
         .request = {},
         .response = "KeyPage",
         .handle = list_user_keys},
        {.method = "POST",
         .path = "/api/v1/users/{id}/sign-out",
         .id = "signOutUser",
         .summary = "End all sessions of an account",
         .summary_id = "Akhiri semua sesi sebuah akun",
         .scope = Scope::Admin,
         .parameters = {},
         .request = "ReasonOnly",
         .response = "SessionsEnded",
         .handle = post_sign_out},
        {.method = "POST",
         .path = "/api/v1/users/{id}/reset-second-factor",
         .id = "resetSecondFactor",
         .summary = "Take the second factor away; gives a link to set up a new one, shown once",
         .summary_id = "Cabut faktor kedua; memberi tautan untuk memasang yang baru, tampil sekali",
         .scope = Scope::Admin,
         .parameters = {},
         .request = "ReasonOnly",
         .response = "Invitation",
         .status = 201,
         .handle = post_reset_second_factor,
         .secret_answer = true,
         .fresh = true},
        {.method = "POST",
         .path = "/api/v1/users/{id}/reset-password",
         .id = "resetPassword",
         .summary = "A link to choose a new password with the second factor, shown once",
         .summary_id = "Tautan untuk memilih kata sandi baru dengan faktor kedua, tampil sekali",
         .scope = Scope::Admin,
         .parameters = {},
         .request = "ReasonOnly",
         .response = "Invitation",
         .status = 201,
         .handle = post_reset_password,
         .secret_answer = true,
         .fresh = true},
        {.method = "GET",
         .path = "/api/v1/invites",
         .id = "listInvites",
         .summary = "Open links",
         .summary_id = "Tautan yang masih terbuka",
         .scope = Scope::Admin,
         .parameters = {},
         .request = {},
         .response = "InvitePage",
         .handle = list_invites},
        {.method = "POST",
         .path = "/api/v1/invites",
         .id = "invite",
         .summary = "Invite a person; gives a link, shown once",
         .summary_id = "Undang seseorang; memberi tautan, tampil sekali",
         .scope = Scope::Admin,
         .parameters = {},
         .request = "InviteRequest",
         .response = "Invitation",
         .status = 201,
         .handle = post_invite,
         .secret_answer = true,
         .fresh = true},
        {.method = "DELETE",
         .path = "/api/v1/invites/{id}",
         .id = "revokeInvite",
         .summary = "Revoke a link",
         .summary_id = "Cabut tautan",
         .scope = Scope::Admin,
         .parameters = {},
         .request = {},
         .response = {},
         .status = 204,
         .handle = delete_invite},
    };
}

} // namespace tanggap::api
