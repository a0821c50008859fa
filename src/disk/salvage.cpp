#include "disk/salvage.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <unordered_set>
#include <utility>

#include "disk/detail/append_plan.h"
#include "disk/detail/bytes.h"
#include "disk/detail/database.h"
#include "disk/detail/entry_format.h"
#include "disk/detail/guard.h"
#include "disk/journal.h"

namespace tanggap::disk {
namespace {

using namespace detail;

base::Status check_folder(const std::string& folder)
{
    if (!std::filesystem::exists(folder + "/CURRENT")) {
        return base::not_found(folder + " holds no journal: it has no file CURRENT");
    }
    return {};
}

std::string name_of(Family family)
{
    static constexpr std::array<const char*, kFamilies> kNames{
        "totals", "entries", "record identities", "checkpoints", "quarantine"};
    return kNames.at(static_cast<std::size_t>(family));
}

/// One row of a family, checked for its shape and counted. Gives what is wrong with it.
std::optional<std::string> check_row(Family family, std::string_view key, std::string_view value,
                                     JournalReport& report)
{
    report.bytes_checked += key.size() + value.size();
    if (family == Family::Journal) {
        const auto chunk = decode_chunk(read_key(key), value);
        if (!chunk) {
            return chunk.error().message;
        }
        ++report.entries;
        report.records += chunk->records.size();
    } else if (family == Family::Quarantine) {
        const auto entry = decode_quarantine(key, value);
        if (!entry) {
            return entry.error().message;
        }
        ++report.quarantined;
    }
    return std::nullopt;
}

/// Calls `use(key, value)` for each sound row; damaged ones are reported. Stops at a block that
/// cannot be read, which is reported too. Errors: those of `use`.
template <class Use>
base::Status for_each_row(Database& database, Family family, JournalReport& report, Use use)
{
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> rows(
        database.db().NewIterator(options, database.family(family)));
    for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
        const auto wrong =
            check_row(family, rows->key().ToStringView(), rows->value().ToStringView(), report);
        if (wrong) {
            report.problems.push_back(*wrong);
        } else {
            TRY_STATUS(use(rows->key().ToStringView(), rows->value().ToStringView()));
        }
    }
    if (!rows->status().ok()) {
        report.problems.push_back("reading " + name_of(family) +
                                  " stopped early: " + rows->status().ToString());
    }
    return {};
}

base::Result<JournalTotals> totals_in(Database& database)
{
    std::string value;
    const auto found =
        database.db().Get({}, database.family(Family::Default), rocksdb::Slice(kTotalsKey), &value);
    if (found.IsNotFound()) {
        return JournalTotals{};
    }
    if (!found.ok()) {
        return std::unexpected(to_error(found, "cannot read the journal's totals"));
    }
    return decode_totals(value);
}

/// One salvage: rows of `from` into `to`. Every write is answered for.
class Salvage {
public:
    Salvage(Database& from, Database& to, const std::optional<Mark>& mark, const Taken& taken,
            JournalReport& report)
        : from_(from), to_(to), mark_(mark), taken_(taken), report_(report)
    {
    }

    /// Gives the totals of the copy, in which received = all that is known of each record.
    base::Result<JournalTotals> run()
    {
        for (const Family family :
             {Family::Default, Family::Seen, Family::State, Family::Quarantine}) {
            TRY_STATUS(copy_family(family));
        }
        TRY_STATUS(copy_entries());
        TRY(JournalTotals totals, newest_totals());
        TRY_STATUS(close_gaps(totals.last_sequence));
        balance(totals);
        TRY_STATUS(put(Family::Default, kTotalsKey, encode_totals(totals)));
        return totals;
    }

private:
    base::Status put(Family family, std::string_view key, std::string_view value)
    {
        const auto done =
            to_.db().Put({}, to_.family(family), rocksdb::Slice(key), rocksdb::Slice(value));
        return done.ok() ? base::Status()
                         : base::Status(std::unexpected(to_error(done, "cannot write the copy")));
    }

