// The ledger (rulings 19): received = stored + duplicate + rejected(reason) + quarantined + in
// flight, and after damage + lost(reason).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace tanggap::model {

/// Why a record is lost. Names are stable: metrics, API and the ledger use them.
inline constexpr std::string_view kLostFromJournal = "journal_damaged";
/// Counted as an event, then gone from the journal before the archive had it.
inline constexpr std::string_view kLostBeforeArchive = "damaged_before_archive";

/// Units: records, since the data folder was made.
struct Ledger {
    std::uint64_t received = 0;
    std::uint64_t stored = 0;
    std::uint64_t duplicate = 0;
    std::map<std::string, std::uint64_t> rejected; ///< by RejectReason name
    std::uint64_t quarantined = 0;
    std::uint64_t in_flight = 0; ///< journalled, not yet archived
    /// Received, and taken by damage to the disk, by reason. Empty on a sound one.
    std::map<std::string, std::uint64_t> lost;
    std::uint64_t lost_before_receipt = 0; ///< kernel UDP drops; outside the equation
    std::uint64_t detections = 0;          ///< L2
    std::uint64_t detected_events = 0;     ///< distinct events with a detection
    std::uint64_t alerts = 0;              ///< L3

    bool balances() const;
};

} // namespace tanggap::model
