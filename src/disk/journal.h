// The journal: raw records on disk before anybody is told they are. RocksDB, opened as rulings 36.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/limits.h"
#include "base/time.h"
#include "model/record.h"

namespace tanggap::disk {

/// How records of a stream are told apart from records delivered before (rulings 18).
enum class Identity : std::uint8_t {
    Content,  ///< files: SHA-256(sensor, bytes, k)
    Never,    ///< syslog: every datagram or frame is new
    External, ///< HTTP: SHA-256(sensor, external id) where given, else as Never
};

struct NewRecord {
    std::string bytes;
    std::string external_id;       ///< Identity::External only
    std::uint64_t full_length = 0; ///< oversize, as model::Record
    std::string full_sha256;
};

/// What one acknowledged append did. Units: records.
struct AppendResult {
    std::uint64_t sequence = 0; ///< of the journal entry; 0 when no record was new
    std::uint64_t received = 0; ///< new + duplicate + rejected
    std::uint64_t duplicate = 0;
    bool replayed = false; ///< the idempotency key was known: nothing was done again
};

struct AppendRequest {
    model::StreamContext stream;
    Identity identity = Identity::Content;
    /// The stream instance for counting k: one import of one file, one tailed inode.
    std::string stream_id;
    /// A retry with the same key gets the first answer again; kept 24 h. Empty: none.
    std::string idempotency_key;
    /// SHA-256 hex of the body; the same key with another body is Conflict.
    std::string body_digest;
    /// Saved in the same write, e.g. a tail checkpoint: key → value. Empty key: none.
    std::string state_key;
    std::string state_value;
    std::vector<NewRecord> records;
    /// Counted with the entry in the same write, by model::RejectReason name.
    std::vector<std::pair<std::string, std::uint64_t>> rejected;
};

struct JournalTotals {
    std::uint64_t received = 0; ///< new + duplicate + rejected
    std::uint64_t duplicate = 0;
    std::vector<std::pair<std::string, std::uint64_t>> rejected;
    std::uint64_t last_sequence = 0;
    std::uint64_t first_sequence = 0;       ///< oldest kept
    std::uint64_t bytes_kept = 0;           ///< as stored, compressed
    std::uint64_t requeued = 0;             ///< records that left quarantine for a new entry
    std::uint64_t quarantine_bytes = 0;     ///< as stored
    std::uint64_t quarantine_forgotten = 0; ///< records, the oldest, dropped above the quota
    std::uint64_t lost = 0;                 ///< records received that damage took (salvage.h)
};

/// The receipt side of the ledger at one instant.
struct JournalBalance {
    JournalTotals totals;
    std::uint64_t records_after = 0; ///< in entries after the cursor asked for
};

struct JournalOptions {
    /// Bytes of unretired entries above which appends are refused as Exhausted.
    std::uint64_t backlog_bytes_max = base::limits::kJournalBacklogBytesMax;
    /// Free bytes of the file system below which appends are refused as Exhausted, so that the
    /// database below never meets a full disk in the middle of a write.
    std::uint64_t free_bytes_min = base::limits::kJournalFreeBytesMin;
    /// Bytes of quarantine above which its oldest entries are forgotten, and counted.
    std::uint64_t quarantine_bytes_max = base::limits::kQuarantineBytesMax;
    const base::Clock* clock = &base::system_clock();
};

struct QuarantineEntry {
    std::string id; ///< "<sequence>-<index>", fixed width so that text order is age order
    model::StreamContext stream;
    base::Time received;
    model::Record record;
    std::string reason;
    std::string detail;
};

class Journal {
public:
    /// Errors: Unavailable when another process holds the folder; Corrupt with the file named when
    /// a record before the tail fails its checksum (next step: `tanggap doctor --salvage`).
    static base::Result<std::unique_ptr<Journal>> open(const std::string& folder,
                                                       const JournalOptions& options = {});
    virtual ~Journal() = default;

    /// Durable (fdatasync) when it returns; concurrent callers share one sync. A failed sync ends
    /// the process. Errors: Exhausted above the backlog limit or when the disk is full, Conflict.
    virtual base::Result<AppendResult> append(AppendRequest request) = 0;

    /// Entries with sequence > `after`, oldest first, until `bytes_max`; waits up to `wait_ms` for
    /// one.
    virtual base::Result<std::vector<std::shared_ptr<const model::Chunk>>>
    read(std::uint64_t after, std::size_t bytes_max, int wait_ms) = 0;

    /// Forgets entries ≤ sequence: archive and case database have them.
    virtual base::Status retire(std::uint64_t sequence) = 0;

    /// Writing the same entry again changes nothing.
    virtual base::Status put_quarantine(std::span<const QuarantineEntry> entries) = 0;
    /// Keyset page, newest first, before `before` (empty: from the newest).
    virtual base::Result<std::vector<QuarantineEntry>> list_quarantine(std::string_view before,
                                                                       std::size_t limit) = 0;
    virtual base::Result<QuarantineEntry> find_quarantine(std::string_view id) = 0;
    virtual base::Status remove_quarantine(std::span<const std::string> ids) = 0;
    /// Moves entries of sequence ≤ `committed` out of quarantine into new journal entries, ids of
    /// the records kept, in one write. Ids that are gone already are passed over. Gives the number
    /// of records moved.
    virtual base::Result<std::uint64_t> requeue(std::span<const std::string> ids,
                                                std::uint64_t committed) = 0;

    virtual base::Result<std::optional<std::string>> find_state(std::string_view key) = 0;
    virtual JournalTotals totals() const = 0;
    virtual JournalBalance balance(std::uint64_t cursor) const = 0;
};

} // namespace tanggap::disk
