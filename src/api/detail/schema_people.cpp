#include "api/detail/schema_parts.h"
#include "policy/policy.h"

namespace tanggap::api {
namespace {

Json role()
{
    std::vector<std::string> names;
    for (const policy::Role known : policy::all_roles()) {
        names.emplace_back(policy::name_of(known));
    }
    return words(names);
}

Fields user_fields()
{
    return {{"id", text()},
            {"name", text()},
            {"roles", list_of(role())},
            {"disabled", truth()},
            {"second_factor", truth()},
            {"created_at", moment()},
            {"last_sign_in_at", or_null(moment())}};
}

Fields key_fields()
{
    return {{"id", text()},
            {"name", text()},
            {"prefix", text()},
            {"scopes", list_of(text())},
            {"created_at", moment()},
            {"expires_at", moment()},
            {"last_used_at", or_null(moment())}};
}

Fields invite_fields()
{
    return {{"id", text()},          {"kind", words({"account", "second_factor", "password"})},
            {"name", text()},        {"roles", list_of(role())},
            {"made_by", text()},     {"created_at", moment()},
            {"expires_at", moment()}};
}

void add_own_account(Json& all)
{
    const Json codes = list_of(text());
    all["ReauthenticateRequest"] = object({{"password", text()}, {"code", text()}});
    all["Me"] = object(user_fields() + Fields{{"recovery_codes_left", count()},
                                              {"scopes", list_of(text())},
                                              {"by_key", truth()}});
    all["OwnSession"] = object({{"id", text()},
                                {"current", truth()},
                                {"user_agent", text()},
                                {"address", text()},
                                {"created_at", moment()},
                                {"last_seen_at", moment()}});
    all["SessionPage"] = page_of("OwnSession");
    all["PasswordChange"] = object({{"current", text()}, {"password", text()}});
    all["SecondFactorSecret"] = object({{"secret", text()}, {"uri", text()}});
    all["CodeOnly"] = object({{"code", text()}});
    all["RecoveryCodes"] = object({{"recovery_codes", codes}});
    all["SecondFactor"] = object({{"secret", text()}, {"uri", text()}, {"recovery_codes", codes}});
    all["Key"] = object(key_fields());
    all["KeyPage"] = page_of("Key");
    all["KeyMade"] = object(key_fields() + Fields{{"key", text()}});
    all["KeyRequest"] = object({{"name", text()}, {"scopes", list_of(text())}, {"days?", count()}});
}

void add_administration(Json& all)
{
    all["UserRow"] = object(user_fields());
    all["UserPage"] = page_of("UserRow");
    all["UserSeen"] = object(user_fields() + Fields{{"recovery_codes_left", count()}});
    all["UserChange"] =
        object({{"roles?", list_of(text())}, {"disabled?", truth()}, {"reason?", text()}});
    all["ReasonOnly"] = object({{"reason?", text()}});
    all["SessionsEnded"] = object({{"sessions", count()}});
    all["Invite"] = object(invite_fields());
    all["InvitePage"] = page_of("Invite");
    all["InviteRequest"] =
        object({{"name", text()}, {"roles", list_of(text())}, {"reason?", text()}});
    all["Invitation"] = object(invite_fields() + Fields{{"token", text()}, {"path", text()}});
    all["InvitationToken"] = object({{"token", text()}});
    all["InvitationSeen"] = object({{"kind", words({"account", "second_factor", "password"})},
                                    {"name", text()},
                                    {"expires_at", moment()}});
    all["AcceptRequest"] = object({{"token", text()}, {"password", text()}, {"code?", text()}});
    all["Accepted"] = object({{"user", ref("User")}, {"second_factor?", ref("SecondFactor")}});
    const Json tlp = words({"clear", "green", "amber", "amber+strict", "red"});
    all["Protection"] = object({{"tlp", tlp}, {"named", list_of(text())}});
    all["ProtectionChange"] =
        object({{"tlp", tlp}, {"named", list_of(text())}, {"reason?", text()}});
}

} // namespace

void add_people(Json& all)
{
    add_own_account(all);
    add_administration(all);
}

} // namespace tanggap::api
