#include "app/hunt/progress.h"

#include <ostream>
#include <string>

#include <fmt/format.h>

namespace tanggap::app::hunting {
namespace {

using namespace std::chrono_literals;

std::string duration_text(double seconds)
{
    const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
    if (whole < 60) {
        return fmt::format("{} s", whole);
    }
    return whole < 3600 ? fmt::format("{} min {:02} s", whole / 60, whole % 60)
                        : fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

} // namespace

Progress::Progress(ProgressStyle style, std::ostream& out)
    : style_(style), out_(out), next_(begin_ + (style == ProgressStyle::Lines ? 10s : 1s))
{
}

void Progress::show(const State& state)
{
    const auto now = Clock::now();
    if (style_ == ProgressStyle::None || now < next_) {
        return;
    }
    next_ = now + (style_ == ProgressStyle::Lines ? std::chrono::milliseconds(10s)
                                                  : std::chrono::milliseconds(250ms));
    const double seconds = std::chrono::duration<double>(now - begin_).count();
    std::string text = fmt::format(
        "{} files, {} records, {} detections, {:.0f} records/s, {:.1f} MB/s", state.files,
        state.records, state.detections, static_cast<double>(state.records) / seconds,
        static_cast<double>(state.bytes_done) / 1e6 / seconds);
    if (state.bytes_total > 0 && state.bytes_done > 0) {
        const double part =
            static_cast<double>(state.bytes_done) / static_cast<double>(state.bytes_total);
        text += fmt::format(", {:.0f} %, {} left", 100 * part,
                            duration_text(seconds / part * (1 - part)));
    }
    if (style_ == ProgressStyle::Terminal) {
        out_ << '\r' << text << "\x1b[K" << std::flush;
        shown_ = true;
    } else {
        out_ << text << '\n' << std::flush;
    }
}

void Progress::clear()
{
    if (shown_) {
        out_ << "\r\x1b[K" << std::flush;
        shown_ = false;
    }
}

} // namespace tanggap::app::hunting
