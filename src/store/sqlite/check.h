// Checks a case database that no server has open.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace tanggap::store {

/// SQLite's own full check of pages, indexes and constraints. Errors: NotFound; Unavailable while
/// a server holds the folder; Corrupt with the first thing found.
base::Status check_sqlite(const std::string& folder);

/// What a closed case database has taken from the journal. Units: records, except where said.
struct TakenRecords {
    std::uint64_t cursor = 0;      ///< journal entries up to it are processed
    std::uint64_t needed_from = 0; ///< oldest journal entry that is still needed
    std::uint64_t events = 0;      ///< committed, archived or not
    std::uint64_t quarantined = 0; ///< ever
    std::uint64_t lost = 0;        ///< of the events, gone before the archive had them
};
/// Errors: as check_sqlite, without the full check.
base::Result<TakenRecords> taken_records(const std::string& folder);

} // namespace tanggap::store
