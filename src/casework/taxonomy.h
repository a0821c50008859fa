// What a case is called: the classes of the incident taxonomy. Source: content/taxonomies (RSIT).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "casework/content.h"

namespace tanggap::casework {

/// "fraud/phishing".
struct IncidentClass {
    std::string id{};
    std::string group{}; ///< "fraud"
    Text group_title{};
    Text title{};
};

std::vector<IncidentClass> load_taxonomy(std::span<const ContentFile> files,
                                         std::vector<Diagnostic>& diagnostics);

} // namespace tanggap::casework
