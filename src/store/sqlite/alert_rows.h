// Alerts between memory and the tables alerts, alert_titles, alert_rules and alert_details.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "model/alert.h"
#include "model/alert_state.h"
#include "store/sqlite/database.h"

namespace tanggap::store::sqlite {

/// The columns that read_row() reads, for "SELECT <kAlertColumns> FROM alerts a JOIN alert_titles".
inline constexpr std::string_view kAlertColumns =
    "a.number, a.severity, a.priority, a.last_seen, a.first_seen, a.events, a.detections,"
    " a.recurs_of, a.asset_value, a.succeeded, a.unknown, a.failed, a.blocked, a.created_at,"
    " a.updated_at, a.status, a.technique, a.source_country, a.sensor, a.organisation,"
    " a.asset_name, a.source, a.target, a.asset_id, a.uuid, t.title, t.title_id";
inline constexpr std::string_view kAlertColumnTypes = "iiiiiiiiiiiiiiitttttttttttt";
inline constexpr std::string_view kAlertTables =
    " FROM alerts a JOIN alert_titles t ON t.ref = a.title_ref";
inline constexpr std::string_view kAlertTablesWhole =
    " FROM alerts a JOIN alert_titles t ON t.ref = a.title_ref"
    " JOIN alert_details d ON d.number = a.number";

/// A list row from the statement's current row.
base::Result<model::Alert> read_row(const Statement& statement);
/// As read_row, then the detail document in the column after kAlertColumns.
base::Result<model::Alert> read_whole(const Statement& statement);

/// What people decided about the alert. Errors: NotFound; Corrupt (a status nobody wrote).
base::Result<model::AlertState> read_state(Database& database, std::uint64_t number);

/// An IPv4 address as number, the upper half of an IPv6 address, or kNoSourceBits for a name.
inline constexpr std::int64_t kNoSourceBits = INT64_MIN;
std::int64_t source_bits(std::string_view source);
/// Whether an address is IPv4, which comes mapped (::ffff:0:0/96; RFC 4291, 2.5.5.2).
bool is_mapped(const std::array<std::uint8_t, 16>& address);
/// Of one address.
std::int64_t address_bits(const std::array<std::uint8_t, 16>& address);

/// Writes whole alerts. Owner: the writing connection; inside a transaction.
class AlertWriter {
public:
    explicit AlertWriter(Database& database) : database_(database) {}
    base::Status write(const model::Alert& alert);
    /// After a rollback: what was cached may not be in the file.
    void forget();

private:
    base::Result<std::int64_t> title_ref(const model::Alert& alert);
    base::Status write_row(const model::Alert& alert, std::int64_t title);
    base::Status write_rules(const model::Alert& alert);

    Database& database_;
    std::map<std::pair<std::string, std::string>, std::int64_t>
        titles_; // bounded: cleared when large
    std::map<std::string, std::string> rule_titles_;
};

} // namespace tanggap::store::sqlite
