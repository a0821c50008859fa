// Life of a log line: each step of ARCHITECTURE.md's list calls `life::step()` on entry. Off, it
// costs one relaxed load; on, it says which functions a line entered, in order.
#pragma once

#include <atomic>
#include <source_location>
#include <string>
#include <vector>

namespace tanggap::base::life {

struct Step {
    std::string file;     ///< "src/disk/journal.cpp"
    std::string function; ///< "Journal::append"
};

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

/// Starts recording and forgets what was recorded. Thread: any.
void start();
/// Stops and gives the steps in the order first entered, each once.
std::vector<Step> stop();

} // namespace tanggap::base::life
