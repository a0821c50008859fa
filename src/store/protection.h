// The TLP label of an object and who needs to know it. What has none is amber, for the whole team.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "policy/policy.h"
#include "store/activity.h"

namespace tanggap::store {

struct Protection {
    policy::Tlp tlp = policy::Tlp::Amber;
    std::vector<std::string> named; ///< ids of accounts, sorted; empty: all whom rights let

    friend bool operator==(const Protection&, const Protection&) = default;
};

base::Result<Protection> find_protection(Snapshot& snapshot, const ObjectRef& object);
/// How many of a kind a filter that spans NotRestricted hides.
base::Result<std::uint64_t> count_hidden(Snapshot& snapshot, const policy::Filter& filter,
                                         policy::Kind kind);
/// Numbers of the alerts that such a filter hides; they are few.
base::Result<std::vector<std::uint64_t>> hidden_alerts(Snapshot& snapshot,
                                                       const policy::Filter& filter);
base::Status put_protection(Change& change, const ObjectRef& object, const Protection& protection);

} // namespace tanggap::store
