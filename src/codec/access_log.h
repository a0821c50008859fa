// The access log line of Apache, nginx and those who imitate them, cut into its parts.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace tanggap::codec {

/// Shape: `[vhost[:port]] client identity user [time] "request" status bytes ["referrer" "agent"
/// extra…]`. Parts that are absent or "-" are empty. Quoted parts are as written, escapes included.
/// Lifetime: views into the line.
struct AccessLine {
    static constexpr std::size_t kExtrasMax = 16;

    std::string_view vhost;
    std::string_view client;
    std::string_view identity;
    std::string_view user; ///< may hold spaces
    std::string_view time; ///< between the brackets
    std::string_view request;
    std::string_view status; ///< digits
    std::string_view bytes;  ///< digits
    std::string_view referrer;
    std::string_view agent;
    /// What stands behind, unquoted; beyond kExtrasMax it stays in one piece in the last.
    std::array<std::string_view, kExtrasMax> extras;
    std::size_t extras_count = 0;
};

/// Cuts `line`. Gives what is wrong and what was expected, or nothing when the line is good.
/// Source: Apache mod_log_config "common", "combined", "vhost_combined"; nginx log_format
/// "combined" and "main".
std::string_view cut_access_line(std::string_view line, AccessLine& out);

/// The request line's parts. `target` may hold spaces; `version` is "1.1".
struct RequestLine {
    std::string_view method;
    std::string_view target;
    std::string_view version;
};

/// False where `request` is no HTTP request line (a TLS hello, an empty line).
bool cut_request_line(std::string_view request, RequestLine& out);

/// Undoes `\"`, `\\` and `\xHH` where that gives well-formed text without control bytes; other
/// escapes stay as they are written. False, and `out` untouched, when nothing changes.
bool undo_log_escapes(std::string_view text, std::string& out);

} // namespace tanggap::codec
