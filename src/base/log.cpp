#include "base/log.h"

#include <atomic>
#include <string>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"

namespace tanggap::base {
namespace {

std::atomic<LogLevel> lowest_level{LogLevel::Info};

void append_json_string(std::string& out, std::string_view text)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string clean;
    make_utf8(text, clean);
    out += '"';
    for (const char c : clean) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += "\\u00";
            out += kHex[static_cast<unsigned char>(c) >> 4];
            out += kHex[static_cast<unsigned char>(c) & 15];
        } else {
            out += c;
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
