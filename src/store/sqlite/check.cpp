#include "store/sqlite/check.h"

#include <filesystem>

#include "store/sqlite/connections.h"

namespace tanggap::store {

namespace {

struct Closed {
    sqlite::FolderLock lock;
    std::unique_ptr<sqlite::Database> database;
};

base::Result<Closed> open_closed(const std::string& folder)
{
    const std::string file = folder + "/cases.sqlite";
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        return base::not_found("there is no case database " + file +
                               "; give --data the folder of `tanggap serve`");
    }
    TRY(auto lock, sqlite::FolderLock::take(folder + "/cases.lock"));
    TRY(auto database, sqlite::Database::open(file, sqlite::Access::ReadOnly));
    return Closed{std::move(lock), std::move(database)};
}

} // namespace

base::Status check_sqlite(const std::string& folder)
{
    TRY(const Closed closed, open_closed(folder));
    TRY(const std::string found, closed.database->text_of("PRAGMA integrity_check(1)"));
    if (found != "ok") {
        return base::corrupt("case database " + folder + "/cases.sqlite: " + found +
                             "; restore it from a backup");
    }
    return {};
}

base::Result<TakenRecords> taken_records(const std::string& folder)
{
    TRY(const Closed closed, open_closed(folder));
    const auto counter = [&](std::string_view name) {
        return closed.database->integer_of("SELECT coalesce(max(value), 0) FROM counters"
                                           " WHERE name = '" +
                                           std::string(name) + "'");
    };
    TRY(const std::int64_t cursor, counter("cursor"));
    TRY(const std::int64_t events, counter("committed"));
    TRY(const std::int64_t quarantined, counter("quarantined"));
    TRY(const std::int64_t lost, counter("lost"));
    TRY(const std::int64_t pending,
        closed.database->integer_of("SELECT coalesce(min(first), 0) FROM archive_ranges"));
    return TakenRecords{.cursor = static_cast<std::uint64_t>(cursor),
                        .needed_from =
                            static_cast<std::uint64_t>(pending != 0 ? pending : cursor + 1),
                        .events = static_cast<std::uint64_t>(events),
                        .quarantined = static_cast<std::uint64_t>(quarantined),
                        .lost = static_cast<std::uint64_t>(lost)};
}

} // namespace tanggap::store
