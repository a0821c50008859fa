// The query language of the queue as SQL over the table `reports`: what a report has no field for
// matches none.
#pragma once

#include <string>

#include "base/time.h"
#include "query/query.h"
#include "store/sqlite/alert_sql.h"

namespace tanggap::store::sqlite {

/// A condition on `r.…`. Errors: Invalid, naming the field, where a value does not fit it.
base::Result<AlertFilter> compile_queued_reports(const query::Node* node, base::Time now);

/// UUIDs of reports made after this moment are greater: their first 48 bits are milliseconds.
std::string first_id_after(base::Time moment);

} // namespace tanggap::store::sqlite
