#include "disk/detail/database.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include "base/limits.h"
#include "base/log.h"

namespace tanggap::disk::detail {
namespace {

namespace limits = base::limits;

constexpr std::array<const char*, kFamilies> kFamilyNames{"default", "journal", "seen", "state",
                                                          "quarantine"};
constexpr std::size_t kMiB = 1024 * 1024;

/// The errors of RocksDB go into our log. Its own lies in the folder: that changes a folder
/// that is only read, and the second line that finds no room there aborts the process.
class OurLog final : public rocksdb::Logger {
public:
    using rocksdb::Logger::Logv;
    [[gnu::format(printf, 2, 0)]] void Logv(const char* format, va_list values) override
    {
        Logv(rocksdb::InfoLogLevel::INFO_LEVEL, format, values);
    }
    [[gnu::format(printf, 3, 0)]] void Logv(const rocksdb::InfoLogLevel level, const char* format,
                                            va_list values) override
    {
        if (level < rocksdb::InfoLogLevel::ERROR_LEVEL ||
            level >= rocksdb::InfoLogLevel::HEADER_LEVEL) {
            return;
        }
        std::array<char, 1024> text{};
        std::ignore = std::vsnprintf(text.data(), text.size(), format, values);
        base::log(base::LogLevel::Warning, "journal_database", text.data());
    }
};

bool writes(Access access)
{
    return access == Access::ReadWrite || access == Access::Copy;
}

rocksdb::DBOptions database_options(Access access)
{
    rocksdb::DBOptions options;
    options.create_if_missing = writes(access);
    options.create_missing_column_families = writes(access);
    // Rulings 36. Damage stops the start, a failed sync is never retried.
    options.wal_recovery_mode = access == Access::Salvage
                                    ? rocksdb::WALRecoveryMode::kSkipAnyCorruptedRecords
                                    : rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.paranoid_checks = access != Access::Salvage;
    options.track_and_verify_wals_in_manifest = access != Access::Salvage;
    options.max_bgerror_resume_count = 0;
    options.max_total_wal_size = limits::kJournalLogBytesMax;
    options.db_write_buffer_size = limits::kJournalBuffersBytesMax;
    // One writer at a time (rocks_journal.h): nothing to gain from concurrent inserts.
    options.allow_concurrent_memtable_write = false;
    options.max_background_jobs = 2;
    // What comes in does not wait for files to be merged.
    std::ignore =
        options.env->LowerThreadPoolCPUPriority(rocksdb::Env::LOW, rocksdb::CpuPriority::kLow);
    options.info_log_level = rocksdb::InfoLogLevel::ERROR_LEVEL;
    options.info_log = std::make_shared<OurLog>();
    return options;
}

rocksdb::BlockBasedTableOptions table_options(const std::shared_ptr<rocksdb::Cache>& cache)
{
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.format_version = 5;
    return table;
}

/// Big values that live for seconds: written once, dropped by range.
rocksdb::ColumnFamilyOptions journal_options(const std::shared_ptr<rocksdb::Cache>& cache)
{
    rocksdb::ColumnFamilyOptions options;
    auto table = table_options(cache);
    table.block_size = 64 * 1024;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.compression = rocksdb::kNoCompression; // entries are compressed already
    options.write_buffer_size = limits::kJournalEntryBufferBytes;
    options.target_file_size_base = 64 * kMiB;
    return options;
}

/// Random 16-byte keys, never deleted, nearly always asked for in vain: filters in memory and few
/// rewrites matter, space does not. Filters and indexes go through the cache, in pieces of some
/// KiB: outside it they would take 1.3 bytes of memory for each record ever received, and the
/// filter of a file in one piece outgrows a shard of the cache at 1.6 million records and is then
/// read anew, whole, at each lookup.
rocksdb::ColumnFamilyOptions seen_options(const std::shared_ptr<rocksdb::Cache>& cache)
{
    rocksdb::ColumnFamilyOptions options;
    auto table = table_options(cache);
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
    table.partition_filters = true;
    table.metadata_block_size = 32 * 1024;
    table.block_size = 8 * 1024;
    table.cache_index_and_filter_blocks = true;
    table.cache_index_and_filter_blocks_with_high_priority = true;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.compression = rocksdb::kNoCompression;
    options.compaction_style = rocksdb::kCompactionStyleUniversal;
    options.write_buffer_size = limits::kJournalSeenBufferBytes;
    options.max_write_buffer_number = 3;
    options.level0_file_num_compaction_trigger = 8;
    options.level0_slowdown_writes_trigger = 40;
    options.level0_stop_writes_trigger = 60;
    options.memtable_whole_key_filtering = true;
    options.memtable_prefix_bloom_size_ratio = 0.05;
    // A group's keys come sorted: each insert starts from where the last one with its first byte
    // ended instead of from the top (measured: half the time of an insert).
    options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
    return options;
}

rocksdb::ColumnFamilyOptions small_options(const std::shared_ptr<rocksdb::Cache>& cache)
{
    rocksdb::ColumnFamilyOptions options;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(cache)));
    options.compression = rocksdb::kZSTD;
    options.write_buffer_size = 4 * kMiB;
    return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> families()
{
    constexpr int kShardBits = 4;
    constexpr double kShareOfFilters = 0.7; // is pushed out by data blocks only above it
    const auto cache =
        rocksdb::NewLRUCache(limits::kJournalCacheBytes, kShardBits, false, kShareOfFilters);
    std::vector<rocksdb::ColumnFamilyDescriptor> out;
    for (const char* name : kFamilyNames) {
        const std::string_view text = name;
        out.emplace_back(name, text == "journal" ? journal_options(cache)
                               : text == "seen"  ? seen_options(cache)
                                                 : small_options(cache));
    }
    return out;
}

} // namespace

