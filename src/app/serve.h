// `tanggap serve`: the product, wired from its parts.
#pragma once

#include "app/settings.h"

namespace tanggap::app {

/// Runs until SIGTERM or SIGINT, then drains: inputs first, the journal last.
/// Exit codes: 0 after a clean stop, 2 for settings that do not fit, else of base::Code.
int run_serve(const Settings& settings);

} // namespace tanggap::app
