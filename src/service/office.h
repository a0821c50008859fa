// How an office works, set beside the content of cases: own days off, playbooks and clocks off.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "casework/knowledge.h"
#include "service/administration.h"
#include "service/world.h"
#include "store/office.h"

namespace tanggap::service {

/// What can be switched off, as store::SwitchedOff::kind and its records name it.
inline constexpr std::string_view kSwitchedPlaybook = "playbook";
inline constexpr std::string_view kSwitchedClock = "clock";

base::Result<std::vector<store::OwnHoliday>> list_own_holidays(const World& world);
/// A new day, or a new name for one that is there. What is due in working time moves at once.
/// Errors: Invalid (date, name); Conflict where the calendar's file has that day; Exhausted above
/// limits::kOwnHolidaysMax.
base::Status put_own_holiday(const World& world, const Administration& administration,
                             const store::Command& command, std::string_view date,
                             std::string_view name);
/// Errors: NotFound, also of a day of the file.
base::Status remove_own_holiday(const World& world, const Administration& administration,
                                const store::Command& command, std::string_view date);

enum class Switch : std::uint8_t { On, Off };
base::Result<std::vector<store::SwitchedOff>> list_switched_off(const World& world);
/// Tasks that cases already have of it stay. Off needs a reason in the command.
/// Errors: NotFound, Invalid.
base::Status switch_playbook(const World& world, const Administration& administration,
                             const store::Command& command, std::string_view id, Switch to);
/// Open cases lose or get the clock at once. Errors: NotFound, Invalid (no reason; by law).
base::Status switch_clock(const World& world, const Administration& administration,
                          const store::Command& command, std::string_view id, Switch to);

/// All of it, as the content takes it.
base::Result<casework::OwnSettings> read_own_settings(store::Changes& changes);

} // namespace tanggap::service
