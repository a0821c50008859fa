#include "store/sqlite/connections.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "base/limits.h"
#include "store/abandoned.h"

namespace tanggap::store::sqlite {
namespace {

/// Reads run beside each other up to this; a third of a console's requests wait at most one query.
constexpr std::size_t kReaders = 3;

/// Of this thread: see AbandonedReads.
thread_local const Abandoned* abandoned = nullptr;

base::Result<std::unique_ptr<Database>> open_writer(const std::string& file)
{
    TRY(auto writer, Database::open(file, Access::ReadWrite));
    TRY(const std::string mode, writer->text_of("PRAGMA journal_mode = WAL"));
    if (mode != "wal") {
        return base::unavailable("case database " + file + ": journal mode is '" + mode +
                                 "', expected 'wal'; the file system must support shared memory");
    }
    TRY_STATUS(writer->run("PRAGMA synchronous = FULL"));
    TRY([[maybe_unused]] const auto pages, writer->integer_of("PRAGMA wal_autocheckpoint = 0"));
    TRY_STATUS(writer->run("PRAGMA cache_size = -16000"));
    return writer;
}

base::Result<std::unique_ptr<Database>> open_reader(const std::string& file)
{
    TRY(auto reader, Database::open(file, Access::ReadOnly));
    TRY_STATUS(reader->run("PRAGMA query_only = 1"));
    TRY_STATUS(reader->run("PRAGMA cache_size = -8000"));
    reader->give_up_when([] { return abandoned != nullptr && *abandoned && (*abandoned)(); });
    return reader;
}

/// Password hashes are in it. SQLite gives its log files the mode of the database.
base::Status make_private(const std::string& file)
{
    const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return base::system_error("cannot open " + file, errno);
    }
    close(descriptor);
    return {};
}

} // namespace

base::Result<FolderLock> FolderLock::take(const std::string& file)
{
    const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return base::system_error("cannot open " + file, errno);
    }
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        close(descriptor);
        return base::unavailable("another tanggap uses this data folder (" + file +
                                 " is locked); stop it, or give --data another folder");
    }
    return FolderLock(descriptor);
}

FolderLock::~FolderLock()
{
    if (descriptor_ >= 0) {
        close(descriptor_);
    }
}

base::Result<std::unique_ptr<Connections>> Connections::open(const std::string& folder)
{
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) {
        return base::system_error("cannot make " + folder, failed.value());
    }
    TRY(auto lock, FolderLock::take(folder + "/cases.lock"));
    std::unique_ptr<Connections> connections(new Connections(std::move(lock)));
    connections->file_ = folder + "/cases.sqlite";
    TRY_STATUS(make_private(connections->file_));
    TRY(connections->writer_, open_writer(connections->file_));
    for (std::size_t i = 0; i < kReaders; ++i) {
        TRY(auto reader, open_reader(connections->file_));
        connections->free_.push_back(reader.get());
        connections->readers_.push_back(std::move(reader));
    }
    return connections;
}

Connections::Lease Connections::reader()
{
    std::unique_lock lock(pool_mutex_);
    returned_.wait(lock, [&] { return !free_.empty(); });
    Database* const database = free_.back();
    free_.pop_back();
    return {*this, *database};
}

void Connections::give_back(Database& database)
{
    const std::lock_guard lock(pool_mutex_);
    free_.push_back(&database);
    returned_.notify_one();
}

base::Status Connections::checkpoint_if_long()
{
    std::error_code failed;
    const auto bytes = std::filesystem::file_size(file_ + "-wal", failed);
    if (failed || bytes < base::limits::kWalCheckpointBytes) {
        return {}; // No log yet: nothing to move.
    }
    // PASSIVE waits for nobody; the log is used again from its start once every reader moved on.
    TRY([[maybe_unused]] const auto busy, writer_->integer_of("PRAGMA wal_checkpoint(PASSIVE)"));
    return {};
}

} // namespace tanggap::store::sqlite

namespace tanggap::store {

AbandonedReads::AbandonedReads(const Abandoned& given_up)
    : outer_(std::exchange(sqlite::abandoned, &given_up))
{
}

AbandonedReads::~AbandonedReads()
{
    sqlite::abandoned = outer_;
}

} // namespace tanggap::store
