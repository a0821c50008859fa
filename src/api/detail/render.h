// Nouns as the API's JSON, used by several route files.
#pragma once

#include "api/detail/route.h"
#include "model/alert.h"

namespace tanggap::api {

Json alert_row(const model::Alert& alert);
Json ledger_json(const model::Ledger& ledger);
/// RFC 3339, or null for a time that was never set.
Json time_or_null(base::Time time);

/// Parses `text` for the scope. Where it has mistakes, the problem with all their places.
struct ParsedQuery {
    query::Node root;
    std::optional<Reply> problem;
};
ParsedQuery parse_query(const Call& call, std::string_view text, const query::Scope& scope);

/// A time parameter: RFC 3339 or now-24h; `otherwise` where it is not given.
base::Result<base::Time> time_parameter(const Call& call, std::string_view name,
                                        base::Time otherwise);

} // namespace tanggap::api
