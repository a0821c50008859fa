// Files that people send us: by the SHA-256 of their bytes, encrypted, written once, never run.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace tanggap::store {

/// Shape: FOLDER/ab/abcd….sealed, mode 0400; "TGV1", a nonce, XChaCha20-Poly1305 bound to the hash.
/// The same bytes twice are one file. Thread: any.
class FileVault {
public:
    /// `key`: 32 bytes. Makes the folder (0700) where it is missing.
    static base::Result<std::unique_ptr<FileVault>> open(const std::string& folder,
                                                         std::string key);

    /// Gives the SHA-256 as hex, once the file is on disk (fsync).
    base::Result<std::string> put(std::string_view bytes);
    /// Errors: NotFound; Corrupt where the file is not what was put there.
    base::Result<std::string> read(std::string_view sha256) const;
    /// One that is not there is removed already.
    base::Status remove(std::string_view sha256);

private:
    FileVault(std::string folder, std::string key)
        : folder_(std::move(folder)), key_(std::move(key))
    {
    }
    base::Result<std::string> path_of(std::string_view sha256) const;

    std::string folder_;
    std::string key_;
};

} // namespace tanggap::store
