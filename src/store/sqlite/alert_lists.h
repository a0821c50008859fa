// What the lists of alerts and of the queue share.
#pragma once

#include <span>
#include <string>
#include <utility>
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
base::Result<std::vector<std::pair<std::string, std::uint64_t>>>
facet_of_alerts(Database& database, std::string_view field, const query::Node* filter,
                std::size_t top, base::Time now, const policy::Filter& visible);

} // namespace tanggap::store::sqlite
