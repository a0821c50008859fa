// Entries of quarantine: kept beside the journal, so that moving one back is one write.
#include <algorithm>
#include <map>
#include <set>

#include "base/limits.h"
#include "base/log.h"
#include "disk/detail/bytes.h"
#include "disk/detail/rocks_journal.h"

namespace tanggap::disk::detail {
namespace {

/// Records of one page, in memory at once: it then ends early, and the end is an empty page.
constexpr std::size_t kPageBytesMax = 8 * 1024 * 1024;

} // namespace

base::Status RocksJournal::put_quarantine(std::span<const QuarantineEntry> entries)
{
    if (entries.empty()) {
        return {};
    }
    const std::lock_guard lock(write_mutex_);
    TRY_STATUS(recover_from_full_disk());
    rocksdb::WriteBatch batch;
    JournalTotals totals = books_.totals();
    for (const QuarantineEntry& entry : entries) {
        const std::string value = encode_quarantine(entry);
        TRY(const std::uint64_t before, quarantine_size(entry.id));
        totals.quarantine_bytes += value.size();
        totals.quarantine_bytes -= std::min(before, totals.quarantine_bytes);
        std::ignore = batch.Put(database_->family(Family::Quarantine), entry.id, value);
    }
    TRY_STATUS(forget_quarantine(batch, totals));
    return write_totals(batch, totals);
}

base::Status RocksJournal::write_totals(rocksdb::WriteBatch& batch, const JournalTotals& totals)
{
    std::ignore = batch.Put(database_->family(Family::Default), rocksdb::Slice(kTotalsKey),
                            encode_totals(totals));
    TRY_STATUS(write(batch, totals));
    books_.publish(totals, {});
    return {};
}

/// For folders made before sizes were counted.
base::Result<std::uint64_t> RocksJournal::sum_quarantine()
{
    std::uint64_t bytes = 0;
    const std::unique_ptr<rocksdb::Iterator> rows(
        database_->db().NewIterator({}, database_->family(Family::Quarantine)));
    for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
        bytes += rows->value().size();
    }
    if (!rows->status().ok()) {
        return std::unexpected(to_error(rows->status(), "cannot read quarantine"));
    }
    return bytes;
}

base::Result<std::uint64_t> RocksJournal::quarantine_size(std::string_view id)
{
    rocksdb::PinnableSlice value;
    const auto status =
        database_->db().Get({}, database_->family(Family::Quarantine), rocksdb::Slice(id), &value);
    if (!status.ok() && !status.IsNotFound()) {
        return std::unexpected(to_error(status, "cannot read quarantine"));
    }
    return status.ok() ? value.size() : 0;
}

base::Status RocksJournal::forget_quarantine(rocksdb::WriteBatch& batch, JournalTotals& totals)
{
    if (totals.quarantine_bytes <= options_.quarantine_bytes_max) {
        return {};
    }
    rocksdb::ColumnFamilyHandle* const family = database_->family(Family::Quarantine);
    const std::unique_ptr<rocksdb::Iterator> rows(database_->db().NewIterator({}, family));
    const std::uint64_t forgotten_before = totals.quarantine_forgotten;
    for (rows->SeekToFirst();
         rows->Valid() && totals.quarantine_bytes > options_.quarantine_bytes_max; rows->Next()) {
        std::ignore = batch.Delete(family, rows->key());
        totals.quarantine_bytes -=
            std::min<std::uint64_t>(rows->value().size(), totals.quarantine_bytes);
        ++totals.quarantine_forgotten;
    }
    if (!rows->status().ok()) {
        return std::unexpected(to_error(rows->status(), "cannot read quarantine"));
    }
    base::log(base::LogLevel::Warning, "quarantine_full",
              std::to_string(totals.quarantine_forgotten - forgotten_before) +
                  " of the oldest records in quarantine are forgotten, its limit is " +
                  std::to_string(options_.quarantine_bytes_max) + " bytes");
    return {};
}

