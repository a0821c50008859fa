// The connections of one data folder: a lock file, one writer that also checkpoints, and a small
// pool of read-only connections (rulings 37: SQLite 3.40.1's WAL-reset race needs two connections
// writing or checkpointing at once, so there is never a second one).
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "store/sqlite/database.h"

namespace tanggap::store::sqlite {

/// Held for the life of the process that owns the folder.
class FolderLock {
public:
    /// Errors: Unavailable where another process (or a second store here) holds it.
    static base::Result<FolderLock> take(const std::string& file);
    FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

private:
    explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

class Connections {
public:
    static base::Result<std::unique_ptr<Connections>> open(const std::string& folder);

    /// A borrowed connection; gives it back when it dies.
    class Lease {
    public:
        Lease(Connections& from, Database& database) : from_(from), database_(database) {}
        Lease(const Lease&) = delete;
        ~Lease() { from_.give_back(database_); }
        Database* operator->() const { return &database_; }
        Database& operator*() const { return database_; }

    private:
        Connections& from_;
        Database& database_;
    };
    /// Waits for a free one.
    Lease reader();

    /// The one writer. Use only while holding writing().
    Database& writer() { return *writer_; }
    std::unique_lock<std::mutex> writing() { return std::unique_lock(write_mutex_); }

    /// After a commit, with writing() held: moves the log into the file once it is long.
    base::Status checkpoint_if_long();

private:
    explicit Connections(FolderLock lock) : lock_(std::move(lock)) {}
    void give_back(Database& database);

    FolderLock lock_; // first in, last out
    std::string file_;
    std::unique_ptr<Database> writer_;
    std::vector<std::unique_ptr<Database>> readers_; // closed before the writer
    std::vector<Database*> free_;
    std::mutex pool_mutex_;
    std::condition_variable returned_;
    std::mutex write_mutex_;
};

} // namespace tanggap::store::sqlite
