// The most frequent values of a field.
#pragma once

#include <cstddef>
#include <string>

#include "store/clickhouse/compile.h"

namespace tanggap::store::clickhouse {

/// What is counted: values of `countable` in the events of `table` that the filter takes.
struct TopScope {
    std::string table;
    Countable countable;
    const query::Node* filter = nullptr; ///< null: every event
    base::Time from;                     ///< inclusive
    base::Time to;                       ///< exclusive
    std::size_t values = 5;
};

/// Appends a SELECT of value (String) and count (UInt64), most frequent first, exact. Without a
/// filter the whole days of a field that has a projection are read from there.
base::Status add_top(Sql& sql, const TopScope& scope, const CompileOptions& options);

} // namespace tanggap::store::clickhouse
