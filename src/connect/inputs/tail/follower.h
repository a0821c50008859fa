// One name of a growing file: reads what is new each time it is asked, through rotation
// (rename and a new file) and truncation (copytruncate).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "connect/detail/record_collector.h"
#include "connect/inputs/tail/checkpoint.h"
#include "disk/journal.h"

namespace tanggap::connect::tail {

/// Lines read and where that leaves us. To be appended in one write, then confirmed.
struct Reading {
    std::vector<disk::NewRecord> records;
    Checkpoint checkpoint;
    std::uint64_t bytes = 0;
};

/// A line without its end is read anew each round until it ends; above this it is taken as it
/// stands, as oversize, and what follows is a line of its own.
inline constexpr std::uint64_t kLineBytesMax = 64 * 1024 * 1024;

/// Thread: one owner.
class Follower {
public:
    /// `saved`: where an earlier run stood.
    Follower(std::string path, std::optional<Checkpoint> saved);
    ~Follower();
    Follower(Follower&& other) noexcept;
    Follower& operator=(Follower&&) = delete;

    /// What is new, at most about one journal entry; no records when nothing is. Asking again
    /// without confirm() gives the same again.
    /// Errors: Unavailable when the file cannot be opened or read; a later call tries anew.
    base::Result<Reading> read();
    /// The records of the last read() are in the journal.
    void confirm(const Checkpoint& checkpoint);

    /// The name is gone and all that was written under it is read.
    bool is_over() const;

    const std::string& path() const { return path_; }
    std::uint64_t lag_bytes() const { return lag_bytes_; }
    /// Times the rest of an older file could not be found any more: rotated and removed, or
    /// truncated, before it was read.
    std::uint64_t unread_ends() const { return unread_ends_; }

private:
    base::Status open_current();
    base::Status open_at_start();
    bool find_renamed();
    bool is_truncated();
    bool name_moved_on() const;
    base::Status check_name() const;
    void start_over();
    void close();
    /// What to do with a last line that has no LF yet.
    enum class Unfinished { Leave, Take };
    base::Result<Reading> read_lines(Unfinished unfinished);

    std::string path_;
    std::optional<Checkpoint> saved_; ///< until the first open
    int file_ = -1;
    Checkpoint at_; ///< confirmed
    std::uint64_t lag_bytes_ = 0;
    std::uint64_t unread_ends_ = 0;
    int waiting_rounds_ = 0;
};

} // namespace tanggap::connect::tail
