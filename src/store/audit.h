// Checks the chain of activity records, of a stopped server or of a copy of its database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "store/activity.h"

namespace tanggap::store {

/// The first record that is not as it was written.
struct BadRecord {
    std::uint64_t sequence = 0;
    std::string what;
};

struct AuditReport {
    std::uint64_t count = 0; ///< records that hold, from the first
    std::string head;        ///< leaf of the last of them; zeros: none
    std::optional<BadRecord> bad;
    /// The record whose leaf is the head that was expected, where one was and it is there.
    std::optional<std::uint64_t> expected_at;
};

/// Every record: its text gives its leaf, holds the leaf before it, and says what the columns and
/// indexes of its row say. Then the head that the database keeps.
base::Result<AuditReport> verify_audit(Snapshot& snapshot);

/// The same without a server, or beside one: nothing is written.
/// Errors: NotFound; Unavailable; Corrupt where the file cannot be opened.
/// `expect_head`: a head noted before, to be looked for; empty: none.
base::Result<AuditReport> verify_audit(const std::string& folder,
                                       const std::string& expect_head = {});

} // namespace tanggap::store
