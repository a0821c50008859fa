// The built-in console as the API wants it.
#pragma once

#include <optional>
#include <string_view>

#include "api/api.h"

namespace tanggap::app {

/// Shape: "index.html" or "assets/index-3f2a.js". Empty: no such file.
std::optional<api::Asset> find_console_asset(std::string_view path);

} // namespace tanggap::app
