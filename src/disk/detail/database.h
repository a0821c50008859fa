// RocksDB as rulings 36 want it opened: five column families, errors as ours, no second chances.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include <rocksdb/db.h>

#include "base/error.h"
#include "disk/detail/seen_filter.h"

namespace tanggap::disk::detail {

enum class Family : std::uint8_t {
    Default,    ///< totals, sizes of entries, the journal's own id
    Journal,    ///< sequence → entry
    Seen,       ///< record identity → counts
    State,      ///< checkpoints of inputs, idempotency keys
    Quarantine, ///< id → entry
};
inline constexpr std::size_t kFamilies = 5;

/// Says why in the log, then ends the process with exit code 1: after a failed sync nothing that
/// this process believes about the disk is worth anything.
[[noreturn]] void end_process(const std::string& why);

base::Error to_error(const rocksdb::Status& status, const std::string& what);

enum class Access : std::uint8_t {
    ReadWrite, ///< the journal of a server: a background error ends the process
    ReadOnly,
    Salvage, ///< read only, passing over what is damaged
    Copy,    ///< what salvage writes: every error is answered to the writer
};

/// An open database. Thread: any; closes in its destructor.
class Database {
public:
    /// Errors: Corrupt, Exhausted (disk full), Unavailable.
    static base::Result<std::unique_ptr<Database>> open(const std::string& folder, Access access);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    rocksdb::DB& db() { return *db_; }
    rocksdb::ColumnFamilyHandle* family(Family family)
    {
        return handles_.at(static_cast<std::size_t>(family));
    }
    /// Only where it was opened for writing.
    SeenFilter& seen_filter() { return *seen_filter_; }
    /// A background job met a full disk: RocksDB refuses writes until it is opened again.
    bool met_full_disk() const;

private:
    class ErrorListener;
    Database() = default;

    std::shared_ptr<ErrorListener> listener_;
    std::array<rocksdb::ColumnFamilyHandle*, kFamilies> handles_{};
    std::unique_ptr<rocksdb::DB> db_;
    std::unique_ptr<SeenFilter> seen_filter_;
};

} // namespace tanggap::disk::detail
