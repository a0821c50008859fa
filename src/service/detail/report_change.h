// How every use case changes the head of a report. Closed to other rooms.
#pragma once

#include <string_view>
#include <vector>

#include "store/reports.h"

namespace tanggap::service {

/// Writes it and records what differs; nothing where nothing does. It can be taken back.
base::Status save_report(store::Change& change, const store::ReportHead& before,
                         const store::ReportHead& after, std::string_view action);
/// The report in the case, or in none (empty): who puts it there goes on with it.
store::ReportHead moved_report(store::ReportHead head, std::string_view case_id);

} // namespace tanggap::service
