// The most frequent values of a field.
#pragma once

#include <cstddef>
#include <string>

#include "store/clickhouse/compile.h"
#include "store/clickhouse/tally.h"

namespace tanggap::store::clickhouse {

/// What is counted: values of `countable` in the events of `table` that the filter takes.
struct TopScope {
    std::string table;
    Countable countable;
    const query::Node* filter = nullptr; ///< null: every event
    base::Time from;                     ///< inclusive
    base::Time to;                       ///< exclusive
    std::size_t values = 5;
    /// Holds, and all its days lie in the period; null: none. `tally_table` holds its counts,
    /// `beside` are the period's other days with events.
    const Tally* tally = nullptr;
    std::string tally_table{};
    std::vector<Day> beside{};
};

/// Appends a SELECT of value (String) and count (UInt64), most frequent first, exact. Where the
/// filter asks only what is counted (asks_only_counts), the whole days of a field that has a
/// projection are read from there, and those of a tally from it.
base::Status add_top(Sql& sql, const TopScope& scope, const CompileOptions& options);

} // namespace tanggap::store::clickhouse
