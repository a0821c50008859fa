// Events over time: round buckets and the statement that fills them.
#pragma once

#include <string>

#include "store/clickhouse/compile.h"
#include "store/event_store.h"

namespace tanggap::store::clickhouse {

/// What is counted.
struct HistogramScope {
    std::string table;
    const query::Node* filter = nullptr; ///< null: every event
    base::Time from;                     ///< inclusive
    base::Time to;                       ///< exclusive
};

/// Buckets of a round length that cover [from, to), all zero; at most `buckets`, or none at all for
/// an empty period.
Histogram empty_histogram(base::Time from, base::Time to, std::size_t buckets);

/// Appends a SELECT of bucket number (Int64), events and detected events (UInt64). A bucket may
/// come in several rows.
base::Status add_histogram(Sql& sql, const Histogram& histogram, const HistogramScope& scope,
                           const CompileOptions& options);

} // namespace tanggap::store::clickhouse
