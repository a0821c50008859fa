#include "api/detail/render_people.h"

#include "api/detail/cookies.h"
#include "api/detail/render.h"

namespace tanggap::api {

Json user_json(std::string_view id, std::string_view name, const std::vector<std::string>& roles)
{
    return {{"id", id}, {"name", name}, {"roles", roles}};
}

Json user_row(const store::User& user)
{
    return {{"id", user.id},
            {"name", user.name},
            {"roles", user.roles},
            {"disabled", user.disabled},
            {"second_factor", !user.totp_secret_wrapped.empty()},
            {"created_at", base::format_rfc3339(user.created_at)},
            {"last_sign_in_at", time_or_null(user.last_sign_in_at)}};
}

Json second_factor_json(const service::SecondFactor& factor)
{
    return {
        {"secret", factor.secret}, {"uri", factor.uri}, {"recovery_codes", factor.recovery_codes}};
}

Json session_row(const store::Session& session, const service::Principal& asking)
{
    return {{"id", session.id},
            {"current", session.id == asking.session_id},
            {"user_agent", session.user_agent},
            {"address", session.address},
            {"created_at", base::format_rfc3339(session.created_at)},
            {"last_seen_at", base::format_rfc3339(session.last_seen_at)}};
}

Json key_row(const store::ApiKey& key)
{
    return {{"id", key.id},
            {"name", key.name},
            {"prefix", "tg_" + key.id + "_"},
            {"scopes", key.scopes},
            {"created_at", base::format_rfc3339(key.created_at)},
            {"expires_at", base::format_rfc3339(key.expires_at)},
            {"last_used_at", time_or_null(key.last_used_at)}};
}

Json object_json(const store::ObjectRef& object)
{
    return {{"kind", object.kind}, {"id", object.id}};
}

Json activity_json(const store::Activity& activity)
{
    const store::Effect& effect = activity.effect;
    Json touched = Json::array();
    for (const store::ObjectRef& object : effect.touched) {
        touched.push_back(object_json(object));
    }
    const auto text_or_null = [](const std::string& text) {
        return text.empty() ? Json() : Json(text);
    };
    return {{"id", activity.id},
            {"sequence", activity.sequence},
            {"command", activity.command},
            {"time", base::format_rfc3339(activity.time)},
            {"actor",
             {{"kind", name_of(activity.actor.kind)},
              {"id", activity.actor.id},
              {"name", activity.actor.name},
              {"key_id", activity.actor.key_id}}},
            {"action", effect.action},
            {"object", object_json(effect.object)},
            {"touched", std::move(touched)},
            {"version", activity.version},
            {"before", Json::parse(effect.before, nullptr, false)},
            {"after", Json::parse(effect.after, nullptr, false)},
            {"reason", activity.reason},
            {"reversible", effect.reversible == store::Reversible::Yes},
            {"undoes", text_or_null(effect.undoes)},
            {"undone_by", text_or_null(activity.undone_by)}};
}

Reply reply_signed_in(const Call& call, const service::SignedIn& signed_in)
{
    const service::Principal& who = signed_in.principal;
    Reply reply =
        reply_json({{"user", user_json(who.user_id, who.name, who.roles)}, {"csrf", who.csrf}});
    reply.headers.push_back(session_cookie(signed_in.token, call.shared.context.tls));
    return reply;
}

Reply reply_whole(const Call& call, const std::vector<Json>& items)
{
    std::vector<std::string> texts;
    texts.reserve(items.size());
    for (const Json& item : items) {
        texts.push_back(json_text(item));
    }
    return reply_list(call, texts, "", items.size(), false);
}

} // namespace tanggap::api
