// The program's own log: JSON lines on stderr. Who handles an error logs it, once.
#pragma once

#include <string_view>

namespace tanggap::base {

enum class LogLevel { Debug, Info, Warning, Error };

/// Writes one line {"ts","level","event","detail"}. `event` is a stable snake_case word.
/// Never pass secrets or whole log records. Thread: any.
void log(LogLevel level, std::string_view event, std::string_view detail = {});
void set_log_level(LogLevel lowest);

} // namespace tanggap::base
