// The engine's configuration files: small memory, own database, no way out (engine-child §4).
#pragma once

#include <string>

#include "base/error.h"

namespace tanggap::store::engine {

/// The only database its one user may touch.
inline constexpr const char* kDatabase = "tanggap";

/// Writes config.xml and users.xml below `data`/config and makes the folders they name.
/// Returns the path of config.xml. Paths are absolute.
base::Result<std::string> write_config(const std::string& data);

} // namespace tanggap::store::engine
