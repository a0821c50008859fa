// The case database over SQLite. One connection writes and checkpoints (rulings 37).
#pragma once

#include <memory>
#include <string>

#include "store/case_store.h"

namespace tanggap::store {

/// Opens or makes `folder`/cases.sqlite and brings its schema up to date.
/// Errors: Unavailable when another process holds the folder; Invalid when the schema is newer
/// than this program; Corrupt when the file is damaged.
/// Thread: any; writes wait for each other, reads run beside them.
base::Result<std::unique_ptr<CaseStore>> open_sqlite(const std::string& folder);

} // namespace tanggap::store
