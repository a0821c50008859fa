// What was done: taking it back.
#include "api/detail/render_people.h"
#include "api/detail/route.h"
#include "service/undo.h"

namespace tanggap::api {
namespace {

Answer post_undo(Call& call)
{
    TRY(const service::Undone undone,
        service::undo_command(call.world().cases, call.principal,
                              call.command(call.body.value("reason", "")), call.path.at("id")));
    Json objects = Json::array();
    for (const store::ObjectRef& object : undone.objects) {
        objects.push_back(object_json(object));
    }
    Json conflicts = Json::array();
    for (const service::UndoConflict& conflict : undone.conflicts) {
        conflicts.push_back(
            {{"object", object_json(conflict.object)}, {"detail", conflict.detail}});
    }
    return reply_json({{"command", undone.command.empty() ? Json() : Json(undone.command)},
                       {"objects", std::move(objects)},
                       {"conflicts", std::move(conflicts)}});
}

} // namespace

std::vector<Route> action_routes()
{
    using policy::Scope;
    return {
        {.method = "POST",
         .path = "/api/v1/actions/{id}/undo",
         .id = "undo",
         .summary = "Take a command back: what changed since is left alone and named",
         .summary_id = "Urungkan perintah: yang sudah berubah lagi dibiarkan dan disebut",
         .scope = Scope::SignedIn,
         .parameters = {},
         .request = "UndoRequest",
         .response = "Undone",
         .handle = post_undo},
    };
}

} // namespace tanggap::api
