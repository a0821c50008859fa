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
    std::uint64_t lost = 0; ///< records received that damage took, in all salvages so far
    /// One sentence each: file, offset and what is wrong. Empty: sound.
    std::vector<std::string> problems;
};

/// Checks every byte of a journal folder without changing it: write-ahead logs, table files,
/// entries. Errors: NotFound; Unavailable while a server has it open. Damage is in the report.
base::Result<JournalReport> verify_journal(const std::string& folder);

/// What has been made of the journal's entries elsewhere: the other side of the ledger.
struct Taken {
    std::uint64_t cursor = 0;      ///< entries up to it are processed
    std::uint64_t needed_from = 0; ///< oldest entry that is still needed
    std::uint64_t events = 0;      ///< made of processed entries
    std::uint64_t quarantined = 0; ///< records of processed entries, ever
};

/// Copies every readable entry, the totals, `seen`, state and quarantine of `folder` into a new
/// journal in `target`, which must not exist. `folder` is only read. What could not be read is in
/// the report's problems; how many records that were is counted as lost in the copy's totals, so
/// that the ledger balances. Errors: on any failed write, e.g. a full disk; `target` is gone then.
base::Result<JournalReport> salvage_journal(const std::string& folder, const std::string& target,
                                            const Taken& taken);

} // namespace tanggap::disk
