// Limits of commands. Beside limits.h, which everything reads: these are read by few.
#pragma once

#include <chrono>
#include <cstddef>

namespace tanggap::base::limits {

/// How long a command can be taken back (ui.md: the snackbar and the item's history).
inline constexpr std::chrono::minutes kUndoWindow{10};
/// Text a person gives as the reason of a change.
inline constexpr std::size_t kReasonBytesMax = 4096;
/// What one activity record says of before and after; longer texts belong to tables of their own.
inline constexpr std::size_t kActivityBytesMax = 256 * 1024;
/// An Idempotency-Key, and how many an account may have in a day: each is a row.
inline constexpr std::size_t kIdempotencyKeyBytesMax = 200;
/// An answer kept for a repeated request; a longer one is not kept, and the repeat is told so.
inline constexpr std::size_t kIdempotencyAnswerBytesMax = 64 * 1024;

} // namespace tanggap::base::limits
