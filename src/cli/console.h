// Where verbs write: stdout is data, stderr is messages and progress (ui.md §7.1).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace tanggap::cli {

struct Console {
    std::function<void(std::string_view)> out;
    std::function<void(std::string_view)> err;
    bool out_is_terminal = false;
    bool err_is_terminal = false;
};

/// stdout and stderr of this process.
const Console& process_console();

/// Writes `tanggap: <message>` to stderr and gives the exit code of docs/reference/exit-codes.md.
int report(const Console& console, const base::Error& error);

/// Names from outside, safe for a terminal: control bytes become \xNN, the rest stays readable.
std::string printable(std::string_view text);

} // namespace tanggap::cli