void end_process(const std::string& why)
{
    base::log(base::LogLevel::Error, "journal_failed", why);
    std::_Exit(1);
}

base::Error to_error(const rocksdb::Status& status, const std::string& what)
{
    const std::string message = what + ": " + status.ToString();
    if (status.IsCorruption()) {
        return {base::Code::Corrupt, message};
    }
    if (status.IsNoSpace()) {
        return {base::Code::Exhausted, message};
    }
    return {status.IsNotFound() ? base::Code::NotFound : base::Code::Unavailable, message};
}

/// Ends the process at the first background error that is not a full disk.
class Database::ErrorListener final : public rocksdb::EventListener {
public:
    void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override
    {
        if (status->IsNoSpace()) {
            full_ = true;
            return;
        }
        end_process("the database below the journal failed in its background (reason " +
                    std::to_string(static_cast<int>(reason)) + "): " + status->ToString());
    }
    bool full() const { return full_; }

private:
    std::atomic<bool> full_{false};
};

base::Result<std::unique_ptr<Database>> Database::open(const std::string& folder, Access access)
{
    std::unique_ptr<Database> database(new Database());
    rocksdb::DBOptions options = database_options(access);
    if (access == Access::ReadWrite) {
        database->listener_ = std::make_shared<ErrorListener>();
        options.listeners.push_back(database->listener_);
    }
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    const rocksdb::Status status =
        writes(access) ? rocksdb::DB::Open(options, folder, families(), &handles, &db)
                       : rocksdb::DB::OpenForReadOnly(options, folder, families(), &handles, &db);
    if (!status.ok()) {
        return std::unexpected(to_error(status, "cannot open the journal in " + folder));
    }
    database->db_.reset(db);
    std::ranges::copy(handles, database->handles_.begin());
    if (access == Access::ReadWrite) {
        database->seen_filter_ = std::make_unique<SeenFilter>(*db, database->family(Family::Seen),
                                                              SeenFilter::Options());
    }
    return database;
}

Database::~Database()
{
    if (db_ == nullptr) {
        return;
    }
    seen_filter_.reset();
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
        // Fails only for a handle of another database.
        std::ignore = db_->DestroyColumnFamilyHandle(handle);
    }
    std::ignore = db_->Close(); // Everything acknowledged is synced; there is nothing to save.
}

bool Database::met_full_disk() const
{
    return listener_ != nullptr && listener_->full();
}

} // namespace tanggap::disk::detail
