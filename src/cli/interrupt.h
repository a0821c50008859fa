// Ctrl-C: once stops cleanly, twice stops now (ui.md §7.1).
#pragma once

#include <atomic>

namespace tanggap::cli {

/// Catches SIGINT and SIGTERM from now on; true after the first. The second ends the process with
/// exit code 130. Thread: call once, from the main thread; read from any.
const std::atomic<bool>& catch_interrupts();

} // namespace tanggap::cli
