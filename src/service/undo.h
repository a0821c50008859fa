// Taking a command back (docs/decisions/0004-commands.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "service/principal.h"

namespace tanggap::service {

struct UndoConflict {
    store::ObjectRef object;
    std::string detail; ///< why it was left alone
};

struct Undone {
    std::string command; ///< the one that took back; empty: every object was left alone
    std::vector<store::ObjectRef> objects;
    std::vector<UndoConflict> conflicts;
};

/// Sets back what `command` changed, object by object, newest first. What changed since is left
/// alone and told. By who did it, or a lead who may change such objects.
/// Errors: NotFound; Denied; Conflict where it is not reversible or older than limits::kUndoWindow.
base::Result<Undone> undo_command(store::Changes& changes, const Principal& principal,
                                  const store::Command& by, std::string_view command);

} // namespace tanggap::service
