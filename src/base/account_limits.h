// Limits of accounts (trust.md §2.7, rulings 14-15). Beside limits.h, which everything reads.
#pragma once

#include <chrono>
#include <cstddef>

namespace tanggap::base::limits::accounts {

inline constexpr std::chrono::minutes kSessionIdle{30};
inline constexpr std::chrono::minutes kSessionIdleAdministrator{15};
inline constexpr std::chrono::hours kSessionAbsolute{12};
/// How long after a sign-in, or a password asked again, sensitive acts ask for none.
inline constexpr std::chrono::minutes kReauthenticated{10};
inline constexpr std::chrono::hours kInviteLife{72};
/// Codes for the day the phone is lost; each opens once.
inline constexpr std::size_t kRecoveryCodes = 10;
/// Accounts, open links, sessions and keys of one account: what lists show without pages.
inline constexpr std::size_t kUsersMax = 1'000;
inline constexpr std::size_t kInvitesMax = 200;
inline constexpr std::size_t kSessionsPerUserMax = 50;
inline constexpr std::size_t kApiKeysPerUserMax = 50;
inline constexpr std::size_t kApiKeyNameBytesMax = 100;

} // namespace tanggap::base::limits::accounts
