// The event engine as a process of its own: the part of the ClickHouse HTTP interface that we use,
// on a unix socket, over libchdb. `tanggap engine-child …` (a hidden verb) runs this.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/error.h"

namespace tanggap::store {

/// Paths are absolute: with a relative one the engine fails every insert (it joins it twice).
struct EngineChildOptions {
    std::string socket;      ///< made with mode 0600; a stale one is replaced
    std::string data;        ///< folder of the store, made when missing
    std::string library;     ///< libchdb.so
    std::size_t readers = 4; ///< queries at once; more wait (limits::kEngineAdmissionWait)
    bool sandbox = true;     ///< Landlock and seccomp, as far as the kernel has them
};

/// Command line of the child: --socket S --data D --library L [--readers N] [--no-sandbox].
base::Result<EngineChildOptions>
parse_engine_child_arguments(std::span<const char* const> arguments);

/// Serves until killed or until its parent is gone. Returns an exit code; the reason is on stderr.
/// Environment: JE_MALLOC_CONF is set and the program started again where it is missing.
int run_engine_child(const EngineChildOptions& options);

} // namespace tanggap::store
