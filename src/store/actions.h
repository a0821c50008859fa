// One act on many objects: it is many commands, one after the other, and is told and taken back as
// one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "store/activity.h"

namespace tanggap::store {

struct StoredAction {
    std::string id;
    std::string actor_id;
    base::Time started_at;
    std::string document; ///< JSON: its outcome as far as it is known
};

/// Adds it, or replaces its document.
base::Status put_action(Change& change, const StoredAction& action);
/// The command of `change` is the action's number `ordinal`.
base::Status add_action_command(Change& change, std::string_view action, std::uint64_t ordinal);
/// Errors: NotFound.
base::Result<StoredAction> find_action(Snapshot& snapshot, std::string_view id);
/// In the order done; empty where there is no such action.
base::Result<std::vector<std::string>> commands_of_action(Snapshot& snapshot,
                                                          std::string_view action);

} // namespace tanggap::store
