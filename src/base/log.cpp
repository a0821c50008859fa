#include "base/log.h"

#include <atomic>
#include <optional>
#include <string>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"

namespace tanggap::base {
namespace {

std::atomic<LogLevel> lowest_level{LogLevel::Info};

/// The control character (C0, DEL, C1) or mark of writing direction that begins at `i`: a log is
/// read in terminals, which obey them.
std::optional<unsigned> hidden_character_at(std::string_view utf8, std::size_t i)
{
    const auto byte = [&](std::size_t at) -> unsigned {
        return at < utf8.size() ? static_cast<unsigned char>(utf8[at]) : 0U;
    };
    if (byte(i) < 0x20 || byte(i) == 0x7F) {
        return byte(i);
    }
    if (byte(i) == 0xC2 && byte(i + 1) < 0xA0) {
        return byte(i + 1);
    }
    const unsigned three =
        (byte(i) & 0x0FU) << 12U | (byte(i + 1) & 0x3FU) << 6U | (byte(i + 2) & 0x3FU);
    const bool direction = (three >= 0x200E && three <= 0x200F) ||
                           (three >= 0x2028 && three <= 0x202E) ||
                           (three >= 0x2066 && three <= 0x2069);
    return byte(i) == 0xE2 && direction ? std::optional(three) : std::nullopt;
}

void append_json_string(std::string& out, std::string_view text)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string clean;
    make_utf8(text, clean);
    out += '"';
    for (std::size_t i = 0; i < clean.size(); ++i) {
        const auto byte = static_cast<unsigned char>(clean[i]);
        if (const auto hidden = hidden_character_at(clean, i)) {
            out += "\\u";
            for (const unsigned shift : {12U, 8U, 4U, 0U}) {
                out += kHex[*hidden >> shift & 15U];
            }
            i += byte < 0x80 ? 0U : byte < 0xE0 ? 1U : 2U;
        } else {
            out += byte == '"' || byte == '\\' ? "\\" : "";
            out += clean[i];
        }
    }
    out += '"';
}

std::string_view name_of(LogLevel level)
{
    switch (level) {
    case LogLevel::Debug:
        return "debug";
    case LogLevel::Info:
        return "info";
    case LogLevel::Warning:
        return "warning";
    case LogLevel::Error:
        return "error";
    }
    return "error";
}

} // namespace

void set_log_level(LogLevel lowest)
{
    lowest_level = lowest;
}

void log(LogLevel level, std::string_view event, std::string_view detail)
{
    if (level < lowest_level.load(std::memory_order_relaxed)) {
        return;
    }
    std::string line = "{\"ts\":\"";
    append_rfc3339(line, system_clock().now());
    line += "\",\"level\":\"";
    line += name_of(level);
    line += "\",\"event\":";
    append_json_string(line, event);
    if (!detail.empty()) {
        line += ",\"detail\":";
        append_json_string(line, detail);
    }
    line += "}\n";
    // One write: lines of several threads do not mix. A closed stderr is nobody's problem here.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

} // namespace tanggap::base
