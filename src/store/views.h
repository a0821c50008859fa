// What people keep of the console: views of the queue, and how pages look to them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "store/activity.h"

namespace tanggap::store {

struct View {
    std::string id;         ///< UUIDv7
    std::string owner;      ///< id of an account
    std::string owner_name; ///< only when read
    std::string name;
    std::string query;
    std::string sort;
    bool shared = false; ///< everybody who may see the queue sees it
    base::Time created_at;

    ObjectRef object() const { return {.kind = "view", .id = id}; }
};

/// The account's own and the shared ones, oldest first.
base::Result<std::vector<View>> list_views(Snapshot& snapshot, std::string_view account);
/// Errors: NotFound.
base::Result<View> find_view(Snapshot& snapshot, std::string_view id);
base::Status add_view(Change& change, const View& view);
base::Status remove_view(Change& change, std::string_view id);

/// JSON of one page's looks; "{}" where nothing was kept.
base::Result<std::string> find_preferences(Snapshot& snapshot, std::string_view account,
                                           std::string_view page);
base::Status put_preferences(Change& change, std::string_view account, std::string_view page,
                             std::string_view document);

/// Accounts that may be given work: enabled, lead or analyst; by name.
struct Assignee {
    std::string id;
    std::string name;
};
base::Result<std::vector<Assignee>> list_assignees(Snapshot& snapshot);

} // namespace tanggap::store
