// What a child process may still do once it has all it needs. Cannot be undone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace tanggap::base {

enum class Programs : std::uint8_t { None, BelowExecute }; ///< what may still be started
enum class Sockets : std::uint8_t { None, Unix };

/// Paths that are not there need no right. /dev/null and /dev/urandom are always there.
struct SandboxRules {
    std::vector<std::string> write{};   ///< files and folders: read and write below them
    std::vector<std::string> read{};    ///< read below them
    std::vector<std::string> execute{}; ///< read below them, and start what lies there
    Programs programs = Programs::None;
    Sockets sockets = Sockets::None;
};

/// Landlock as the kernel has it, and seccomp: no tracing, mounting, kernel modules, rings; no
/// socket but what the rules say. Called while the process has one thread.
/// Returns what the kernel gave, for the log: "landlock abi 3, seccomp".
/// Errors: Internal where the kernel has a part and refuses it.
Result<std::string> enter_sandbox(const SandboxRules& rules);

/// The kernel's version of Landlock; 0 or less: it has none.
long landlock_version();

} // namespace tanggap::base
