// How every use case changes the head of a report. Closed to other rooms.
#pragma once

#include <string>
#include <string_view>

#include "casework/case.h"
#include "store/reports.h"

namespace tanggap::service {

/// What a reporter wrote, of the questions whose answers can name a link, host or number.
std::string said_in(const store::Report& report);

/// Writes it and records what differs; nothing where nothing does. It can be taken back.
base::Status save_report(store::Change& change, const store::ReportHead& before,
                         const store::ReportHead& after, std::string_view action);
/// The report in the case, or in none (empty): who puts it there goes on with it.
store::ReportHead moved_report(store::ReportHead head, std::string_view case_id);
/// The reporter's word dates the case as an alert does, and what it names is seen in the case; of a
/// restricted report nothing is, since who sees the case may not see the report.
base::Status learn_from_report(store::Change& change, casework::Case& subject,
                               const store::ReportHead& head);

} // namespace tanggap::service
