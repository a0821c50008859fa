// Rules that people wrote in the console or by the API.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/activity.h"

namespace tanggap::store {

struct OwnRule {
    std::string id;   ///< of the first rule in the text
    std::string yaml; ///< may hold several documents: a correlation with the rules it counts
};

/// By id.
base::Result<std::vector<OwnRule>> list_own_rules(Snapshot& snapshot);
base::Status put_own_rule(Change& change, const OwnRule& rule);
base::Status remove_own_rule(Change& change, std::string_view id);

} // namespace tanggap::store
