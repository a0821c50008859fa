#include "store/clickhouse/columns.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

namespace tanggap::store::clickhouse {
namespace {

std::string_view type_of(const Column& column)
{
    if (column.column == "url_path") {
        return "String CODEC(LZ4)"; // searched and counted most; unpacks three times faster
    }
    switch (column.kind) {
    case ColumnKind::Word:
        return "LowCardinality(String)";
    case ColumnKind::Text:
        return "String CODEC(ZSTD(1))";
    case ColumnKind::Integer:
        return "Int64 DEFAULT -1 CODEC(T64, LZ4)";
    case ColumnKind::Address:
        return "IPv6";
    }
    return "String";
}

constexpr std::string_view kMergeSetting = "min_parts_to_merge_at_once = 24";

/// Indexes: ids and addresses by bloom filter (rare values skip almost every granule), statuses by
/// the few there are, paths and
/// extra values in lower case because searches ignore case, words of the record by token filter.
/// The projections hold counts inside each part: per minute, so that the histogram over everything
/// reads minutes instead of events, and per day and kCountedWith for kCountedByDay. They are exact
/// by construction:
/// they live and die with their rows.
///
/// Inserts make compact parts, merges of 200,000 rows and more wide ones: a compact part is written
/// with little memory and two files, a wide one is read a third to a half cheaper by column. A day
/// that rests for ten minutes becomes one part, as large as a merge may be. The usual merges wait
/// for kMergeSetting's number of parts: each makes all skip indexes of its rows anew, so few large
/// ones halve what the engine does for an event (docs/decisions/0005).
constexpr std::string_view kTable = R"(CREATE TABLE IF NOT EXISTS {0}.events (
 ts DateTime64(6, 'UTC') CODEC(Delta(8), LZ4),
 ingested DateTime64(6, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
 event_id UUID,
 sensor LowCardinality(String),
 dataset LowCardinality(String),
 level Int8,
 rule_ids Array(LowCardinality(String)),
 alerts Array(UInt64),
{1} extra Map(LowCardinality(String), String) CODEC(ZSTD(1)),
 others String CODEC(ZSTD(1)),
 shape LowCardinality(String),
 field_values String CODEC(ZSTD(1)),
 original String CODEC(ZSTD(3)),
 INDEX ix_event_id event_id TYPE bloom_filter(0.01) GRANULARITY 2,
 INDEX ix_source_ip source_ip TYPE bloom_filter(0.01) GRANULARITY 2,
 INDEX ix_destination_ip destination_ip TYPE bloom_filter(0.01) GRANULARITY 2,
 INDEX ix_url_path lower(url_path) TYPE bloom_filter(0.01) GRANULARITY 2,
 INDEX ix_alerts alerts TYPE bloom_filter(0.01) GRANULARITY 2,
 INDEX ix_rules rule_ids TYPE bloom_filter(0.01) GRANULARITY 2,
 INDEX ix_level level TYPE minmax GRANULARITY 1,
 INDEX ix_status http_status TYPE set(32) GRANULARITY 1,
 INDEX ix_keys mapKeys(extra) TYPE bloom_filter(0.01) GRANULARITY 1,
 INDEX ix_values arrayMap(x -> lower(x), mapValues(extra)) TYPE bloom_filter(0.01) GRANULARITY 1,
 INDEX ix_words lower(original) TYPE tokenbf_v1(32768, 3, 0) GRANULARITY 1,
 PROJECTION by_minute (SELECT toStartOfMinute(ts) AS minute, level, count() GROUP BY minute, level){2}
) ENGINE = MergeTree PARTITION BY toYYYYMMDD(ts) ORDER BY (ts, event_id)
SETTINGS index_granularity = 8192, non_replicated_deduplication_window = 10000,
 fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
 min_bytes_for_wide_part = 0, min_rows_for_wide_part = 200000,
 min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1,
 enable_max_bytes_limit_for_min_age_to_force_merge = 1,
 max_compress_block_size = 262144, {3})";

std::string hash_column()
{
    return fmt::format("{} UInt32 MATERIALIZED {} CODEC(LZ4)", kHashColumn,
                       hash_of(fmt::format("lower({})", kHashed)));
}

} // namespace

std::optional<std::size_t> find_hot(std::string_view field)
{
    static const auto* const kByName = [] {
        auto* const map = new std::unordered_map<std::string_view, std::size_t>;
        for (std::size_t i = 0; i < kHotColumns.size(); ++i) {
            map->emplace(kHotColumns[i].field, i);
        }
        return map; // never destroyed: threads may still encode while the process ends
    }();
    const auto found = kByName->find(field);
    return found != kByName->end() ? std::optional(found->second) : std::nullopt;
}

bool counted_by_day(const Column& column)
{
    return std::ranges::find(kCountedByDay, column.column) != kCountedByDay.end();
}

std::string hash_of(std::string_view text)
{
    return fmt::format("xxHash32({})", text);
}

std::string create_database_sql(std::string_view database)
{
    return fmt::format("CREATE DATABASE IF NOT EXISTS {}", database);
}

std::string create_table_sql(std::string_view database)
{
    std::string hot;
    for (const Column& column : kHotColumns) {
        hot += fmt::format(" {} {},\n", column.column, type_of(column));
    }
    hot += fmt::format(" {},\n", hash_column());
    std::string days;
    for (const std::string_view column : kCountedByDay) {
        days += fmt::format(
            ",\n PROJECTION by_day_{0} (SELECT toStartOfDay(ts) AS day, {1}, {0}, count() "
            "GROUP BY day, {1}, {0})",
            column, kCountedWith);
    }
    return fmt::format(kTable, database, hot, days, kMergeSetting);
}

std::vector<std::string> upgrade_sql(std::string_view database)
{
    return {fmt::format("ALTER TABLE {}.events ADD COLUMN IF NOT EXISTS {} AFTER {}", database,
                        hash_column(), kHashed),
            fmt::format("ALTER TABLE {}.events MODIFY SETTING {}", database, kMergeSetting)};
}

} // namespace tanggap::store::clickhouse
