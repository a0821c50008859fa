// What people set beside the content of cases: own days off, playbooks and clocks switched off.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/activity.h"

namespace tanggap::store {

struct OwnHoliday {
    std::string date; ///< "2026-08-17"
    std::string name;
    std::string set_by;
    base::Time set_at;
};
inline ObjectRef holiday_object(std::string_view date)
{
    return {.kind = "holiday", .id = std::string(date)};
}
/// By date.
base::Result<std::vector<OwnHoliday>> list_own_holidays(Snapshot& snapshot);
/// A new day, or a new name for one that is there.
base::Status put_own_holiday(Change& change, const OwnHoliday& holiday);
base::Status remove_own_holiday(Change& change, std::string_view date);

/// What of the content is off, with who said so and why.
struct SwitchedOff {
    std::string kind; ///< "playbook", "clock"
    std::string id;
    std::string reason;
    std::string set_by;
    base::Time set_at;
};
base::Result<std::vector<SwitchedOff>> list_switched_off(Snapshot& snapshot);
base::Status put_switched_off(Change& change, const SwitchedOff& off);
/// It is on again.
base::Status remove_switched_off(Change& change, const ObjectRef& object);

} // namespace tanggap::store
