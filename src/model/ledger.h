// The ledger: received = stored + duplicate + rejected(reason) + quarantined + in flight (rulings
// 19).
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace tanggap::model {

/// Units: records, since the data folder was made.
struct Ledger {
    std::uint64_t received = 0;
    std::uint64_t stored = 0;
    std::uint64_t duplicate = 0;
    std::map<std::string, std::uint64_t> rejected; ///< by RejectReason name
    std::uint64_t quarantined = 0;
    std::uint64_t in_flight = 0;           ///< journalled, not yet archived
    std::uint64_t lost_before_receipt = 0; ///< kernel UDP drops; outside the equation
    std::uint64_t detections = 0;          ///< L2
    std::uint64_t detected_events = 0;     ///< distinct events with a detection
    std::uint64_t alerts = 0;              ///< L3

    bool balances() const;
};

} // namespace tanggap::model
