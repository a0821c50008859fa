#include "disk/salvage.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
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

/// Calls `use(key, value)` for each sound row; damaged ones are reported. A damaged block hides the
/// rows in it: reading goes on at the first row behind it that can be read.
template <class Use>
void for_each_row(Database& database, Family family, JournalReport& report, Use use)
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
            use(rows->key(), rows->value());
        }
    }
    if (!rows->status().ok()) {
        report.problems.push_back("reading " + name_of(family) +
                                  " stopped early: " + rows->status().ToString());
    }
}

/// Entries one by one: what a damaged table hides from a walk may still be found by its key.
/// Gives the oldest entry that was not retired; 0 where there is none.
std::uint64_t copy_entries(Database& from, Database& to, JournalReport& report)
{
    std::vector<std::uint64_t> sequences;
    for_each_row(from, Family::Default, report, [&](const rocksdb::Slice& key, const auto&) {
        if (key.starts_with("e")) {
            sequences.push_back(read_key(key.ToStringView().substr(1)));
        }
    });
    for (const std::uint64_t sequence : sequences) {
        rocksdb::PinnableSlice value;
        const std::string key = entry_key(sequence);
        rocksdb::ReadOptions options;
        options.verify_checksums = true;
        const auto found = from.db().Get(options, from.family(Family::Journal), key, &value);
        const auto wrong = found.ok()
                               ? check_row(Family::Journal, key, value.ToStringView(), report)
                               : std::optional(found.ToString());
        if (wrong) {
            report.problems.push_back("entry " + std::to_string(sequence) + ": " + *wrong);
        } else {
            std::ignore = to.db().Put({}, to.family(Family::Journal), key, value);
        }
    }
    return sequences.empty() ? 0 : sequences.front();
}

void copy_family(Database& from, Database& to, Family family, JournalReport& report)
{
    for_each_row(from, family, report, [&](const rocksdb::Slice& key, const rocksdb::Slice& value) {
        std::ignore = to.db().Put({}, to.family(family), key, value);
    });
}

/// Entries must be without gaps: what was lost becomes an empty entry, up to the newest that was
/// acknowledged, so that no sequence is given twice.
base::Status close_gaps(Database& to, std::uint64_t oldest, const std::optional<Mark>& mark,
                        JournalReport& report)
{
    std::string value;
    JournalTotals totals;
    if (to.db().Get({}, to.family(Family::Default), rocksdb::Slice(kTotalsKey), &value).ok()) {
        TRY(totals, decode_totals(value));
    }
    const std::uint64_t first = oldest != 0 ? oldest : totals.last_sequence + 1;
    totals.last_sequence = std::max(totals.last_sequence, mark ? mark->sequence : 0);
    for (std::uint64_t sequence = first; sequence <= totals.last_sequence; ++sequence) {
        const std::string key = entry_key(sequence);
        if (to.db().Get({}, to.family(Family::Journal), key, &value).ok()) {
            continue;
        }
        const std::string bytes = encode_chunk({});
        std::ignore = to.db().Put({}, to.family(Family::Journal), key, bytes);
        std::ignore = to.db().Put({}, to.family(Family::Default), size_key(sequence),
                                  encode_size({bytes.size(), 0}));
        report.problems.push_back("entry " + std::to_string(sequence) +
                                  " could not be saved; it is empty in the copy");
    }
    const auto put = to.db().Put({}, to.family(Family::Default), rocksdb::Slice(kTotalsKey),
                                 encode_totals(totals));
    return put.ok() ? base::Status()
                    : base::Status(std::unexpected(to_error(put, "cannot write the totals")));
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
        for_each_row(**database, static_cast<Family>(i), report, [](const auto&, const auto&) {});
    }
    return report;
}

base::Result<JournalReport> salvage_journal(const std::string& folder, const std::string& target)
{
    TRY_STATUS(check_folder(folder));
    if (std::filesystem::exists(target)) {
        return base::fail(base::Code::Conflict,
                          target + " exists; salvage writes into a folder of its own");
    }
    TRY(const FolderLock lock, FolderLock::take(folder));
    JournalReport report;
    const std::optional<Mark> mark = read_mark(mark_path(folder));
    TRY(WalCheck wals, check_wals(folder, mark));
    report.problems = std::move(wals.problems);
    TRY(const auto from, Database::open(folder, Access::Salvage));
    std::filesystem::create_directories(target);
    TRY(const auto to, Database::open(target, Access::ReadWrite));
    for (const Family family : {Family::Default, Family::Seen, Family::State, Family::Quarantine}) {
        copy_family(*from, *to, family, report);
    }
    const std::uint64_t oldest = copy_entries(*from, *to, report);
    TRY_STATUS(close_gaps(*to, oldest, mark, report));
    const rocksdb::Status synced = to->db().SyncWAL();
    if (!synced.ok()) {
        return std::unexpected(to_error(synced, "cannot sync " + target));
    }
    return report;
}

} // namespace tanggap::disk
