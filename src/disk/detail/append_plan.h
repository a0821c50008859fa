// One group of appends turned into one write batch. Owner: the thread that holds the write lock.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <rocksdb/write_batch.h>

#include "base/error.h"
#include "disk/detail/database.h"
#include "disk/detail/entry_format.h"
#include "disk/journal.h"

namespace tanggap::disk::detail {

/// An append with what can be computed before it is its turn.
struct Prepared {
    explicit Prepared(AppendRequest r);

    AppendRequest request;
    std::vector<model::EventId> ids; ///< of each record with k = 1; empty for Identity::Never
    std::uint32_t tag = 0;           ///< of the stream
    std::size_t bytes = 0;
};

/// A journal entry that the batch would add.
struct PlannedEntry {
    std::shared_ptr<const model::Chunk> chunk;
    EntrySize size;
};

struct Plan {
    rocksdb::WriteBatch batch;
    JournalTotals totals; ///< as they will be
    std::vector<PlannedEntry> entries;
    std::vector<base::Result<AppendResult>> answers; ///< one per append
};

struct PlanContext {
    Database& database;
    const JournalTotals& totals; ///< as they are
    std::string_view journal_id;
    base::Time now;
};

/// Decides which records are new, answers known idempotency keys, and writes all of it into one
/// batch. Moves the records out of the requests. Two appends of one group must not carry the same
/// idempotency key. Errors: of the database; an append's own refusal is in its answer.
base::Result<Plan> plan_group(const PlanContext& context, std::span<Prepared* const> group);

/// Adds `chunk` as the next entry.
void add_entry(Plan& plan, Database& database, std::shared_ptr<model::Chunk> chunk);

/// Puts the totals as they will be: the last step of a plan.
void put_totals(Plan& plan, Database& database);

inline constexpr std::string_view kTotalsKey = "totals";
std::string entry_key(std::uint64_t sequence);
std::string size_key(std::uint64_t sequence);
std::string answer_key(const AppendRequest& request);
std::string state_key(std::string_view key);

} // namespace tanggap::disk::detail