base::Result<std::vector<QuarantineEntry>> RocksJournal::list_quarantine(std::string_view before,
                                                                         std::size_t limit)
{
    const std::shared_lock lock(database_mutex_);
    const std::unique_ptr<rocksdb::Iterator> rows(
        database_->db().NewIterator({}, database_->family(Family::Quarantine)));
    if (before.empty()) {
        rows->SeekToLast();
    } else {
        rows->SeekForPrev(rocksdb::Slice(before));
        if (rows->Valid() && rows->key() == rocksdb::Slice(before)) {
            rows->Prev();
        }
    }
    std::vector<QuarantineEntry> out;
    const std::size_t wanted = std::min(limit, base::limits::kPageItemsMax);
    std::size_t bytes = 0;
    for (; rows->Valid() && out.size() < wanted && bytes < kPageBytesMax; rows->Prev()) {
        bytes += rows->value().size();
        TRY(QuarantineEntry entry,
            decode_quarantine(rows->key().ToStringView(), rows->value().ToStringView()));
        out.push_back(std::move(entry));
    }
    if (!rows->status().ok()) {
        return std::unexpected(to_error(rows->status(), "cannot read quarantine"));
    }
    return out;
}

base::Result<std::optional<QuarantineEntry>> RocksJournal::read_quarantine(std::string_view id)
{
    std::string value;
    const auto status = database_->db().Get(
        rocksdb::ReadOptions(), database_->family(Family::Quarantine), rocksdb::Slice(id), &value);
    if (status.IsNotFound()) {
        return std::nullopt;
    }
    if (!status.ok()) {
        return std::unexpected(to_error(status, "cannot read quarantine"));
    }
    TRY(QuarantineEntry entry, decode_quarantine(id, value));
    return entry;
}

base::Result<QuarantineEntry> RocksJournal::find_quarantine(std::string_view id)
{
    const std::shared_lock lock(database_mutex_);
    TRY(auto entry, read_quarantine(id));
    if (!entry) {
        return base::not_found("no quarantine entry has this id; it may have been run again");
    }
    return std::move(*entry);
}

base::Status RocksJournal::remove_quarantine(std::span<const std::string> ids)
{
    const std::lock_guard lock(write_mutex_);
    TRY_STATUS(recover_from_full_disk());
    rocksdb::WriteBatch batch;
    JournalTotals totals = books_.totals();
    for (const std::string_view id : std::set<std::string_view>(ids.begin(), ids.end())) {
        TRY(const std::uint64_t size, quarantine_size(id));
        totals.quarantine_bytes -= std::min(size, totals.quarantine_bytes);
        std::ignore = batch.Delete(database_->family(Family::Quarantine), rocksdb::Slice(id));
    }
    return write_totals(batch, totals);
}

/// Entries of one journal entry go into one new entry: they share stream and time of receipt.
/// Only committed ones move: what processing has not committed it would put into quarantine again.
base::Result<std::uint64_t> RocksJournal::requeue(std::span<const std::string> ids,
                                                  std::uint64_t committed)
{
    const std::lock_guard lock(write_mutex_);
    TRY_STATUS(check_room());
    TRY_STATUS(recover_from_full_disk());
    Plan plan;
    plan.totals = books_.totals();
    std::map<std::string, QuarantineEntry> moved; // by id: each once, in order of age
    for (const std::string& id : ids) {
        TRY(auto entry, read_quarantine(id));
        if (entry && !moved.contains(id) && sequence_of_quarantine(id) <= committed &&
            moved.size() < base::limits::kChunkRecordsMax) {
            TRY(const std::uint64_t size, quarantine_size(id));
            plan.totals.quarantine_bytes -= std::min(size, plan.totals.quarantine_bytes);
            std::ignore = plan.batch.Delete(database_->family(Family::Quarantine), id);
            moved.emplace(id, std::move(*entry));
        }
    }
    for (auto next = moved.begin(); next != moved.end();) {
        const std::uint64_t sequence = sequence_of_quarantine(next->first);
        auto chunk = std::make_shared<model::Chunk>();
        chunk->received = next->second.received;
        chunk->stream = next->second.stream;
        for (; next != moved.end() && sequence_of_quarantine(next->first) == sequence; ++next) {
            chunk->records.push_back(std::move(next->second.record));
        }
        add_entry(plan, *database_, std::move(chunk));
    }
    if (moved.empty()) {
        return 0;
    }
    plan.totals.requeued += moved.size();
    put_totals(plan, *database_);
    TRY_STATUS(write(plan.batch, plan.totals));
    books_.publish(plan.totals, plan.entries);
    return moved.size();
}

} // namespace tanggap::disk::detail
