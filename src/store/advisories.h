// Advisories that the desk writes; those of content/advisories are beside them, not here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "store/activity.h"

namespace tanggap::store {

enum class AdvisoryState : std::uint8_t { Draft, Published, Withdrawn };
std::string_view name_of(AdvisoryState state);

struct KeptAdvisory {
    std::string id; ///< "IMB-2026-101"
    AdvisoryState state = AdvisoryState::Draft;
    std::string document; ///< JSON; the service's
    base::Time updated_at;

    ObjectRef object() const { return {.kind = "advisory", .id = id}; }
};

/// Makes or replaces it.
base::Status put_advisory(Change& change, const KeptAdvisory& advisory);
/// Errors: NotFound.
base::Result<KeptAdvisory> find_advisory(Snapshot& snapshot, std::string_view id);
/// Newest first.
base::Result<std::vector<KeptAdvisory>> list_advisories(Snapshot& snapshot);
base::Result<std::vector<KeptAdvisory>> list_published_advisories(Snapshot& snapshot);

} // namespace tanggap::store
