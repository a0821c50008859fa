// The figures of a period, as one who asks may see them.
#pragma once

#include <string>

#include "count/statistics.h"
#include "service/principal.h"
#include "service/world.h"
#include "store/cases.h"

namespace tanggap::service {

/// Whose eyes count. The lists of the same asker show the same.
struct Viewpoint {
    policy::Filter alerts{};
    policy::Filter reports{};
    store::CaseViewer cases{};
    bool sees_cases = false;
    bool sees_reports = false;
};
Viewpoint viewpoint_of(const Principal& principal);
/// For figures that belong to the team: nothing that only named persons see is counted, whoever
/// freezes them.
Viewpoint team_viewpoint();

struct FiguresWish {
    std::string period{};  ///< empty: the month that is now
    std::string alerts{};  ///< in the query language; narrows what is counted
    std::string cases{};   ///< the same of cases
    std::string reports{}; ///< the same of reports
};
/// Borders of the period are in the zone of the organisation's profile.
/// Errors: Invalid where the period or a query is none.
base::Result<count::Statistics> count_figures(const World& world, const Viewpoint& viewpoint,
                                              const FiguresWish& wish);

/// The period that a text means here. Errors: Invalid.
base::Result<count::Period> period_of(const World& world, std::string_view text);

} // namespace tanggap::service
