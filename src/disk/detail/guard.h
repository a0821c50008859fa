// What must hold before RocksDB may open a journal: one process, and nothing acknowledged missing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "disk/detail/mark.h"
#include "disk/journal.h"

namespace tanggap::disk::detail {

/// Holds `folder`/tanggap.lock while it lives. Errors: Unavailable, naming the other process.
class FolderLock {
public:
    static base::Result<FolderLock> take(const std::string& folder);
    ~FolderLock();
    FolderLock(FolderLock&& other) noexcept;
    FolderLock& operator=(FolderLock&&) = delete;

private:
    explicit FolderLock(int file) : file_(file) {}
    int file_ = -1;
};

std::string mark_path(const std::string& folder);

class Database;

/// Marks all that the database has synced so far, with the totals that hold then.
base::Status write_mark(MarkFile& file, Database& database, const JournalTotals& totals);

/// A torn tail that was never acknowledged.
struct TornTail {
    std::string path;
    std::uint64_t valid_bytes = 0;
    std::uint64_t torn_bytes = 0;
};

struct WalCheck {
    std::vector<std::string> problems; ///< damage: a sentence each, file and offset named
    std::optional<TornTail> torn;
    std::uint64_t bytes = 0;
};

/// Reads every log of the folder against the mark. Changes nothing.
base::Result<WalCheck> check_wals(const std::string& folder, const std::optional<Mark>& mark);

/// Cuts off a torn tail and syncs, so that the log is whole when a newer one follows it.
base::Status cut(const TornTail& torn);

} // namespace tanggap::disk::detail
