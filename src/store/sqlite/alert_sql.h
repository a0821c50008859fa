// The query language as SQL over the table `alerts`, every value a bound parameter.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "query/query.h"
#include "store/sqlite/database.h"

namespace tanggap::store::sqlite {

struct AlertFilter {
    std::string sql; ///< a condition on `a.…`; "1" for everything
    std::vector<SqlValue> values;
    /// Fields that a top-level exact term fixes: an index of theirs may lead.
    bool fixes_technique = false;
    bool fixes_organisation = false;
    bool everything = false;

    std::string types() const;
    void bind_to(Statement& statement, std::size_t first = 0) const;
};

/// Errors: Invalid, naming the field, where a value does not fit it (times, addresses).
base::Result<AlertFilter> compile_filter(Database& database, const query::Node* node,
                                         base::Time now);

} // namespace tanggap::store::sqlite
