// Setting fields of an object back to what a record's `before` says. Closed to other rooms.
#pragma once

#include <string_view>

#include "store/activity.h"

namespace tanggap::service {

/// Fields: status, close_reason, assignee, case_id, snoozed_until, labels; any of them.
base::Status restore_alert(store::Change& change, const store::ObjectRef& object,
                           std::string_view fields_json);

/// Fields: roles, disabled; any of them. Ends the sessions; never without an administrator.
base::Status restore_user(store::Change& change, const store::ObjectRef& object,
                          std::string_view fields_json);
/// Fields: title, status, organisation, assignee, case_id, waiting; any of them.
base::Status restore_report(store::Change& change, const store::ObjectRef& object,
                            std::string_view fields_json);
/// The whole label, as *.protect records it.
base::Status restore_protection(store::Change& change, const store::ObjectRef& object,
                                std::string_view fields_json);

} // namespace tanggap::service
