// Life of a log line: each step of ARCHITECTURE.md's list calls `life::step()` on entry. Off, it
// costs one relaxed load; on, a file says which functions a line entered, in order.
#pragma once

#include <atomic>
#include <source_location>
#include <string>

#include "base/error.h"

namespace tanggap::base::life {

namespace detail {
inline std::atomic<bool> recording{false};
void record(const std::source_location& where);
} // namespace detail

inline void step(const std::source_location& where = std::source_location::current())
{
    if (detail::recording.load(std::memory_order_relaxed)) {
        detail::record(where);
    }
}

/// From now on each step is written when it is first entered: "src/disk/journal.cpp
/// Journal::append".
///
/// Errors: when the file cannot be made; a line that cannot be written later is logged.
/// Thread: once, before the threads that a line passes through start.
Status record_to(const std::string& file);

} // namespace tanggap::base::life
