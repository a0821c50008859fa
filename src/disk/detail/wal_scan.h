// Reads RocksDB write-ahead logs without RocksDB, to tell a torn tail from damage.
//
// RocksDB alone cannot: a flipped length byte near the end of a log looks like a record that was
// being written, and everything acknowledged after it is dropped without a word. We know two things
// it does not: every write of ours is one synced record, so a record that *begins* behind a bad one
// proves that the bad one had been acknowledged; and detail/mark.h says how far the last
// acknowledged write reached.
// Source: RocksDB wiki "Write Ahead Log File Format".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace tanggap::disk::detail {

struct WalState {
    std::uint64_t valid_bytes = 0;    ///< end of the last whole record
    std::uint64_t records = 0;        ///< whole records (write batches) before it
    bool torn = false;                ///< bytes follow that are no whole record
    bool record_begins_later = false; ///< a valid record begins behind the bad bytes: damage
};

/// Pure. Shape: the whole bytes of one log file.
WalState scan_wal(std::string_view bytes);

struct WalFile {
    std::string path;
    std::uint64_t number = 0;
    std::uint64_t size = 0;
};

/// The `NNNNNN.log` files of a database folder, oldest first.
base::Result<std::vector<WalFile>> list_wals(const std::string& folder);

/// The whole of a file. Units: a log is bounded by the database's write buffers.
base::Result<std::string> read_whole(const std::string& path);

} // namespace tanggap::disk::detail
