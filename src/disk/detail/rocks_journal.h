// The journal on RocksDB.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "disk/detail/append_plan.h"
#include "disk/detail/books.h"
#include "disk/detail/database.h"
#include "disk/detail/guard.h"
#include "disk/journal.h"

namespace tanggap::disk::detail {

/// Thread: any. Appends queue up; the first in the queue leads: it takes all that wait, plans them
/// as one batch, syncs once and hands out the answers. `write_mutex_` makes every write of the
/// journal one synced record after the other, which detail/wal_scan.h relies on.
class RocksJournal final : public Journal {
public:
    static base::Result<std::unique_ptr<Journal>> open(const std::string& folder,
                                                       const JournalOptions& options);
    ~RocksJournal() override;

    base::Result<AppendResult> append(AppendRequest request) override;
    base::Result<std::vector<std::shared_ptr<const model::Chunk>>>
    read(std::uint64_t after, std::size_t bytes_max, int wait_ms) override;
    base::Status retire(std::uint64_t sequence) override;

    base::Status put_quarantine(std::span<const QuarantineEntry> entries) override;
    base::Result<std::vector<QuarantineEntry>> list_quarantine(std::string_view before,
                                                               std::size_t limit) override;
    base::Result<QuarantineEntry> find_quarantine(std::string_view id) override;
    base::Status remove_quarantine(std::span<const std::string> ids) override;
    base::Result<std::uint64_t> requeue(std::span<const std::string> ids,
                                        std::uint64_t committed) override;

    base::Result<std::optional<std::string>> find_state(std::string_view key) override;
    JournalTotals totals() const override { return books_.totals(); }
    JournalBalance balance(std::uint64_t cursor) const override { return books_.balance(cursor); }

private:
    struct Waiting {
        explicit Waiting(AppendRequest request) : prepared(std::move(request)) {}
        Prepared prepared;
        std::condition_variable turn;
        bool done = false;
        base::Result<AppendResult> answer;
    };

    RocksJournal(std::string folder, const JournalOptions& options, FolderLock lock);

    /// Under write_mutex_, as everything here that writes.
    base::Status open_database();
    base::Status load_books();
    base::Result<std::string> load_journal_id();

    std::vector<Waiting*> take_group();
    void append_group(std::span<Waiting* const> group);
    base::Result<Plan> write_group(std::span<Prepared* const> group);

    /// Errors: Exhausted with what to do about it.
    base::Status check_room() const;
    /// Opens the database again after it met a full disk, once there is room. Under write_mutex_.
    base::Status recover_from_full_disk();
    /// One synced record, after which `totals` hold. Under write_mutex_.
    /// Errors: Exhausted where the disk is full; any other failure ends the process.
    base::Status write(rocksdb::WriteBatch& batch, const JournalTotals& totals);
    void move_mark(const JournalTotals& totals);

    base::Result<std::vector<std::shared_ptr<const model::Chunk>>>
    read_database(std::uint64_t after, std::uint64_t last, std::size_t bytes_max);
    base::Result<std::optional<QuarantineEntry>> read_quarantine(std::string_view id);
    base::Result<std::uint64_t> sum_quarantine();
    /// As stored; 0 where there is none.
    base::Result<std::uint64_t> quarantine_size(std::string_view id);
    /// Drops the oldest entries until `totals` are within the quota.
    base::Status forget_quarantine(rocksdb::WriteBatch& batch, JournalTotals& totals);
    base::Status write_totals(rocksdb::WriteBatch& batch, const JournalTotals& totals);
    void reclaim(std::uint64_t sequence);

    const std::string folder_;
    const JournalOptions options_;
    const FolderLock lock_;

    std::mutex queue_mutex_;
    std::deque<Waiting*> queue_;

    std::mutex write_mutex_;
    /// Readers share it; it is taken alone only to close and open the database again.
    std::shared_mutex database_mutex_;
    std::unique_ptr<Database> database_;
    std::string journal_id_;
    MarkFile mark_;
    std::chrono::steady_clock::time_point mark_synced_at_;
    bool full_disk_ = false; ///< the last write failed for want of room
    std::uint64_t unreclaimed_bytes_ = 0;

    Books books_;
};

} // namespace tanggap::disk::detail
