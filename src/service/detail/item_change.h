// How every use case changes something that lies in a case. For this room only.
#pragma once

#include "base/id.h"
#include "service/case_items.h"
#include "service/detail/case_change.h"

namespace tanggap::service {

/// Records what differs between two versions of `after`'s object; `before` empty: it is new.
inline base::Status record_item(store::Change& change, const casework::Case& subject,
                                std::string_view kind, std::string_view verb, std::string_view id,
                                const std::string& before, const std::string& after)
{
    store::Effect effect{.action = std::string(kind) + "." + std::string(verb),
                         .object = {.kind = std::string(kind), .id = std::string(id)},
                         .touched = {store::object_of(subject)},
                         .before = "null",
                         .after = after,
                         .reversible = store::Reversible::No};
    if (!before.empty()) {
        auto difference = casework::difference_of(before, after);
        if (difference.empty) {
            return {};
        }
        effect.before = std::move(difference.before);
        effect.after = std::move(difference.after);
        effect.reversible = store::Reversible::Yes;
    }
    return change.record(std::move(effect));
}

/// Finds the thing in the case, at the expected version; `body` changes it; it is put and recorded.
template <class Value, class Find, class Put, class Body>
base::Result<Value> change_item(const World& world, const ItemWish& wish, std::string_view kind,
                                Find find, Put put, Body body)
{
    Value after;
    const auto done = world.cases.change(wish.command, [&](store::Change& change) -> base::Status {
        TRY(const casework::Case subject, case_to_work_on(change, wish.principal, wish.case_id));
        TRY(const Value before, find(change, wish.id));
        if (before.case_id != subject.id) {
            return base::not_found("no such " + std::string(kind) + " in this case");
        }
        TRY_STATUS(
            change.expect({.kind = std::string(kind), .id = before.id}, wish.expected_version));
        after = before;
        TRY_STATUS(body(change, subject, after));
        const std::string was = casework::write_json(before);
        const std::string is = casework::write_json(after);
        if (was == is) {
            return {};
        }
        TRY_STATUS(put(change, after));
        return record_item(change, subject, kind, "edit", after.id, was, is);
    });
    return done ? base::Result<Value>(std::move(after)) : std::unexpected(done.error());
}

/// Makes a thing in the case.
template <class Value, class Put, class Body>
base::Result<Value> make_item(const World& world, const ItemWish& wish, std::string_view kind,
                              Put put, Body body)
{
    Value made;
    const auto done = world.cases.change(wish.command, [&](store::Change& change) -> base::Status {
        TRY(const casework::Case subject, case_to_work_on(change, wish.principal, wish.case_id));
        made.id = base::make_uuid_v7(change.command().now).text();
        made.case_id = subject.id;
        made.created_at = change.command().now;
        TRY_STATUS(body(change, subject, made));
        TRY_STATUS(put(change, made));
        return record_item(change, subject, kind, "add", made.id, {}, casework::write_json(made));
    });
    return done ? base::Result<Value>(std::move(made)) : std::unexpected(done.error());
}

} // namespace tanggap::service
