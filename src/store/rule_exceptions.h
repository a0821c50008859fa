// What people let pass of a rule, until a day, with who answers for it and why.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "detect/exceptions.h"
#include "store/activity.h"

namespace tanggap::store {

struct KeptException {
    detect::RuleException exception;
    std::string owner; ///< who answers for it
    std::string reason;
    std::string set_by;
    base::Time set_at;

    ObjectRef object() const { return {.kind = "exception", .id = exception.id}; }
};

/// Expired ones too, in the order they were made. `rule_id` empty: of all rules.
/// Errors: Corrupt.
base::Result<std::vector<KeptException>> list_exceptions(Snapshot& snapshot,
                                                         std::string_view rule_id = {});
/// How many of each rule hold at that time; rules without any are not there.
base::Result<std::map<std::string, std::uint64_t, std::less<>>> count_exceptions(Snapshot& snapshot,
                                                                                 base::Time now);
base::Status add_exception(Change& change, const KeptException& exception);
base::Status remove_exception(Change& change, std::string_view id);

} // namespace tanggap::store
