#include "service/detail/restore_case.h"

#include "store/cases.h"

namespace tanggap::service {
namespace {

/// `value` with the fields set back, read again.
template <class Value, class Read>
base::Result<Value> set_back(const Value& value, std::string_view fields_json, Read read)
{
    TRY(const std::string json, casework::with_fields(casework::write_json(value), fields_json));
    return read(json);
}

} // namespace

base::Status restore_case(store::Change& change, const store::ObjectRef& object,
                          std::string_view fields_json)
{
    TRY(const casework::Case now, store::find_case_by_id(change, object.id));
    TRY(const casework::Case before, set_back(now, fields_json, casework::read_case));
    // Its clocks are computed anew by whoever watches them: they are due at once.
    return store::put_case(change, before, {.next = change.command().now, .overdue = {}});
}

base::Status restore_opened_case(store::Change& change, const store::ObjectRef& object,
                                 std::string_view fields_json)
{
    if (fields_json != "null") {
        return restore_case(change, object, fields_json); // The opening is wanted after all.
    }
    TRY(casework::Case opened, store::find_case_by_id(change, object.id));
    TRY(const store::CaseCounts inside, store::count_in_case(change, opened.id));
    if (inside.tasks + inside.entries + inside.notes + inside.evidence > 0) {
        return base::fail(base::Code::Conflict,
                          opened.number_text() +
                              " holds work already; take the alerts out, or end it as no incident");
    }
    opened.stage_reason = "Pembukaan diurungkan / the opening was taken back";
    casework::move(opened, casework::Stage::NotIncident, change.command().now);
    return store::put_case(change, opened, {});
}

base::Status restore_task(store::Change& change, const store::ObjectRef& object,
                          std::string_view fields_json)
{
    TRY(const casework::Task now, store::find_task(change, object.id));
    TRY(const casework::Task before, set_back(now, fields_json, casework::read_task));
    return store::put_task(change, before);
}

base::Status restore_entry(store::Change& change, const store::ObjectRef& object,
                           std::string_view fields_json)
{
    TRY(const casework::Entry now, store::find_entry(change, object.id));
    TRY(const casework::Entry before, set_back(now, fields_json, casework::read_entry));
    return store::put_entry(change, before);
}

base::Status restore_note(store::Change& change, const store::ObjectRef& object,
                          std::string_view fields_json)
{
    TRY(const casework::Note now, store::find_note(change, object.id));
    TRY(const casework::Note before, set_back(now, fields_json, casework::read_note));
    return store::put_note(change, before);
}

base::Status restore_observable(store::Change& change, const store::ObjectRef& object,
                                std::string_view fields_json)
{
    TRY(const casework::CaseObservable now, store::find_observable(change, object.id));
    TRY(const casework::CaseObservable before,
        set_back(now, fields_json, casework::read_observable));
    return store::put_observable(change, before);
}

} // namespace tanggap::service
