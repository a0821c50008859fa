// Exceptions of rules: what is known and permitted passes, until a day, answered for by somebody.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "service/administration.h"
#include "service/principal.h"
#include "service/rule_desk.h"
#include "service/world.h"
#include "store/rule_exceptions.h"

namespace tanggap::service {

struct ExceptionWish {
    std::vector<detect::ExceptionCondition> conditions; ///< fields also by their aliases
    std::string owner;
    base::Time expires;
};

/// What an exception would have hidden of stored detections.
struct ExceptionPreview {
    base::Time from;
    base::Time to;
    std::uint64_t detections = 0; ///< of the rule, looked at, the newest first
    std::uint64_t hidden = 0;     ///< of those
    bool complete = true;         ///< false: there are older ones that were not looked at
    struct Day {
        std::string day; ///< "2026-10-01", UTC
        std::uint64_t detections = 0;
        std::uint64_t hidden = 0;
    };
    std::vector<Day> days; ///< oldest first; days without detections are left out
    struct Group {
        std::string source; ///< as alerts are grouped
        std::string target;
        std::uint64_t hidden = 0;
    };
    std::vector<Group> groups; ///< most hidden first
    std::uint64_t alerts = 0;  ///< that hidden detections belong to, as far as the asker sees them
    /// Of the newest limits::kExceptionPreviewAlertsMax of those: what people found to be real, or
    /// work on in a case. What stands in the way of the exception.
    std::vector<std::string> real_alerts;
    std::vector<std::string> samples; ///< hidden events, model::render_json, newest day first
};

/// Expired ones too. Errors: NotFound (the rule).
base::Result<std::vector<store::KeptException>> list_exceptions(const World& world,
                                                                std::string_view rule_id);

/// Looks at stored detections of the last `days` days with the very test that new ones meet.
/// Errors: NotFound, Invalid, Unavailable (the archive).
base::Result<ExceptionPreview> preview_exception(const World& world, const RuleDesk& desk,
                                                 const Principal& principal,
                                                 std::string_view rule_id,
                                                 const ExceptionWish& wish, int days,
                                                 const store::Abandoned& abandoned);

/// Holds from the next batch on. `command.reason` says why. Gives its id.
/// Errors: NotFound (the rule), Invalid, Exhausted (too many of the rule).
base::Result<std::string> add_exception(const World& world, const Administration& administration,
                                        const store::Command& command, std::string_view rule_id,
                                        const ExceptionWish& wish);

/// Errors: NotFound.
base::Status end_exception(const World& world, const Administration& administration,
                           const store::Command& command, std::string_view rule_id,
                           std::string_view id);

} // namespace tanggap::service
