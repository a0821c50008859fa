// Seeing an object by its label, and labelling it.
#pragma once

#include <optional>

#include "service/principal.h"
#include "store/protection.h"

namespace tanggap::service {

/// Whether the principal may do `action` to the object, by its label as it is in this transaction.
/// Errors: Denied; NotFound where it is hidden.
base::Status check(store::Snapshot& snapshot, const Principal& principal, policy::Action action,
                   const store::ObjectRef& object);
base::Status see(store::Snapshot& snapshot, const Principal& principal,
                 const store::ObjectRef& object);

/// The same for lists, which leave out what is not seen: who sees a case may not see all in it.
base::Result<bool> sees(store::Snapshot& snapshot, const Principal& principal,
                        const store::ObjectRef& object);

/// Whether only named persons see it: what it says stays out of objects that others see.
base::Result<bool> is_restricted(store::Snapshot& snapshot, const store::ObjectRef& object);

struct ProtectionSeen {
    store::ObjectRef object;
    store::Protection protection;
    std::uint64_t version = 0; ///< of the object
};
/// `id` also in the form people read (ALR-12). Errors: NotFound.
base::Result<ProtectionSeen> find_protection(store::Changes& changes, const Principal& principal,
                                             std::string_view kind, std::string_view id);

struct Labelling {
    store::Protection protection;
    std::optional<std::uint64_t> expected_version;
};
/// Who labels stays among the named, so that nobody locks the object away from themselves.
/// Lowering a label needs a reason. Errors: Invalid, Denied, NotFound, Conflict.
base::Status put_protection(store::Changes& changes, const Principal& principal,
                            const store::Command& command, std::string_view kind,
                            std::string_view id, Labelling wish);

} // namespace tanggap::service
