// The directory of organisations, as commands change it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "casework/organisation.h"
#include "store/activity.h"

namespace tanggap::store {

struct KeptOrganisation {
    std::string id; ///< UUIDv7
    casework::Organisation organisation;
};

inline ObjectRef organisation_object(std::string_view id)
{
    return {.kind = "organisation", .id = std::string(id)};
}

/// By name, without regard to case.
base::Result<std::vector<KeptOrganisation>> list_organisations(Snapshot& snapshot);
/// Nothing: there is none of that id; of that name, without regard to case.
base::Result<std::optional<KeptOrganisation>> find_organisation(Snapshot& snapshot,
                                                                std::string_view id);
base::Result<std::optional<KeptOrganisation>> find_organisation_named(Snapshot& snapshot,
                                                                      std::string_view name);
/// A new one, or the new note and contacts of a known id: its name stays.
base::Status put_organisation(Change& change, const KeptOrganisation& organisation);
base::Status remove_organisation(Change& change, std::string_view id);

/// How many assets each name owns; names differ by more than case.
base::Result<std::map<std::string, std::uint64_t>> count_assets_by_owner(Snapshot& snapshot);

} // namespace tanggap::store
