#include "disk/detail/guard.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

#include "disk/detail/database.h"
#include "disk/detail/entry_format.h"
#include "disk/detail/wal_scan.h"

namespace tanggap::disk::detail {
namespace {

std::string process_in(int file)
{
    char text[24] = {};
    const ssize_t got = ::pread(file, text, sizeof text - 1, 0);
    return got > 0 ? std::string(text, static_cast<std::size_t>(got)) : std::string("unknown");
}

std::string damage_at(const WalFile& wal, std::uint64_t offset)
{
    return wal.path + " is damaged at byte " + std::to_string(offset) + " of " +
           std::to_string(wal.size);
}

void check_last(const WalFile& wal, const WalState& state, const std::optional<Mark>& mark,
                WalCheck& check)
{
    const bool marked = mark && mark->wal_number == wal.number;
    if (state.record_begins_later) {
        check.problems.push_back(damage_at(wal, state.valid_bytes) +
                                 ": acknowledged records follow the damage");
    } else if (marked && state.valid_bytes < mark->wal_bytes) {
        check.problems.push_back(damage_at(wal, state.valid_bytes) + ": records up to byte " +
                                 std::to_string(mark->wal_bytes) + " were acknowledged");
    } else if (state.torn) {
        check.torn = TornTail{wal.path, state.valid_bytes, wal.size - state.valid_bytes};
    }
}

} // namespace

base::Result<FolderLock> FolderLock::take(const std::string& folder)
{
    const std::string path = folder + "/tanggap.lock";
    FolderLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock.file_ < 0) {
        return base::system_error("cannot open " + path, errno);
    }
    if (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
        return base::unavailable("the journal in " + folder + " is in use by process " +
                                 process_in(lock.file_) +
                                 "; stop that server, or give this one another data folder");
    }
    const std::string process = std::to_string(::getpid());
    const bool noted = ::ftruncate(lock.file_, 0) == 0 &&
                       ::pwrite(lock.file_, process.data(), process.size(), 0) ==
                           static_cast<ssize_t>(process.size());
    if (!noted) {
        return base::system_error("cannot write " + path, errno);
    }
    return lock;
}

FolderLock::~FolderLock()
{
    if (file_ >= 0) {
        ::close(file_);
    }
}

FolderLock::FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

std::string mark_path(const std::string& folder)
{
    return folder + "/acknowledged";
}

base::Result<WalCheck> check_wals(const std::string& folder, const std::optional<Mark>& mark)
{
    WalCheck check;
    TRY(const auto wals, list_wals(folder));
    for (const WalFile& wal : wals) {
        TRY(const std::string bytes, read_whole(wal.path));
        const WalState state = scan_wal(bytes);
        check.bytes += bytes.size();
        if (&wal == &wals.back()) {
            check_last(wal, state, mark, check);
        } else if (state.torn) {
            check.problems.push_back(damage_at(wal, state.valid_bytes) +
                                     ": a newer log follows it");
        }
    }
    const std::uint64_t newest = wals.empty() ? 0 : wals.back().number;
    if (mark && mark->wal_number > newest) {
        check.problems.push_back(folder + "/ has no log " + std::to_string(mark->wal_number) +
                                 ", which holds acknowledged records");
    }
    return check;
}

base::Status cut(const TornTail& torn)
{
    const int file = ::open(torn.path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0) {
        return base::system_error("cannot open " + torn.path, errno);
    }
    const bool done =
        ::ftruncate(file, static_cast<off_t>(torn.valid_bytes)) == 0 && ::fsync(file) == 0;
    const int cut_error = errno;
    ::close(file);
    if (!done) {
        return base::system_error("cannot cut the torn tail of " + torn.path, cut_error);
    }
    return {};
}

base::Status write_mark(MarkFile& file, Database& database, const JournalTotals& totals)
{
    std::unique_ptr<rocksdb::LogFile> wal;
    const rocksdb::Status status = database.db().GetCurrentWalFile(&wal);
    if (!status.ok()) {
        return std::unexpected(to_error(status, "cannot ask for the journal's log"));
    }
    return file.write({.wal_number = wal->LogNumber(),
                       .wal_bytes = wal->SizeFileBytes(),
                       .sequence = totals.last_sequence,
                       .totals = encode_totals(totals)});
}

} // namespace tanggap::disk::detail
