// What people ask about alerts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/alert.h"
#include "service/principal.h"
#include "service/world.h"
#include "store/event_store.h"

namespace tanggap::service {

/// One sentence in both languages.
struct Sentence {
    std::string id; ///< Indonesian
    std::string en;
};

/// Everything behind "why this alert?" (product.md principle 3).
struct Why {
    model::Alert alert;
    Sentence sentence;
    /// The alert's rules as loaded now; a rule that is gone has only id, titles and level.
    std::vector<model::RuleInfo> rules;
};

/// The alert as the asker sees it. Errors: NotFound, also where it is hidden from them.
base::Result<model::Alert> see_alert(const World& world, const Principal& principal,
                                     std::string_view id);

base::Result<Why> why_alert(const World& world, const Principal& principal, std::string_view id);

/// Pure: from the first reasons, or the correlation's summary.
Sentence sentence_of(const model::Alert& alert);

/// The alert's events, newest first: those that the archive marked with its number.
base::Result<store::EventPage> list_alert_events(const World& world, const Principal& principal,
                                                 std::string_view id, std::size_t limit,
                                                 std::string after,
                                                 store::Abandoned abandoned = {});

} // namespace tanggap::service