    base::Status copy_family(Family family)
    {
        return for_each_row(from_, family, report_,
                            [&](std::string_view key, std::string_view value) -> base::Status {
                                if (family == Family::Default && key.starts_with('e')) {
                                    sequences_.push_back(read_key(key.substr(1)));
                                } else if (family == Family::Quarantine) {
                                    held_ += sequence_of_quarantine(key) <= taken_.cursor ? 1 : 0;
                                    quarantine_bytes_ += value.size();
                                }
                                return put(family, key, value);
                            });
    }

    /// One by one: what a damaged table hides from a walk may still be found by its key.
    base::Status copy_entries()
    {
        for (const std::uint64_t sequence : sequences_) {
            const std::string key = entry_key(sequence);
            rocksdb::PinnableSlice value;
            rocksdb::ReadOptions options;
            options.verify_checksums = true;
            const auto found = from_.db().Get(options, from_.family(Family::Journal), key, &value);
            const std::uint64_t before = report_.records;
            const auto wrong = found.ok()
                                   ? check_row(Family::Journal, key, value.ToStringView(), report_)
                                   : std::optional(found.ToString());
            if (wrong) {
                report_.problems.push_back("entry " + std::to_string(sequence) + ": " + *wrong);
                continue;
            }
            waiting_ += sequence > taken_.cursor ? report_.records - before : 0;
            copied_.insert(sequence);
            TRY_STATUS(put(Family::Journal, key, value.ToStringView()));
        }
        return {};
    }

    /// Totals go forward only: those answered last may be in the log that is damaged, but the mark
    /// has them as well.
    base::Result<JournalTotals> newest_totals()
    {
        TRY(JournalTotals totals, totals_in(from_));
        if (mark_ && !mark_->totals.empty()) {
            TRY(const JournalTotals marked, decode_totals(mark_->totals));
            const std::uint64_t forgotten =
                std::max(marked.quarantine_forgotten, totals.quarantine_forgotten);
            if (marked.received + marked.requeued > totals.received + totals.requeued) {
                totals = marked;
            }
            totals.quarantine_forgotten = forgotten;
        }
        totals.last_sequence =
            std::max({totals.last_sequence, mark_ ? mark_->sequence : 0,
                      sequences_.empty() ? 0 : sequences_.back(), taken_.cursor});
        return totals;
    }

    /// Entries must be without gaps: what was lost becomes an empty entry, from the oldest that is
    /// needed up to the newest that was acknowledged, so that no sequence is given twice.
    base::Status close_gaps(std::uint64_t last)
    {
        const std::string bytes = encode_chunk({});
        const std::uint64_t needed = std::max<std::uint64_t>(taken_.needed_from, 1);
        const std::uint64_t first =
            sequences_.empty() ? needed : std::min(needed, sequences_.front());
        for (std::uint64_t sequence = first; sequence <= last; ++sequence) {
            if (copied_.contains(sequence)) {
                continue;
            }
            TRY_STATUS(put(Family::Journal, entry_key(sequence), bytes));
            TRY_STATUS(put(Family::Default, size_key(sequence), encode_size({bytes.size(), 0})));
            if (sequence >= needed) {
                report_.problems.push_back("entry " + std::to_string(sequence) +
                                           " could not be saved; it is empty in the copy");
            }
        }
        return {};
    }

    /// Each record that was received once is an event, held in quarantine, forgotten by it, waiting
    /// in an entry, or lost. Where the totals know of fewer than there are, they are too old: then
    /// what there is was received.
    void balance(JournalTotals& totals)
    {
        const std::uint64_t in_quarantine = held_ + totals.quarantine_forgotten;
        totals.requeued = taken_.quarantined - std::min(taken_.quarantined, in_quarantine);
        totals.quarantine_bytes = quarantine_bytes_;
        std::uint64_t refused = totals.duplicate;
        for (const auto& [reason, count] : totals.rejected) {
            refused += count;
        }
        const std::uint64_t known =
            refused + taken_.events + taken_.quarantined - totals.requeued + waiting_ + totals.lost;
        if (known > totals.received) {
            report_.problems.push_back(
                "the totals counted " + std::to_string(totals.received) + " records, " +
                std::to_string(known) +
                " are known: they were raised; duplicates and refusals since are not counted");
            totals.received = known;
        }
        totals.lost += totals.received - known;
        report_.lost = totals.lost;
    }

