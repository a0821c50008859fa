// How far a hunt is, on standard error: with rate and time left (ui.md §7.1).
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>

namespace tanggap::app::hunting {

enum class ProgressStyle : std::uint8_t {
    None,
    Terminal, ///< one line, written over; from the first second on
    Lines,    ///< a line every ten seconds
};

class Progress {
public:
    Progress(ProgressStyle style, std::ostream& out);

    struct State {
        std::uint64_t files = 0;
        std::uint64_t records = 0;
        std::uint64_t detections = 0;
        std::uint64_t bytes_done = 0;
        std::uint64_t bytes_total = 0; ///< 0: not known
    };
    /// Writes when it is time to.
    void show(const State& state);
    /// Clears the line; other messages come next.
    void clear();

private:
    using Clock = std::chrono::steady_clock;
    ProgressStyle style_;
    std::ostream& out_;
    Clock::time_point begin_ = Clock::now();
    Clock::time_point next_;
    bool shown_ = false;
};

} // namespace tanggap::app::hunting
