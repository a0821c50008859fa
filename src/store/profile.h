// The organisation's profile in the case database: one document (service/profile.h says what is in
// it).
#pragma once

#include <string>
#include <string_view>

#include "store/activity.h"

namespace tanggap::store {

inline const ObjectRef kProfileObject{.kind = "profile", .id = "organisation"};

/// Empty: nobody has filled it in.
base::Result<std::string> find_profile(Snapshot& snapshot);
base::Status put_profile(Change& change, std::string_view json);

} // namespace tanggap::store
