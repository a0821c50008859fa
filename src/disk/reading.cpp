// Reading and retiring entries.
#include <rocksdb/convenience.h>

#include "base/log.h"
#include "disk/detail/bytes.h"
#include "disk/detail/rocks_journal.h"

namespace tanggap::disk::detail {
namespace {

/// Retired bytes after which the files that hold them are rewritten or dropped.
constexpr std::uint64_t kReclaimBytes = std::uint64_t{32} * 1024 * 1024;

} // namespace

base::Result<std::vector<std::shared_ptr<const model::Chunk>>>
RocksJournal::read(std::uint64_t after, std::size_t bytes_max, int wait_ms)
{
    if (!books_.wait_for_entry(after, wait_ms)) {
        return std::vector<std::shared_ptr<const model::Chunk>>{};
    }
    auto cached = books_.take_cached(after, bytes_max);
    if (!cached.empty()) {
        return cached;
    }
    return read_database(after, books_.totals().last_sequence, bytes_max);
}

base::Result<std::vector<std::shared_ptr<const model::Chunk>>>
RocksJournal::read_database(std::uint64_t after, std::uint64_t last, std::size_t bytes_max)
{
    const std::shared_lock lock(database_mutex_);
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.readahead_size = std::size_t{2} * 1024 * 1024;
    rocksdb::ColumnFamilyHandle* const family = database_->family(Family::Journal);
    const std::unique_ptr<rocksdb::Iterator> rows(database_->db().NewIterator(options, family));
    std::vector<std::shared_ptr<const model::Chunk>> out;
    std::size_t bytes = 0;
    for (rows->Seek(entry_key(after + 1)); rows->Valid() && bytes < bytes_max; rows->Next()) {
        const std::uint64_t sequence = read_key(rows->key().ToStringView());
        const std::uint64_t expected = out.empty() ? after + 1 : out.back()->sequence + 1;
        if (sequence > last) {
            break;
        }
        // Before the first entry kept a gap is right: those were retired.
        if (sequence != expected && expected >= books_.totals().first_sequence) {
            return base::corrupt("journal entry " + std::to_string(expected) + " is missing in " +
                                 folder_);
        }
        TRY(model::Chunk chunk, decode_chunk(sequence, rows->value().ToStringView()));
        bytes += chunk.bytes();
        out.push_back(std::make_shared<const model::Chunk>(std::move(chunk)));
    }
    if (!rows->status().ok()) {
        return std::unexpected(to_error(rows->status(), "cannot read journal entries"));
    }
    return out;
}

base::Status RocksJournal::retire(std::uint64_t sequence)
{
    std::unique_lock lock(write_mutex_);
    const JournalTotals before = books_.totals();
    if (sequence > before.last_sequence) {
        return base::invalid("cannot retire entry " + std::to_string(sequence) +
                             ", the newest is " + std::to_string(before.last_sequence));
    }
    if (before.first_sequence == 0 || sequence < before.first_sequence) {
        return {};
    }
    TRY_STATUS(recover_from_full_disk());
    rocksdb::WriteBatch batch;
    std::ignore = batch.DeleteRange(database_->family(Family::Journal),
                                    entry_key(before.first_sequence), entry_key(sequence + 1));
    std::ignore = batch.DeleteRange(database_->family(Family::Default),
                                    size_key(before.first_sequence), size_key(sequence + 1));
    TRY_STATUS(write(batch, before));
    books_.retire(sequence);
    unreclaimed_bytes_ += before.bytes_kept - books_.totals().bytes_kept;
    const bool due = unreclaimed_bytes_ >= kReclaimBytes;
    unreclaimed_bytes_ = due ? 0 : unreclaimed_bytes_;
    lock.unlock();
    if (due) {
        reclaim(sequence);
    }
    return {};
}

/// Whole files go at once; a compaction drops the rest. Entries that were retired before their
/// write buffer was full never reach a file. Failing here loses room, not records.
void RocksJournal::reclaim(std::uint64_t sequence)
{
    const std::shared_lock lock(database_mutex_);
    const std::string end = entry_key(sequence + 1);
    const rocksdb::Slice slice(end);
    rocksdb::ColumnFamilyHandle* const family = database_->family(Family::Journal);
    rocksdb::Status status =
        rocksdb::DeleteFilesInRange(&database_->db(), family, nullptr, &slice, false);
    if (status.ok()) {
        rocksdb::CompactRangeOptions options;
        options.exclusive_manual_compaction = false;
        options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
        status = database_->db().CompactRange(options, family, nullptr, &slice);
    }
    if (!status.ok()) {
        base::log(base::LogLevel::Warning, "journal_reclaim_failed", status.ToString());
    }
}

base::Result<std::optional<std::string>> RocksJournal::find_state(std::string_view key)
{
    const std::shared_lock lock(database_mutex_);
    std::string value;
    const auto status = database_->db().Get(
        rocksdb::ReadOptions(), database_->family(Family::State), state_key(key), &value);
    if (status.IsNotFound()) {
        return std::nullopt;
    }
    if (!status.ok()) {
        return std::unexpected(to_error(status, "cannot read a checkpoint"));
    }
    return value;
}

} // namespace tanggap::disk::detail
