// The table's columns: which ECS field lies where. One row here per hot field.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tanggap::store::clickhouse {

enum class ColumnKind : std::uint8_t {
    Word,    ///< LowCardinality(String), '' when absent
    Text,    ///< String, '' when absent
    Integer, ///< Int64, -1 when absent
    Address, ///< IPv6 with IPv4 mapped, '::' when absent
};

/// A hot field: a column of its own. Everything else an event carries is in the map `extra`.
struct Column {
    std::string_view field;  ///< ECS name
    std::string_view column; ///< name in the table
    ColumnKind kind;
};

inline constexpr std::array<Column, 27> kHotColumns{{
    {"source.ip", "source_ip", ColumnKind::Address},
    {"source.port", "source_port", ColumnKind::Integer},
    {"source.geo.country_iso_code", "source_country", ColumnKind::Word},
    {"destination.ip", "destination_ip", ColumnKind::Address},
    {"destination.port", "destination_port", ColumnKind::Integer},
    {"network.transport", "network_transport", ColumnKind::Word},
    {"user.name", "user_name", ColumnKind::Word},
    {"host.name", "host_name", ColumnKind::Word},
    {"process.name", "process_name", ColumnKind::Word},
    {"event.action", "event_action", ColumnKind::Word},
    {"event.outcome", "event_outcome", ColumnKind::Word},
    {"event.code", "event_code", ColumnKind::Word},
    {"http.request.method", "http_method", ColumnKind::Word},
    {"http.response.status_code", "http_status", ColumnKind::Integer},
    {"http.response.body.bytes", "http_bytes", ColumnKind::Integer},
    {"http.request.referrer", "http_referrer", ColumnKind::Text},
    {"url.original", "url_original", ColumnKind::Text},
    {"url.path", "url_path", ColumnKind::Text},
    {"url.query", "url_query", ColumnKind::Text},
    {"url.domain", "url_domain", ColumnKind::Word},
    {"user_agent.original", "user_agent", ColumnKind::Word},
    {"message", "message", ColumnKind::Text},
    {"tanggap.asset.id", "asset_id", ColumnKind::Word},
    {"tanggap.asset.name", "asset_name", ColumnKind::Word},
    {"organization.name", "organisation", ColumnKind::Word},
    {"winlog.channel", "winlog_channel", ColumnKind::Word},
    {"winlog.provider_name", "winlog_provider", ColumnKind::Word},
}};

/// Columns with so many different values that counting them over everything is slow: a projection
/// for each counts them by day and by the column kCountedWith, which is what they are narrowed by
/// most.
inline constexpr std::array<std::string_view, 2> kCountedByDay{"source_ip", "url_path"};
inline constexpr std::string_view kCountedWith = "http_status";
bool counted_by_day(const Column& column);

/// The column with a hash beside it: a comparison with one value reads four bytes of each row, and
/// the long texts only where those agree.
inline constexpr std::string_view kHashed = "url_path";
inline constexpr std::string_view kHashColumn = "url_path_hash";
/// What stands in kHashColumn for a lower-case text; `text` is an expression.
std::string hash_of(std::string_view text);

/// Index into kHotColumns. Cost: one hash look-up.
std::optional<std::size_t> find_hot(std::string_view field);

/// CREATE DATABASE and CREATE TABLE for `database`.
std::string create_database_sql(std::string_view database);
std::string create_table_sql(std::string_view database);
/// What a table that was made earlier lacks; on a new one they change nothing. What lies there
/// already of a younger column is computed when read, and written by the next merge.
std::vector<std::string> upgrade_sql(std::string_view database);

} // namespace tanggap::store::clickhouse
