#include "cli/detail/progress.h"

#include <array>
#include <fmt/format.h>

namespace tanggap::cli::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kFirstOnTerminal{1};
constexpr milliseconds kEachOnTerminal{200};
constexpr seconds kEachElsewhere{10};

std::string format_span(double span_seconds)
{
    const auto whole = static_cast<long>(span_seconds + 0.5);
    if (whole < 60) {
        return fmt::format("{} s", whole);
    }
    return fmt::format("{}:{:02} min", whole / 60, whole % 60);
}

} // namespace

Progress::Progress(const Console& console, bool quiet, std::uint64_t bytes_total, SteadyTime start)
    : console_(console),
      quiet_(quiet),
      bytes_total_(bytes_total),
      start_(start),
      next_(start + (console.err_is_terminal ? kFirstOnTerminal : kEachElsewhere))
{
}

void Progress::update(std::uint64_t bytes, std::uint64_t records, const std::string& doing,
                      SteadyTime now)
{
    if (quiet_ || now < next_) {
        return;
    }
    next_ = now + (console_.err_is_terminal ? milliseconds(kEachOnTerminal)
                                            : milliseconds(kEachElsewhere));
    const double elapsed = std::chrono::duration<double>(now - start_).count();
    const auto rate = static_cast<std::uint64_t>(static_cast<double>(records) / elapsed);
    std::string line = fmt::format("{}  {} records  {}/s", format_bytes(bytes),
                                   format_count(records), format_count(rate));
    if (bytes_total_ > bytes && bytes > 0) {
        const double done = static_cast<double>(bytes) / static_cast<double>(bytes_total_);
        line += fmt::format("  {:.0f} %  {} left", done * 100,
                            format_span(elapsed * (1 - done) / done));
    }
    line += "  " + printable(doing);
    // "\r" and erase-to-end: the line changes in place.
    console_.err(console_.err_is_terminal ? "\r\x1b[K" + line : line + "\n");
    shown_ = true;
}

void Progress::finish()
{
    if (shown_ && console_.err_is_terminal) {
        console_.err("\r\x1b[K");
    }
    shown_ = false;
}

std::string format_bytes(std::uint64_t bytes)
{
    static constexpr std::array<const char*, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1000 && unit + 1 < kUnits.size()) {
        value /= 1000;
        ++unit;
    }
    return unit == 0 ? std::to_string(bytes) + " B"
                     : fmt::format("{:.1f} {}", value, kUnits.at(unit));
}

std::string format_count(std::uint64_t count)
{
    std::string digits = std::to_string(count);
    for (std::size_t at = digits.size(); at > 3; at -= 3) {
        digits.insert(at - 3, ",");
    }
    return digits;
}

} // namespace tanggap::cli::detail
