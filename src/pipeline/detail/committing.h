// What the processor's results look like as one commit. Pure.
#pragma once

#include <vector>

#include "disk/journal.h"
#include "model/detection.h"
#include "pipeline/detail/batch.h"
#include "store/case_store.h"
#include "triage/triage.h"

namespace tanggap::pipeline::detail {

/// What detection and triage said of a batch.
struct Findings {
    std::vector<model::Detection> detections; ///< by event_index into the batch
    triage::GroupingResult groups;
    std::vector<detect::GroupState> correlation;
};

/// Everything of the batch in one commit: cursor, range, annotations, counters, results.
store::Commit make_commit(const Batch& batch, Findings findings);

/// The batch's entries for quarantine. A replay makes the same.
std::vector<disk::QuarantineEntry> make_quarantine(const Batch& batch);

} // namespace tanggap::pipeline::detail
