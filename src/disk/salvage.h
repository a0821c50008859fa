// What can be done with a journal that is closed: check it, or copy what is readable out of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace tanggap::disk {

struct JournalReport {
    std::uint64_t entries = 0; ///< journal entries read
    std::uint64_t records = 0; ///< records in them
    std::uint64_t quarantined = 0;
    std::uint64_t bytes_checked = 0;
    /// One sentence each: file, offset and what is wrong. Empty: sound.
    std::vector<std::string> problems;
};

/// Checks every byte of a journal folder without changing it: write-ahead logs, table files,
/// entries. Errors: NotFound; Unavailable while a server has it open. Damage is in the report.
base::Result<JournalReport> verify_journal(const std::string& folder);

/// Copies every readable entry, the totals, `seen`, state and quarantine of `folder` into a new
/// journal in `target`, which must not exist. `folder` is only read. What could not be read is in
/// the report's problems.
base::Result<JournalReport> salvage_journal(const std::string& folder, const std::string& target);

} // namespace tanggap::disk
