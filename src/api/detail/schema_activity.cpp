#include "api/detail/schema_parts.h"

namespace tanggap::api {

namespace {

/// Fields as the changed object names them.
Json any_fields()
{
    return {{"type", "object"}, {"additionalProperties", true}};
}

} // namespace

void add_activity(Json& all)
{
    const Json object_ref = object({{"kind", text()}, {"id", text()}});
    all["Activity"] =
        object({{"id", text()},
                {"sequence", count()},
                {"command", text()},
                {"time", moment()},
                {"actor", object({{"kind", words({"user", "key", "system", "reporter"})},
                                  {"id", text()},
                                  {"name", text()},
                                  {"key_id", text()}})},
                {"action", text()},
                {"object", object_ref},
                {"touched", list_of(object_ref)},
                {"version", count()},
                {"before", or_null(any_fields())},
                {"after", or_null(any_fields())},
                {"reason", text()},
                {"reversible", truth()},
                {"undoes", or_null(text())},
                {"undone_by", or_null(text())}});
    all["ActivityPage"] = page_of("Activity");
    all["AuditVerification"] =
        object({{"holds", truth()},
                {"count", count()},
                {"head", text()},
                {"bad", or_null(object({{"sequence", count()}, {"detail", text()}}))}});
    all["UndoRequest"] = object({{"reason?", text()}});
    all["Undone"] =
        object({{"command", or_null(text())},
                {"objects", list_of(object_ref)},
                {"conflicts", list_of(object({{"object", object_ref}, {"detail", text()}}))}});
}

} // namespace tanggap::api
