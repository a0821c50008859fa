// A stream of bytes from a file or memory, unpacked on the way when its content is gzip or zstd.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace tanggap::codec {

/// Where bytes come from, a piece at a time. Thread: one owner.
class ByteReader {
public:
    virtual ~ByteReader() = default;
    /// Fills the front of `into` and gives the count; 0 means the end.
    /// Errors: after one, what was given before is good and nothing more will come.
    virtual base::Result<std::size_t> read(std::span<char> into) = 0;
    /// Units: bytes of the innermost file taken so far, packed as they lie there; for progress.
    virtual std::uint64_t position() const = 0;
};

/// Opens a regular file, a pipe or a device. Errors: Unavailable with the system's reason.
base::Result<std::unique_ptr<ByteReader>> open_file_bytes(const std::string& path);

/// Reads `bytes`, which must outlive the reader, at most `piece_bytes` at a time (0: no bound).
std::unique_ptr<ByteReader> memory_bytes(std::string_view bytes, std::size_t piece_bytes = 0);

/// Gives `head` and then what `rest` has: for what was read to see what it is.
std::unique_ptr<ByteReader> with_head(std::string head, std::unique_ptr<ByteReader> rest);

/// What unpacked bytes may weigh against packed ones (rulings 24).
struct UnpackLimits {
    /// Unpacked ÷ packed; 0: no ratio, for an operator's own files.
    std::uint64_t ratio_max = 0;
    /// Units: bytes unpacked; 0: none.
    std::uint64_t bytes_max = 0;
};

/// Unpacks gzip (RFC 1952) and zstd (RFC 8878), also several members one after another, told by
/// content, never by name; anything else passes through unchanged.
/// Errors: Invalid where a packed stream is damaged or cut short, Exhausted above a limit; in each
/// case after the good part was given.
base::Result<std::unique_ptr<ByteReader>> unpack(std::unique_ptr<ByteReader> packed,
                                                 const UnpackLimits& limits = {});

} // namespace tanggap::codec
