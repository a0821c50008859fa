// The query language as SQL over the table `reports`, every value a bound parameter.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "policy/policy.h"
#include "query/query.h"
#include "store/sqlite/database.h"

namespace tanggap::store::sqlite {

struct ReportFilter {
    std::string sql = "1"; ///< a condition on `r.…`
    std::vector<SqlValue> values;

    std::string types() const;
    void bind_to(Statement& statement) const;
};

/// Errors: Invalid, naming the field, where a value does not fit it.
base::Result<ReportFilter> compile_report_filter(const query::Node* node, base::Time now);

/// Leaves out what the asker does not see.
void hide(ReportFilter& filter, const policy::Filter& visible);

/// Words as a question to the full-text index: each begins like one of these. Empty: no words.
std::string words_question(std::string_view text, std::string_view glue, std::size_t words_max);

} // namespace tanggap::store::sqlite
