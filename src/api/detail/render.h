// Nouns as the API's JSON, used by several route files.
#pragma once

#include <functional>
#include <span>

#include "api/detail/route.h"
#include "model/alert.h"
#include "store/triage_list.h"

namespace tanggap::api {

Json alert_row(const model::Alert& alert, const store::AlertStanding& standing);
Json ledger_json(const model::Ledger& ledger);
/// What alerts the asker sees.
policy::Filter visible_alerts(const Call& call);
/// Value → count of the fields that the request names, with the titles of rules.
using FacetsOf = std::function<base::Result<std::vector<store::FacetValues>>(
    std::span<const std::string> fields, std::size_t top)>;
Answer facets_of(const Call& call, const FacetsOf& facets_of_fields);
/// A row of an object's history, for the one who asks.
Json history_row(const Call& call, const store::Activity& activity);
/// A page of what was done to one object, newest first.
Answer history_of(const Call& call, const store::ObjectRef& object);
/// Rulings 9: without the engine the answer names what is missing.
Answer engine_answer(const Call& call, base::Error error);
/// RFC 3339, or null for a time that was never set.
Json time_or_null(base::Time time);

/// The members that `fields` asks for; none: all. A path below objects is dotted.
using FieldNames = std::vector<std::string>;
/// Errors: Invalid for a name that rows of this schema do not have.
base::Result<FieldNames> row_fields(const Call& call, std::string_view schema);
/// Fields of events are free: any name is one. The aliases of the query language are taken.
base::Result<FieldNames> event_fields(const Call& call);
Json only_fields(const FieldNames& names, Json item);

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
