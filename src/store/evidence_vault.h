// Files kept as they came: named by the SHA-256 of their bytes, written once, encrypted at rest.
// Source: trust.md §2.10, domain.md §7.2.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace tanggap::store {

struct SealedFile {
    std::string sha256; ///< hex
    std::uint64_t size = 0;
};

/// Thread: any; pieces of one upload come one after the other.
class EvidenceVault {
public:
    /// `key`: 32 bytes that wrap each file's own key. What was being uploaded when the program
    /// ended is dropped: its sender begins again.
    static base::Result<std::unique_ptr<EvidenceVault>> open(const std::string& folder,
                                                             std::string key);
    virtual ~EvidenceVault() = default;

    /// A place for a file to come. Errors: Exhausted above limits::kUploadsMax at once.
    virtual base::Result<std::string> begin_upload() = 0;
    /// Bytes at `offset`, hashed and encrypted as they come. Gives the size so far.
    /// Errors: NotFound; Conflict where `offset` is not the size so far (told in the message);
    /// Exhausted above limits::kEvidenceBytesMax.
    virtual base::Result<std::uint64_t> append(std::string_view upload, std::uint64_t offset,
                                               std::string_view bytes) = 0;
    /// The file is whole: synced, and moved to its name. `expected` (hex) may be empty.
    /// Errors: NotFound; Invalid where the hash is another; the upload is then gone.
    virtual base::Result<SealedFile> seal(std::string_view upload, std::string_view expected) = 0;

    /// At most limits::kEvidencePieceBytes from `offset`; empty at its end.
    /// Errors: NotFound; Corrupt where the bytes on disk are not what was written.
    virtual base::Result<std::string> read(std::string_view sha256, std::uint64_t offset) = 0;
    /// Reads all of it and hashes it anew. Errors: as read; Corrupt where the hash is another.
    virtual base::Result<SealedFile> verify(std::string_view sha256) = 0;
    /// For a file that nothing names any more. One that is not there is gone already.
    virtual base::Status remove(std::string_view sha256) = 0;
};

} // namespace tanggap::store
