#include "disk/detail/rocks_journal.h"

#include <algorithm>
#include <filesystem>
#include <sys/statvfs.h>
#include <utility>

#include "base/id.h"
#include "base/life.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"
#include "disk/detail/bytes.h"

namespace tanggap::disk {

base::Result<std::unique_ptr<Journal>> Journal::open(const std::string& folder,
                                                     const JournalOptions& options)
{
    return detail::RocksJournal::open(folder, options);
}

namespace detail {
namespace {

constexpr std::string_view kJournalIdKey = "journal_id";
constexpr std::chrono::seconds kMarkSyncEvery{1};

std::string joined(const std::vector<std::string>& sentences)
{
    std::string out;
    for (const std::string& sentence : sentences) {
        out += out.empty() ? sentence : "; " + sentence;
    }
    return out;
}

base::Error damaged(const std::string& what)
{
    return {base::Code::Corrupt, "the journal lost acknowledged records: " + what +
                                     ". Nothing was changed. Next step: tanggap doctor --salvage"};
}

base::Status guard(const std::string& folder, const std::optional<Mark>& mark)
{
    TRY(const WalCheck check, check_wals(folder, mark));
    if (!check.problems.empty()) {
        return std::unexpected(damaged(joined(check.problems)));
    }
    if (check.torn) {
        base::log(base::LogLevel::Warning, "journal_torn_tail",
                  std::to_string(check.torn->torn_bytes) + " bytes that were never acknowledged, " +
                      "cut from " + check.torn->path);
        return cut(*check.torn);
    }
    return {};
}

base::Status make_folder(const std::string& folder)
{
    std::error_code error;
    const bool made = std::filesystem::create_directories(folder, error);
    if (made) {
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    }
    if (error) {
        return base::system_error("cannot make the journal folder " + folder, error.value());
    }
    return {};
}

} // namespace

base::Result<std::unique_ptr<Journal>> RocksJournal::open(const std::string& folder,
                                                          const JournalOptions& options)
{
    TRY_STATUS(make_folder(folder));
    TRY(FolderLock lock, FolderLock::take(folder));
    std::unique_ptr<RocksJournal> journal(new RocksJournal(folder, options, std::move(lock)));
    const std::lock_guard lock_for_writes(journal->write_mutex_);
    TRY_STATUS(journal->open_database());
    return journal;
}

RocksJournal::RocksJournal(std::string folder, const JournalOptions& options, FolderLock lock)
    : folder_(std::move(folder)), options_(options), lock_(std::move(lock))
{
}

RocksJournal::~RocksJournal() = default;

base::Status RocksJournal::open_database()
{
    const std::optional<Mark> mark = read_mark(mark_path(folder_));
    const bool exists = std::filesystem::exists(folder_ + "/CURRENT");
    if (exists && !mark) {
        base::log(base::LogLevel::Warning, "journal_mark_missing",
                  mark_path(folder_) + " is missing or unreadable: this start cannot tell whether "
                                       "the newest records are complete");
    }
    TRY_STATUS(guard(folder_, mark));
    auto database = Database::open(folder_, Access::ReadWrite);
    if (!database) {
        const bool corrupt = database.error().code == base::Code::Corrupt;
        return std::unexpected(corrupt ? damaged(database.error().message) : database.error());
    }
    database_ = std::move(*database);
    TRY_STATUS(load_books());
    if (mark && books_.totals().last_sequence < mark->sequence) {
        return std::unexpected(damaged("entries up to " + std::to_string(mark->sequence) +
                                       " were acknowledged, " + folder_ + " holds up to " +
                                       std::to_string(books_.totals().last_sequence)));
    }
    TRY_STATUS(mark_.open(mark_path(folder_)));
    TRY(journal_id_, load_journal_id());
    move_mark(books_.totals());
    full_disk_ = false;
    return {};
}

base::Status RocksJournal::load_books()
{
    JournalTotals totals;
    std::string value;
    rocksdb::ColumnFamilyHandle* const family = database_->family(Family::Default);
    const auto found = database_->db().Get({}, family, rocksdb::Slice(kTotalsKey), &value);
    if (found.ok()) {
        TRY(totals, decode_totals(value));
    } else if (!found.IsNotFound()) {
        return std::unexpected(to_error(found, "cannot read the journal's totals"));
    }
    std::vector<EntrySize> sizes;
    const std::unique_ptr<rocksdb::Iterator> rows(database_->db().NewIterator({}, family));
    std::uint64_t expected = 0;
    for (rows->Seek("e"); rows->Valid() && rows->key().starts_with("e"); rows->Next()) {
        const std::uint64_t sequence = read_key(rows->key().ToStringView().substr(1));
        if (expected != 0 && sequence != expected) {
            return std::unexpected(damaged("entry " + std::to_string(expected) + " is missing"));
        }
        expected = sequence + 1;
        TRY(const EntrySize size, decode_size(rows->value().ToStringView()));
        sizes.push_back(size);
    }
    if (!rows->status().ok()) {
        return std::unexpected(to_error(rows->status(), "cannot read the sizes of entries"));
    }
    if (expected != 0 && expected != totals.last_sequence + 1) {
        return std::unexpected(damaged("entry " + std::to_string(expected) + " is missing"));
    }
    if (totals.quarantine_bytes == 0) {
        TRY(totals.quarantine_bytes, sum_quarantine());
    }
    books_.restore(totals, totals.last_sequence + 1 - sizes.size(), sizes);
    return {};
}

base::Result<std::string> RocksJournal::load_journal_id()
{
    std::string id;
    rocksdb::ColumnFamilyHandle* const family = database_->family(Family::Default);
    const auto found = database_->db().Get({}, family, rocksdb::Slice(kJournalIdKey), &id);
    if (found.ok()) {
        return id;
    }
    if (!found.IsNotFound()) {
        return std::unexpected(to_error(found, "cannot read the journal's id"));
    }
    id = base::random_bytes(16);
    rocksdb::WriteBatch batch;
    std::ignore = batch.Put(family, rocksdb::Slice(kJournalIdKey), id);
    TRY_STATUS(write(batch, books_.totals()));
    return id;
}

base::Result<AppendResult> RocksJournal::append(AppendRequest request)
{
    base::life::step();
    if (request.records.size() > base::limits::kChunkRecordsMax) {
        return base::invalid("an append of " + std::to_string(request.records.size()) +
                             " records; at most " + std::to_string(base::limits::kChunkRecordsMax) +
                             " go into one");
    }
    Waiting self(std::move(request));
    if (self.prepared.bytes > base::limits::kAppendBytesMax) {
        return base::invalid("an append of " + std::to_string(self.prepared.bytes) +
                             " bytes; at most " + std::to_string(base::limits::kAppendBytesMax) +
                             " go into one");
    }
    std::unique_lock lock(queue_mutex_);
    queue_.push_back(&self);
    self.turn.wait(lock, [&] { return self.done || queue_.front() == &self; });
    if (self.done) {
        return std::move(self.answer);
    }
    const std::vector<Waiting*> group = take_group();
    lock.unlock();
    append_group(group);
    lock.lock();
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(group.size()));
    for (Waiting* waiting : group) {
        waiting->done = true;
        waiting->turn.notify_one();
    }
    if (!queue_.empty()) {
        queue_.front()->turn.notify_one();
    }
    return std::move(self.answer);
}

/// The front of the queue, up to the limit or to a repeated idempotency key: the second of two
/// equal keys must find the first one's answer in the database.
std::vector<RocksJournal::Waiting*> RocksJournal::take_group()
{
    std::vector<Waiting*> group;
    std::vector<std::string> keys;
    std::size_t bytes = 0;
    for (Waiting* waiting : queue_) {
        const AppendRequest& request = waiting->prepared.request;
        bytes += waiting->prepared.bytes;
        if (!group.empty() && bytes > base::limits::kJournalGroupBytesMax) {
            break;
        }
        if (!request.idempotency_key.empty()) {
            std::string key = answer_key(request);
            if (std::ranges::find(keys, key) != keys.end()) {
                break;
            }
            keys.push_back(std::move(key));
        }
        group.push_back(waiting);
    }
    return group;
}

void RocksJournal::append_group(std::span<Waiting* const> group)
{
    std::vector<Prepared*> prepared;
    for (Waiting* waiting : group) {
        prepared.push_back(&waiting->prepared);
    }
    auto plan = write_group(prepared);
    for (std::size_t i = 0; i < group.size(); ++i) {
        group[i]->answer =
            plan ? plan->answers[i] : base::Result<AppendResult>(std::unexpected(plan.error()));
    }
}

base::Result<Plan> RocksJournal::write_group(std::span<Prepared* const> group)
{
    const std::lock_guard lock(write_mutex_);
    TRY_STATUS(check_room());
    TRY_STATUS(recover_from_full_disk());
    const JournalTotals before = books_.totals();
    const PlanContext context{*database_, before, journal_id_, options_.clock->now()};
    TRY(Plan plan, plan_group(context, group));
    TRY_STATUS(write(plan.batch, plan.totals));
    books_.publish(plan.totals, plan.entries);
    static auto& groups = base::counter("tanggap_journal_groups_total", "Synced writes of appends");
    static auto& appends = base::counter("tanggap_journal_appends_total", "Appends acknowledged");
    groups.add();
    appends.add(group.size());
    return plan;
}

base::Status RocksJournal::check_room() const
{
    static auto& refused =
        base::counter("tanggap_journal_refused_total", "Append groups refused for want of room");
    const JournalTotals totals = books_.totals();
    if (totals.bytes_kept > options_.backlog_bytes_max ||
        books_.entries() > base::limits::kJournalBacklogEntriesMax) {
        refused.add();
        return base::exhausted("the journal holds " + std::to_string(totals.bytes_kept) +
                               " bytes that the archive has not taken, its limit is " +
                               std::to_string(options_.backlog_bytes_max) +
                               "; send again when the event engine is back");
    }
    struct statvfs disk{};
    if (::statvfs(folder_.c_str(), &disk) != 0) {
        return base::system_error("cannot ask for the free space of " + folder_, errno);
    }
    const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    if (free < options_.free_bytes_min) {
        refused.add();
        return base::exhausted("the disk of " + folder_ + " has " + std::to_string(free) +
                               " bytes free, below the reserve of " +
                               std::to_string(options_.free_bytes_min) +
                               "; free some space, then send again");
    }
    return {};
}

base::Status RocksJournal::recover_from_full_disk()
{
    if (!full_disk_ && !database_->met_full_disk()) {
        return {};
    }
    base::log(base::LogLevel::Warning, "journal_reopens", "the disk was full and has room again");
    const std::unique_lock alone(database_mutex_);
    database_.reset();
    if (const base::Status opened = open_database(); !opened) {
        end_process("cannot open the journal again after a full disk: " + opened.error().message);
    }
    return {};
}

base::Status RocksJournal::write(rocksdb::WriteBatch& batch, const JournalTotals& totals)
{
    rocksdb::WriteOptions options;
    options.sync = true;
    const rocksdb::Status status = database_->db().Write(options, &batch);
    if (status.IsNoSpace()) {
        full_disk_ = true;
        return base::exhausted("the disk of " + folder_ + " is full, nothing of this was kept; " +
                               "free some space, then send again");
    }
    if (!status.ok()) {
        end_process("a write to the journal failed: " + status.ToString());
    }
    move_mark(totals);
    return {};
}

void RocksJournal::move_mark(const JournalTotals& totals)
{
    base::Status done = write_mark(mark_, *database_, totals);
    const auto now = std::chrono::steady_clock::now();
    if (done && now - mark_synced_at_ > kMarkSyncEvery) {
        done = mark_.sync();
        mark_synced_at_ = now;
    }
    if (!done) {
        end_process("the mark of acknowledged records failed: " + done.error().message);
    }
}

} // namespace detail
} // namespace tanggap::disk
