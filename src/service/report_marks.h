// What two reports can share: links, hosts, addresses, phone and account numbers in their texts.
#pragma once

#include <string_view>
#include <vector>

#include "store/reports.h"

namespace tanggap::service {

/// Each once, at most limits::kReportMarksMax.
///
/// A number of 9 to 18 digits is a phone number where it begins like one here (08…, 628…, +…), an
/// account number otherwise. Blanks, dots and hyphens between digits do not count: 0812-3456 789 is
/// 08123456789. 62812… and +62812… are 0812….
std::vector<store::ReportMark> marks_of(std::string_view text);

} // namespace tanggap::service
