// The list of reports in the query language.
#pragma once

#include "query/query.h"

namespace tanggap::query {

const Scope& report_scope();

} // namespace tanggap::query
