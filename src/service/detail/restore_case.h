// Setting fields of a case, or of what lies in it, back to a record's `before`. Closed to other
// rooms.
#pragma once

#include <string_view>

#include "store/activity.h"

namespace tanggap::service {

base::Status restore_case(store::Change& change, const store::ObjectRef& object,
                          std::string_view fields_json);
/// A case that was opened by mistake ends as no incident; its number stays taken. Errors: Conflict
/// where somebody worked in it since.
base::Status restore_opened_case(store::Change& change, const store::ObjectRef& object,
                                 std::string_view fields_json);
base::Status restore_task(store::Change& change, const store::ObjectRef& object,
                          std::string_view fields_json);
base::Status restore_entry(store::Change& change, const store::ObjectRef& object,
                           std::string_view fields_json);
base::Status restore_note(store::Change& change, const store::ObjectRef& object,
                          std::string_view fields_json);
base::Status restore_observable(store::Change& change, const store::ObjectRef& object,
                                std::string_view fields_json);

} // namespace tanggap::service
