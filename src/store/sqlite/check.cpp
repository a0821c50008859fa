#include "store/sqlite/check.h"

#include <filesystem>

#include "store/sqlite/connections.h"

namespace tanggap::store {

base::Status check_sqlite(const std::string& folder)
{
    const std::string file = folder + "/cases.sqlite";
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        return base::not_found("there is no case database " + file +
                               "; give --data the folder of `tanggap serve`");
    }
    TRY(const auto lock, sqlite::FolderLock::take(folder + "/cases.lock"));
    TRY(const auto database, sqlite::Database::open(file, sqlite::Access::ReadOnly));
    TRY(const std::string found, database->text_of("PRAGMA integrity_check(1)"));
    if (found != "ok") {
        return base::corrupt("case database " + file + ": " + found + "; restore it from a backup");
    }
    return {};
}

} // namespace tanggap::store
