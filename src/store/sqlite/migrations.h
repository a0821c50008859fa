// The schema of the case database, as numbered steps that are never edited once released.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "store/sqlite/database.h"

namespace tanggap::store::sqlite {

struct Migration {
    int version = 0;
    std::string_view name;
    std::span<const std::string_view> statements;
};

/// Every step, ascending from 1 without gaps.
std::span<const Migration> migrations();

/// Applies the steps the file does not have, each in its own transaction; the applied ones are
/// listed in the table `schema_migrations`.
/// Errors: Invalid when the file's schema is newer than the last step known here.
base::Status migrate(Database& database);

} // namespace tanggap::store::sqlite
