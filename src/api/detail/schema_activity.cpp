#include "api/detail/schema_parts.h"

namespace tanggap::api {

void add_activity(Json& all)
{
    const Json object_ref = object({{"kind", text()}, {"id", text()}});
    all["UndoRequest"] = object({{"reason?", text()}});
    all["Undone"] =
        object({{"command", or_null(text())},
                {"objects", list_of(object_ref)},
                {"conflicts", list_of(object({{"object", object_ref}, {"detail", text()}}))}});
}

} // namespace tanggap::api
