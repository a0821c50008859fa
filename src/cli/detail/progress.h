// Progress of a long job (ui.md §7.1): on a terminal after 1 s, in place; elsewhere a line per 10
// s.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "cli/console.h"

namespace tanggap::cli::detail {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Thread: one owner. Times are arguments, so that tests need not wait.
class Progress {
public:
    Progress(const Console& console, bool quiet, std::uint64_t bytes_total, SteadyTime start);

    /// `doing` is what happens now, e.g. a file name.
    void update(std::uint64_t bytes, std::uint64_t records, const std::string& doing,
                SteadyTime now);
    /// Removes the line on a terminal.
    void finish();

private:
    const Console& console_;
    const bool quiet_;
    const std::uint64_t bytes_total_;
    const SteadyTime start_;
    SteadyTime next_;
    bool shown_ = false;
};

/// "4.2 MB", "1.3 GB".
std::string format_bytes(std::uint64_t bytes);
/// "12,345".
std::string format_count(std::uint64_t count);

} // namespace tanggap::cli::detail
