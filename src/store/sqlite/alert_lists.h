// What the lists of alerts and of the queue share.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "store/sqlite/alert_sql.h"
#include "store/triage_list.h"

namespace tanggap::store::sqlite {

/// List rows of these alerts, in this order. One that is not there is left out.
base::Result<std::vector<model::Alert>> read_alerts(Database& database,
                                                    std::span<const std::int64_t> numbers);
base::Result<AlertStanding> read_standing(Database& database, std::uint64_t number,
                                          std::string_view uuid);
/// Takes out what the asker does not see. Where nothing is hidden the filter stays as quick as it
/// is.
base::Status hide(Database& database, const policy::Filter& visible, AlertFilter& filter);
/// A query as a condition on `a.…`, with what the asker does not see left out.
base::Result<AlertFilter> visible_alerts(Database& database, const query::Node* node,
                                         base::Time now, const policy::Filter& visible);

} // namespace tanggap::store::sqlite
