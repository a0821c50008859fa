#include "store/sqlite/activity_text.h"

#include <array>

#include <nlohmann/json.hpp>

#include "base/id.h"
#include "base/text.h"
#include "codec/canonical_json.h"

namespace tanggap::store {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 4> kActorKinds{"user", "key", "system", "reporter"};

Json to_json(const ObjectRef& object)
{
    return {{"kind", object.kind}, {"id", object.id}};
}

Json to_json(const Actor& actor)
{
    return {{"kind", name_of(actor.kind)},
            {"id", actor.id},
            {"name", actor.name},
            {"key_id", actor.key_id}};
}

ObjectRef read_object(const Json& json)
{
    return {.kind = json.at("kind").get<std::string>(), .id = json.at("id").get<std::string>()};
}

Actor read_actor(const Json& json)
{
    const auto kind = json.at("kind").get<std::string>();
    const auto known = std::ranges::find(kActorKinds, kind);
    return {.kind = known == kActorKinds.end()
                        ? ActorKind::System
                        : static_cast<ActorKind>(known - kActorKinds.begin()),
            .id = json.at("id").get<std::string>(),
            .name = json.at("name").get<std::string>(),
            .key_id = json.at("key_id").get<std::string>()};
}

Effect read_effect(const Json& json)
{
    Effect effect{.action = json.at("action").get<std::string>(),
                  .object = read_object(json.at("object")),
                  .touched = {},
                  .before = json.at("before").dump(),
                  .after = json.at("after").dump(),
                  .reversible =
                      json.at("reversible").get<bool>() ? Reversible::Yes : Reversible::No,
                  .undoes = json.at("undoes").get<std::string>()};
    for (const Json& touched : json.at("touched")) {
        effect.touched.push_back(read_object(touched));
    }
    return effect;
}

base::Result<Json> parse_part(std::string_view text, std::string_view name)
{
    Json part = Json::parse(text, nullptr, false);
    if (part.is_discarded()) {
        return base::invalid("`" + std::string(name) +
                             "` of an activity record is no JSON: " + base::quoted(text));
    }
    return part;
}

} // namespace

std::string_view name_of(ActorKind kind)
{
    return kActorKinds.at(static_cast<std::size_t>(kind));
}

namespace sqlite {

base::Result<std::string> write_activity(const Activity& activity, std::string_view previous)
{
    const Effect& effect = activity.effect;
    TRY(Json before, parse_part(effect.before, "before"));
    TRY(Json after, parse_part(effect.after, "after"));
    Json touched = Json::array();
    for (const ObjectRef& object : effect.touched) {
        touched.push_back(to_json(object));
    }
    const Json document{{"sequence", activity.sequence},
                        {"id", activity.id},
                        {"command", activity.command},
                        {"time", base::format_rfc3339(activity.time)},
                        {"actor", to_json(activity.actor)},
                        {"action", effect.action},
                        {"object", to_json(effect.object)},
                        {"version", activity.version},
                        {"touched", std::move(touched)},
                        {"before", std::move(before)},
                        {"after", std::move(after)},
                        {"reversible", effect.reversible == Reversible::Yes},
                        {"undoes", effect.undoes},
                        {"reason", activity.reason},
                        {"idempotency_key", activity.idempotency_key},
                        {"previous", previous}};
    try {
        return codec::canonical_json(document.dump());
    } catch (const Json::exception& broken) {
        return base::invalid(std::string("an activity record cannot be written: ") + broken.what());
    }
}

base::Result<ReadActivity> read_activity(std::string_view document)
{
    try {
        const Json json = Json::parse(document);
        ReadActivity read;
        read.previous = json.at("previous").get<std::string>();
        read.activity = {.sequence = json.at("sequence").get<std::uint64_t>(),
                         .id = json.at("id").get<std::string>(),
                         .command = json.at("command").get<std::string>(),
                         .time = {},
                         .actor = read_actor(json.at("actor")),
                         .effect = read_effect(json),
                         .version = json.at("version").get<std::uint64_t>(),
                         .reason = json.at("reason").get<std::string>(),
                         .idempotency_key = json.at("idempotency_key").get<std::string>(),
                         .undone_by = {}};
        TRY(read.activity.time, base::parse_rfc3339(json.at("time").get<std::string>()));
        return read;
    } catch (const Json::exception& broken) {
        return base::corrupt(std::string("an activity record cannot be read: ") + broken.what());
    }
}

std::string leaf_of(std::string_view document)
{
    const auto digest = base::sha256({std::string_view("\0", 1), document});
    return base::to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string_view kind_of_action(std::string_view action)
{
    return action.substr(0, action.find('.'));
}

} // namespace sqlite
} // namespace tanggap::store
