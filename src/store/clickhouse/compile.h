// Query trees to SQL. Every value travels as a parameter; SQL text is made of our own words only.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "query/query.h"
#include "store/clickhouse/columns.h"

namespace tanggap::store::clickhouse {

/// A piece of SQL and its parameters, names and values ("p0", …). Values are as the HTTP interface
/// wants them: tab-separated escapes.
struct Sql {
    std::string text;
    std::vector<std::pair<std::string, std::string>> parameters;

    /// Adds a parameter and returns its placeholder "{p3:String}".
    std::string bind(std::string_view value, std::string_view type = "String");
};

struct CompileOptions {
    base::Time now;
    int zone_minutes = 0;
    bool others = false; ///< rows with values in `others` exist: they are asked too
};

/// No filter, or one without conditions.
bool matches_everything(const query::Node* filter);

/// Whether every condition of `filter` is over kCountedWith, so that the counts by day answer it.
bool asks_only_counts(const query::Node* filter, const CompileOptions& options);

/// Appends "ts in [from, to)".
void add_period(Sql& sql, base::Time from, base::Time to);

/// Appends a condition for `node` to `sql`. Errors: Invalid for a value no event can have (an
/// event.id that is no UUID) or a field without words under a pattern.
base::Status compile_filter(const query::Node& node, const CompileOptions& options, Sql& sql);

/// Where the values of a field lie, for counting the most frequent.
struct Countable {
    std::string expression; ///< may hold placeholders of `sql`
    std::string present;    ///< condition: the event has the field
    bool address = false;   ///< mapped IPv4 is shown as IPv4
    bool level = false;     ///< numbers are names of levels
    bool by_day = false;    ///< a projection of the table counts its values by day (kCountedWith)
};
base::Result<Countable> compile_countable(std::string_view field, Sql& sql);

} // namespace tanggap::store::clickhouse
