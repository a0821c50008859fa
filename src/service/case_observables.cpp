// Observables of cases: found in text or given; linked to other cases through their values only.
#include <algorithm>

#include "casework/observable.h"
#include "service/detail/item_change.h"

namespace tanggap::service {
namespace {

using casework::Case;
using casework::CaseObservable;

constexpr std::size_t kTextBytesMax = 64 * 1024;
constexpr std::size_t kGivenMax = 200;

/// Puts one where the case has none of this value, or has it removed. Whether it came.
base::Result<bool> put_one(store::Change& change, const Case& subject, std::string_view type,
                           std::string_view value, std::string_view note)
{
    TRY(const auto there, store::find_observable_by_value(change, subject.id, type, value));
    if (there && !there->removed) {
        return false;
    }
    CaseObservable observable{.id = base::make_uuid_v7(change.command().now).text(),
                              .case_id = subject.id,
                              .type = std::string(type),
                              .value = std::string(value),
                              .note = std::string(note),
                              .by = change.command().actor.name,
                              .created_at = change.command().now};
    if (there) {
        observable = *there;
        observable.removed = false;
    }
    TRY_STATUS(store::put_observable(change, observable));
    TRY_STATUS(change.record({.action = "observable.add",
                              .object = {.kind = "observable", .id = observable.id},
                              .touched = {store::object_of(subject)},
                              .before = R"({"removed":true})",
                              .after = casework::write_json(observable),
                              .reversible = store::Reversible::Yes}));
    return true;
}

} // namespace

base::Status add_found_observables(store::Change& change, const Case& subject,
                                   std::string_view text, std::string_view note)
{
    for (const casework::Observable& found : casework::extract_observables(text)) {
        TRY([[maybe_unused]] const bool is_new,
            put_one(change, subject, name_of(found.type), found.value, note));
    }
    return {};
}

base::Result<std::size_t> add_observables(const World& world, const ItemWish& wish,
                                          std::string_view text,
                                          const std::vector<ObservableInput>& given)
{
    if (text.size() > kTextBytesMax) {
        return base::invalid("the text is longer than 64 KiB; paste it in parts");
    }
    if (given.size() > kGivenMax) {
        return base::invalid("at most 200 observables at once");
    }
    std::size_t added = 0;
    const auto done = world.cases.change(wish.command, [&](store::Change& change) -> base::Status {
        TRY(const Case subject, case_to_work_on(change, wish.principal, wish.case_id));
        added = 0;
        for (const casework::Observable& found : casework::extract_observables(text)) {
            TRY(const bool is_new, put_one(change, subject, name_of(found.type), found.value, ""));
            added += is_new ? 1 : 0;
        }
        for (const ObservableInput& each : given) {
            TRY(const auto type, casework::parse_observable_type(each.type));
            TRY(const std::string value, casework::canonical_value(type, each.value));
            TRY(const std::string note, checked_text("note", each.note, kCaseShortBytesMax));
            TRY(const bool is_new, put_one(change, subject, each.type, value, note));
            added += is_new ? 1 : 0;
        }
        return {};
    });
    return done ? base::Result<std::size_t>(added) : std::unexpected(done.error());
}

base::Result<CaseObservable> edit_observable(const World& world, const ItemWish& wish,
                                             const ObservableEdit& edit)
{
    return change_item<CaseObservable>(
        world, wish, "observable", store::find_observable, store::put_observable,
        [&](store::Change&, const Case&, CaseObservable& observable) -> base::Status {
            if (edit.note) {
                TRY(observable.note, checked_text("note", *edit.note, kCaseTextBytesMax));
            }
            observable.indicator = edit.indicator.value_or(observable.indicator);
            observable.removed = edit.removed.value_or(observable.removed);
            return {};
        });
}

} // namespace tanggap::service
