// Secrets on disk: one line, mode 0600.
#pragma once

#include <string>

#include "base/error.h"

namespace tanggap::cli::detail {

/// The first line without its end. `what` names it in messages: "password".
base::Result<std::string> read_secret(const std::string& what, const std::string& path);

/// A file made now, empty and ours alone, so that a secret that is shown once has a place to go
/// before it is asked for. Removed again unless it was filled.
class SecretFile {
public:
    /// Errors: Conflict when the file exists.
    static base::Result<SecretFile> make(const std::string& path);
    ~SecretFile();
    SecretFile(SecretFile&& other) noexcept;
    SecretFile& operator=(SecretFile&&) = delete;

    base::Status fill(const std::string& secret);

private:
    SecretFile(std::string path, int file) : path_(std::move(path)), file_(file) {}

    std::string path_;
    int file_ = -1;
    bool filled_ = false;
};

} // namespace tanggap::cli::detail
