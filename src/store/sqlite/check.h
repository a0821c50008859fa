// Checks a case database that no server has open.
#pragma once

#include <string>

#include "base/error.h"

namespace tanggap::store {

/// SQLite's own full check of pages, indexes and constraints. Errors: NotFound; Unavailable while
/// a server holds the folder; Corrupt with the first thing found.
base::Status check_sqlite(const std::string& folder);

} // namespace tanggap::store
