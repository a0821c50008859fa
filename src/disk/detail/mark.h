// How far the last acknowledged write reached, kept outside the database.
//
// The mark is written after the sync and before the answer, without a sync of its own: it is never
// ahead of what is durable, survives the death of the process, and after a power cut it is at most
// a second old. A log that is shorter than the mark says, or bad before it, has lost acknowledged
// records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"

namespace tanggap::disk::detail {

struct Mark {
    std::uint64_t wal_number = 0;
    std::uint64_t wal_bytes = 0;
    std::uint64_t sequence = 0; ///< last journal entry
    /// The totals that were answered with it, as stored: what a lost log counted is known from
    /// here. Empty: written before marks held them, or torn.
    std::string totals{};

    friend bool operator==(const Mark&, const Mark&) = default;
};

/// Owner: the journal, one thread at a time.
class MarkFile {
public:
    MarkFile() = default;
    ~MarkFile();
    MarkFile(const MarkFile&) = delete;
    MarkFile& operator=(const MarkFile&) = delete;

    base::Status open(const std::string& path);
    /// Both copies: one survives a torn write of the other.
    base::Status write(const Mark& mark);
    base::Status sync();

private:
    int file_ = -1;
    std::string path_;
};

/// Absent where there is no file, or no copy in it has its checksum.
std::optional<Mark> read_mark(const std::string& path);

} // namespace tanggap::disk::detail
