// The query language as SQL over the table `cases`, every value a bound parameter.
#pragma once

#include "store/cases.h"
#include "store/sqlite/database.h"

namespace tanggap::store::sqlite {

struct CaseFilter {
    std::string sql; ///< a condition on `c.…`, what the viewer may see included
    std::vector<SqlValue> values;
    bool open_only = false; ///< a top-level is:open: its index may lead

    std::string types() const;
    void bind_to(Statement& statement) const;
};

base::Result<CaseFilter> compile_case_filter(const query::Node* node, base::Time now,
                                             const CaseViewer& viewer);

/// policy::decide of a case in SQL: its label is below red, or the viewer is named. Two values.
inline constexpr std::string_view kCaseVisible =
    "(c.tlp < 4 OR (c.owner = ? AND c.owner <> '') OR EXISTS (SELECT 1 FROM case_members m"
    " WHERE m.case_id = c.id AND m.account = ?))";

/// P1 = 0 … P4 = 3; not decided sorts last.
inline constexpr std::int64_t kNoPriority = 9;
/// A case without a clock sorts last by due.
inline constexpr std::int64_t kNoDue = INT64_MAX;

} // namespace tanggap::store::sqlite
