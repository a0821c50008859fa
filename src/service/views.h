// Views of the queue that people keep, and how pages look to them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "service/principal.h"
#include "service/world.h"
#include "store/views.h"

namespace tanggap::service {

struct ViewWish {
    std::string name;
    std::string query; ///< of query::triage_scope()
    std::string sort;
    bool shared = false;
};

/// Errors: Invalid (name, query, sort), Exhausted at limits::kViewsMax, Conflict (the name).
base::Result<store::View> add_view(const World& world, const store::Command& command,
                                   const ViewWish& wish);
/// Their own, or a shared one by a lead. Errors: NotFound.
base::Status remove_view(const World& world, const Principal& principal,
                         const store::Command& command, std::string_view id);

/// `document` is a JSON object. Errors: Invalid (page, size).
base::Status keep_preferences(const World& world, const store::Command& command,
                              std::string_view page, std::string_view document);

} // namespace tanggap::service
