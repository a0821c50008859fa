// Files to pieces of application/vnd.tanggap.records, read ahead on a thread of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/bounded_queue.h"
#include "base/error.h"
#include "cli/detail/import_inputs.h"
#include "model/record.h"

namespace tanggap::cli::detail {

/// Part of one file, in order. The last of a file may be empty and may carry why reading ended.
struct Piece {
    std::size_t file = 0;   ///< index into the inputs
    std::size_t number = 0; ///< 0-based within its file
    std::string body = {};
    std::uint64_t records = 0;
    std::size_t probe_bytes = 0; ///< front of `body` that holds the first kSourceProbeRecords
    std::uint64_t position = 0;  ///< bytes of the file read so far, as it lies there
    bool last = false;
    std::optional<base::Error> error = {};
};

/// Appends one frame: u32 LE length, u8 kind (0 record, 1 oversize), payload.
void append_frame(const model::Record& record, std::string& body);

/// Thread: owns one reader thread; take() from one other.
class PieceReader {
public:
    explicit PieceReader(const std::vector<Input>& inputs);
    /// Stops reading; what was not taken is dropped.
    ~PieceReader();
    PieceReader(const PieceReader&) = delete;
    PieceReader& operator=(const PieceReader&) = delete;

    /// Empty: every file is read.
    std::optional<Piece> take() { return queue_.pop(); }

private:
    void run();
    bool read_file(std::size_t file);

    const std::vector<Input> inputs_;
    base::BoundedQueue<Piece> queue_;
    std::thread thread_;
};

} // namespace tanggap::cli::detail
