// Secrets at rest and secrets people type: the master key, Argon2id, TOTP. Closed to other rooms.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace tanggap::service {

/// The master key and what it wraps (XChaCha20-Poly1305). Thread: any, after open.
class KeyBox {
public:
    enum class IfMissing { Make, Refuse };
    /// Errors: Corrupt where the file does not hold 32 bytes, or is missing and must not be made;
    /// Denied where group or others may read it.
    static base::Result<KeyBox> open(const std::string& file, IfMissing if_missing);

    /// `context` is bound to the result: it opens only with the same one.
    std::string wrap(std::string_view secret, std::string_view context) const;
    /// 32 bytes for one purpose; the same as long as the master key is.
    std::string derive(std::string_view purpose) const;
    /// Errors: Corrupt.
    base::Result<std::string> unwrap(std::string_view wrapped, std::string_view context) const;

private:
    explicit KeyBox(std::string key) : key_(std::move(key)) {}
    std::string key_;
};

/// Argon2id with a bound on how many run at once (64 MiB each). Thread: any.
class PasswordHasher {
public:
    PasswordHasher(std::uint64_t memory_bytes, std::uint64_t passes)
        : memory_bytes_(memory_bytes), passes_(passes)
    {
    }
    /// Errors: Exhausted where limits::kPasswordHashesAtOnce run already.
    base::Result<std::string> hash(const std::string& password);
    base::Result<bool> verify(const std::string& encoded, const std::string& password);
    /// An encoded hash that no password has, of the same cost: for names that do not exist.
    std::string nobodys_hash() const;

private:
    std::uint64_t memory_bytes_;
    std::uint64_t passes_;
    std::atomic<std::size_t> running_{0};
};

/// 160 random bits for RFC 6238.
std::string make_totp_secret();
std::string base32(std::string_view bytes);
/// The step a code belongs to, now or one step beside it; nothing where the code is wrong.
/// Source: RFC 6238, 30 s, SHA-1, 6 digits, as authenticator apps have it.
std::optional<std::uint64_t> totp_step_of(std::string_view secret, const std::string& code,
                                          base::Time now);

bool equal_in_constant_time(std::string_view a, std::string_view b);

} // namespace tanggap::service
