#include "store/office.h"

#include "store/sqlite/change.h"

namespace tanggap::store {

using sqlite::Statement;

base::Result<std::vector<OwnHoliday>> list_own_holidays(Snapshot& snapshot)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared(
            "SELECT date, name, set_by, set_at FROM own_holidays ORDER BY date", "", "ttti"));
    std::vector<OwnHoliday> out;
    TRY_STATUS(sqlite::each_row(*rows, [&]() -> base::Status {
        out.push_back({.date = rows->text(0),
                       .name = rows->text(1),
                       .set_by = rows->text(2),
                       .set_at = {rows->integer(3)}});
        return {};
    }));
    return out;
}

base::Status put_own_holiday(Change& change, const OwnHoliday& holiday)
{
    TRY(Statement * put,
        database_of(change).prepared("INSERT OR REPLACE INTO own_holidays (date, name, set_by,"
                                     " set_at) VALUES (?, ?, ?, ?)",
                                     "ttti"));
    return put->bind(holiday.date, holiday.name, holiday.set_by, holiday.set_at.ns).run();
}

base::Status remove_own_holiday(Change& change, std::string_view date)
{
    TRY(Statement * remove,
        database_of(change).prepared("DELETE FROM own_holidays WHERE date = ?", "t"));
    return remove->bind(date).run();
}

base::Result<std::vector<SwitchedOff>> list_switched_off(Snapshot& snapshot)
{
    TRY(Statement * rows,
        database_of(snapshot).prepared("SELECT kind, id, reason, set_by, set_at FROM casework_off"
                                       " ORDER BY kind, id",
                                       "", "tttti"));
    std::vector<SwitchedOff> out;
    TRY_STATUS(sqlite::each_row(*rows, [&]() -> base::Status {
        out.push_back({.kind = rows->text(0),
                       .id = rows->text(1),
                       .reason = rows->text(2),
                       .set_by = rows->text(3),
                       .set_at = {rows->integer(4)}});
        return {};
    }));
    return out;
}

base::Status put_switched_off(Change& change, const SwitchedOff& off)
{
    TRY(Statement * put,
        database_of(change).prepared("INSERT OR REPLACE INTO casework_off (kind, id, reason,"
                                     " set_by, set_at) VALUES (?, ?, ?, ?, ?)",
                                     "tttti"));
    return put->bind(off.kind, off.id, off.reason, off.set_by, off.set_at.ns).run();
}

base::Status remove_switched_off(Change& change, const ObjectRef& object)
{
    TRY(Statement * remove,
        database_of(change).prepared("DELETE FROM casework_off WHERE kind = ? AND id = ?", "tt"));
    return remove->bind(object.kind, object.id).run();
}

} // namespace tanggap::store
