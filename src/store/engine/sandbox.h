// What the engine child may still do once its library is loaded.
#pragma once

#include <string>

#include "base/error.h"

namespace tanggap::store::engine {

/// Landlock: read and write below `data` only, read a few system folders. seccomp: no exec, no
/// socket but AF_UNIX, no tracing, mounting or kernel modules. Called while the process has one
/// thread, after the library is loaded and the socket bound. Cannot be undone.
/// Returns what the kernel gave, for the log: "landlock abi 3, seccomp".
/// Errors: Internal where the kernel has a part and refuses it.
base::Result<std::string> enter_sandbox(const std::string& data);

} // namespace tanggap::store::engine
