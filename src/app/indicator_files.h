// Indicators of a server: every file of DATA/indicators, in any format that is read.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "detect/indicators.h"

namespace tanggap::app {

/// Null where the folder is not there or holds nothing. A file that cannot be read is logged with
/// the reason, and the others load.
base::Result<std::shared_ptr<const detect::IndicatorSet>>
load_indicators(const std::string& folder);

/// One list of the folder alone. Errors: NotFound, Invalid (it holds no indicator).
base::Result<std::shared_ptr<const detect::IndicatorSet>>
load_indicator_list(const std::string& folder, const std::string& name);

} // namespace tanggap::app
