// Facets over the rows of the queue.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "store/facets.h"
#include "store/sqlite/alert_sql.h"

namespace tanggap::store::sqlite {

/// Of each of `fields`, in their order, the `top` values among the rows that the filters let
/// through; `reports` null: of alerts alone. A field that reports do not have counts alerts.
/// Errors: Invalid for a field without facet.
base::Result<std::vector<FacetValues>> count_facets(Database& database,
                                                    std::span<const std::string> fields,
                                                    const AlertFilter& alerts,
                                                    const AlertFilter* reports, std::size_t top);

} // namespace tanggap::store::sqlite
