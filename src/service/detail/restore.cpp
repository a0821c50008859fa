#include "service/detail/restore.h"

#include "store/alert_state.h"
#include "triage/state_fields.h"

namespace tanggap::service {

base::Status restore_alert(store::Change& change, const store::ObjectRef& object,
                           std::string_view fields_json)
{
    TRY(const std::uint64_t number, store::find_alert_number(change, object.id));
    TRY(const model::AlertState now, store::find_alert_state(change, number));
    TRY(const model::AlertState before, triage::with_fields(now, fields_json));
    return store::put_alert_state(change, number, before);
}

} // namespace tanggap::service