    Database& from_;
    Database& to_;
    const std::optional<Mark>& mark_;
    const Taken& taken_;
    JournalReport& report_;
    std::vector<std::uint64_t> sequences_; ///< of the entries whose size is known, ascending
    std::unordered_set<std::uint64_t> copied_;
    std::uint64_t waiting_ = 0; ///< records in copied entries that are not processed yet
    std::uint64_t held_ = 0;    ///< rows of quarantine from processed entries
    std::uint64_t quarantine_bytes_ = 0;
};

base::Status make_copy(Database& from, const std::string& target, const std::optional<Mark>& mark,
                       const Taken& taken, JournalReport& report)
{
    TRY(const auto to, Database::open(target, Access::Copy));
    TRY(const JournalTotals totals, Salvage(from, *to, mark, taken, report).run());
    const rocksdb::Status synced = to->db().SyncWAL();
    if (!synced.ok()) {
        return std::unexpected(to_error(synced, "cannot sync " + target));
    }
    MarkFile file;
    TRY_STATUS(file.open(mark_path(target)));
    TRY_STATUS(write_mark(file, *to, totals));
    return file.sync();
}

} // namespace

base::Result<JournalReport> verify_journal(const std::string& folder)
{
    TRY_STATUS(check_folder(folder));
    TRY(const FolderLock lock, FolderLock::take(folder));
    JournalReport report;
    TRY(WalCheck wals, check_wals(folder, read_mark(mark_path(folder))));
    report.problems = std::move(wals.problems);
    report.bytes_checked = wals.bytes;
    auto database = Database::open(folder, Access::ReadOnly);
    if (!database) {
        report.problems.push_back(database.error().message);
        return report;
    }
    const rocksdb::Status tables = (*database)->db().VerifyChecksum();
    if (!tables.ok()) {
        report.problems.push_back("table files: " + tables.ToString());
    }
    for (std::size_t i = 0; i < kFamilies; ++i) {
        TRY_STATUS(for_each_row(**database, static_cast<Family>(i), report,
                                [](auto, auto) { return base::Status(); }));
    }
    if (const auto totals = totals_in(**database)) {
        report.lost = totals->lost;
    } else {
        report.problems.push_back(totals.error().message);
    }
    return report;
}

base::Result<JournalReport> salvage_journal(const std::string& folder, const std::string& target,
                                            const Taken& taken)
{
    TRY_STATUS(check_folder(folder));
    if (std::filesystem::exists(target)) {
        return base::fail(base::Code::Conflict,
                          target + " exists: a salvage that was cut off may have left it; look at "
                                   "it, move it away, then salvage again");
    }
    TRY(const FolderLock lock, FolderLock::take(folder));
    JournalReport report;
    const std::optional<Mark> mark = read_mark(mark_path(folder));
    TRY(WalCheck wals, check_wals(folder, mark));
    report.problems = std::move(wals.problems);
    TRY(const auto from, Database::open(folder, Access::Salvage));
    std::error_code error;
    std::filesystem::create_directories(target, error);
    const base::Status made = error ? base::system_error("cannot make " + target, error.value())
                                    : make_copy(*from, target, mark, taken, report);
    if (!made) {
        std::filesystem::remove_all(target, error);
        return base::fail(made.error().code, made.error().message + "; " + folder +
                                                 " is as it was and the copy is removed; make "
                                                 "room or mend the disk, then salvage again");
    }
    return report;
}

} // namespace tanggap::disk
