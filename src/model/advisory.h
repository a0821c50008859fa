// A warning with steps, published for everybody (TLP:CLEAR).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/words.h"

namespace tanggap::model {

inline constexpr std::array<std::string_view, 5> kAdvisoryLevels{"info", "low", "medium", "high",
                                                                 "critical"};

struct Advisory {
    std::string id = {};    ///< "IMB-2026-001"
    base::Time date = {};   ///< midnight UTC of the day
    std::string level = {}; ///< one of kAdvisoryLevels
    Words title = {};
    Words summary = {};
    std::vector<Words> affected = {};
    std::vector<Words> actions = {};
    std::vector<std::string> sources = {}; ///< http(s) addresses
};

} // namespace tanggap::model
