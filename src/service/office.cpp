#include "service/office.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/office_limits.h"
#include "base/text.h"

namespace tanggap::service {
namespace {

base::Result<casework::Date> read_date(std::string_view text)
{
    const auto date = casework::parse_date(text);
    return date ? base::Result<casework::Date>(*date)
                : base::invalid(base::quoted(text) + " is no date; write 2026-08-17");
}

/// Errors: Conflict where the day is off already for everybody.
base::Status check_free(const casework::WorkCalendar* calendar, const casework::Date& date)
{
    if (calendar == nullptr) {
        return {};
    }
    const auto days = calendar->holidays();
    const auto known = std::ranges::find_if(days, [&](const casework::Holiday& day) {
        return !day.own && day.date.month == date.month && day.date.day == date.day &&
               (day.date.year == 0 || day.date.year == date.year);
    });
    return known == days.end()
               ? base::Status()
               : base::fail(base::Code::Conflict, casework::format_date(date) +
                                                      " is off already: " + known->name.id + " (" +
                                                      known->name.en + ")");
}

std::string name_json(std::string_view name)
{
    return nlohmann::json{{"name", name}}.dump();
}

/// Puts one thing of the content on or off and says so in its history.
base::Status set_switch(const World& world, const Administration& administration,
                        const store::Command& command, const store::ObjectRef& object, Switch to)
{
    if (to == Switch::Off && base::trim(command.reason).empty()) {
        return base::invalid("`reason` is missing: say why it is switched off");
    }
    const auto state = [](bool on) { return nlohmann::json{{"enabled", on}}.dump(); };
    TRY(const std::string changed,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const auto off, store::list_switched_off(change));
            const bool was_on = std::ranges::none_of(off, [&](const store::SwitchedOff& each) {
                return each.kind == object.kind && each.id == object.id;
            });
            if (was_on == (to == Switch::On)) {
                return {}; // Nothing to do is no change: no record.
            }
            TRY_STATUS(to == Switch::On
                           ? store::remove_switched_off(change, object)
                           : store::put_switched_off(change, {.kind = object.kind,
                                                              .id = object.id,
                                                              .reason = command.reason,
                                                              .set_by = command.actor.name,
                                                              .set_at = command.now}));
            return change.record({.action = object.kind + ".switch",
                                  .object = object,
                                  .before = state(was_on),
                                  .after = state(to == Switch::On)});
        }));
    return changed.empty() ? base::Status() : administration.reload_casework();
}

} // namespace

base::Result<std::vector<store::OwnHoliday>> list_own_holidays(const World& world)
{
    std::vector<store::OwnHoliday> days;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(days, store::list_own_holidays(snapshot));
        return {};
    }));
    return days;
}

base::Status put_own_holiday(const World& world, const Administration& administration,
                             const store::Command& command, std::string_view date,
                             std::string_view name)
{
    TRY(const casework::Date day, read_date(date));
    name = base::trim(name);
    if (name.empty() || name.size() > base::limits::kOfficeTextBytesMax) {
        return base::invalid("`name` is a text of 1 to " +
                             std::to_string(base::limits::kOfficeTextBytesMax) + " bytes");
    }
    TRY_STATUS(check_free(world.casework()->calendar.get(), day));
    TRY(const std::string changed,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const auto days, store::list_own_holidays(change));
            const auto known = std::ranges::find(days, date, &store::OwnHoliday::date);
            if (known != days.end() && known->name == name) {
                return {}; // Nothing to do is no change: no record.
            }
            if (known == days.end() && days.size() == base::limits::kOwnHolidaysMax) {
                return base::exhausted("there are " + std::to_string(days.size()) +
                                       " own days off; remove those that are past");
            }
            TRY_STATUS(store::put_own_holiday(change, {.date = std::string(date),
                                                       .name = std::string(name),
                                                       .set_by = command.actor.name,
                                                       .set_at = command.now}));
            return change.record({.action = known == days.end() ? "holiday.add" : "holiday.change",
                                  .object = store::holiday_object(date),
                                  .before = known == days.end() ? "null" : name_json(known->name),
                                  .after = name_json(name)});
        }));
    return changed.empty() ? base::Status() : administration.reload_casework();
}

base::Status remove_own_holiday(const World& world, const Administration& administration,
                                const store::Command& command, std::string_view date)
{
    TRY([[maybe_unused]] const std::string changed,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            TRY(const auto days, store::list_own_holidays(change));
            const auto known = std::ranges::find(days, date, &store::OwnHoliday::date);
            if (known == days.end()) {
                return base::not_found("no own day off on " + base::quoted(date));
            }
            TRY_STATUS(store::remove_own_holiday(change, date));
            return change.record({.action = "holiday.remove",
                                  .object = store::holiday_object(date),
                                  .before = name_json(known->name),
                                  .after = "null"});
        }));
    return administration.reload_casework();
}

base::Result<std::vector<store::SwitchedOff>> list_switched_off(const World& world)
{
    std::vector<store::SwitchedOff> off;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(off, store::list_switched_off(snapshot));
        return {};
    }));
    return off;
}

base::Status switch_playbook(const World& world, const Administration& administration,
                             const store::Command& command, std::string_view id, Switch to)
{
    if (world.casework()->find_playbook(id) == nullptr) {
        return base::not_found("no playbook " + base::quoted(id) + " is loaded");
    }
    return set_switch(world, administration, command,
                      {.kind = std::string(kSwitchedPlaybook), .id = std::string(id)}, to);
}

base::Status switch_clock(const World& world, const Administration& administration,
                          const store::Command& command, std::string_view id, Switch to)
{
    const auto knowledge = world.casework();
    const casework::ClockRule* const rule = knowledge->find_clock(id);
    if (rule == nullptr) {
        return base::not_found("no clock " + base::quoted(id) + " is loaded");
    }
    if (rule->kind == casework::ClockKind::Statutory) {
        return base::invalid("a duty by law is not switched off; waive it, with a reason, in a "
                             "case that it does not concern");
    }
    return set_switch(world, administration, command,
                      {.kind = std::string(kSwitchedClock), .id = std::string(id)}, to);
}

base::Result<casework::OwnSettings> read_own_settings(store::Changes& changes)
{
    casework::OwnSettings own;
    TRY_STATUS(changes.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const auto days, store::list_own_holidays(snapshot));
        for (const store::OwnHoliday& day : days) {
            TRY(const casework::Date date, read_date(day.date));
            own.days_off.push_back({.date = date, .name = {day.name, day.name}});
        }
        TRY(const auto off, store::list_switched_off(snapshot));
        for (const store::SwitchedOff& each : off) {
            (each.kind == kSwitchedPlaybook ? own.playbooks_off : own.clocks_off).insert(each.id);
        }
        return {};
    }));
    return own;
}

} // namespace tanggap::service
