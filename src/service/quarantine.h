// Browsing and re-running quarantine.
#pragma once

#include <string>
#include <vector>

#include "disk/journal.h"
#include "service/world.h"

namespace tanggap::service {

struct QuarantineFilter {
    std::string sensor; ///< empty: any
    std::string reason; ///< empty: any
};

struct QuarantinePage {
    std::vector<disk::QuarantineEntry> entries; ///< newest first
    std::string next;                           ///< for `before`; empty: no more
};

/// Looks at no more than limits::kQuarantineScanMax entries; `next` goes on where it stopped, so a
/// page may be short although more follows.
base::Result<QuarantinePage> list_quarantine(const World& world, const QuarantineFilter& filter,
                                             std::string before, std::size_t limit);

/// Puts the chosen entries through the journal again: those of `ids`, or, where it is empty, all
/// that the filter lets through. Gives how many records.
base::Result<std::uint64_t> rerun_quarantine(const World& world, std::vector<std::string> ids,
                                             const QuarantineFilter& filter);

} // namespace tanggap::service
