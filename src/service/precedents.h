// "Seen before": how the same rule on the same target was handled.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "service/principal.h"
#include "store/case_store.h"
#include "store/triage_list.h"

namespace tanggap::service {

struct Precedent {
    store::TriageRow row;
    std::string decided_by; ///< name; empty where no record says
    std::string note;       ///< the reason they wrote
};

/// What "apply the same decision" would do.
struct SameDecision {
    std::string reason; ///< model::CloseReason, by name
    std::uint64_t count = 0;
};

struct SeenBefore {
    std::vector<Precedent> items; ///< newest first, at most limits::kPrecedentsShown
    std::uint64_t total = 0;
    std::optional<SameDecision> same; ///< where more than half of the items were closed alike
};

/// `alert`: one that the principal sees, whole.
base::Result<SeenBefore> precedents_of(store::CaseStore& cases, const Principal& principal,
                                       const model::Alert& alert);

} // namespace tanggap::service
