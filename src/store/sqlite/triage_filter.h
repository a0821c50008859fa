// The query of the queue as SQL: a filter for each kind of its rows.
#pragma once

#include "store/sqlite/alert_sql.h"
#include "store/triage_list.h"

namespace tanggap::store::sqlite {

/// A condition on `a.…` of alerts or `r.…` of reports, with what the asker does not see left out.
base::Result<AlertFilter> queue_filter(Database& database, TriageKind kind,
                                       const TriageQuestion& question);

} // namespace tanggap::store::sqlite
