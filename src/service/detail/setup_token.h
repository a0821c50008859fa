// The one-time token that makes the first administrator (rulings 14).
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace tanggap::service {

/// 128 random bits, good for limits::kSetupTokenLife, in a file only its owner can read.
/// Thread: one at a time.
class SetupToken {
public:
    /// Writes a new token to `file`. Errors: Unavailable with the system's reason.
    static base::Result<SetupToken> make(const std::string& file, base::Time now);

    /// Errors: Denied (wrong, or too old: a restart makes a new one).
    base::Status check(std::string_view token, base::Time now) const;
    /// The token was used: its file goes.
    void remove_file() const;

private:
    SetupToken(std::string file, std::string token, base::Time made_at)
        : file_(std::move(file)), token_(std::move(token)), made_at_(made_at)
    {
    }
    std::string file_;
    std::string token_;
    base::Time made_at_;
};

} // namespace tanggap::service
