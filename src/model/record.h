// A record: one line, datagram, array element, CSV row or EVTX record as it was received.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/event.h"

namespace tanggap::model {

/// Why a record could not become an event. Names are stable: metrics, API and the ledger use them.
enum class QuarantineReason : std::uint8_t {
    Oversize,  ///< longer than limits::kLineBytesMax
    Binary,    ///< not text where text was expected
    BadFormat, ///< breaks the format chosen for its stream
    BadJson,
    TooManyFields, ///< above limits::kEventFieldsMax
    TooDeep,       ///< nesting above limits::kNestingMax
};
std::string_view name_of(QuarantineReason reason);

/// Why bytes were refused before they became a record. Nothing of them is kept.
enum class RejectReason : std::uint8_t { BadFrame, TooLarge, Empty, RateLimited, Unauthorised };
std::string_view name_of(RejectReason reason);

struct Record {
    EventId id;
    std::string bytes;
    /// Set where `bytes` is only the head of an oversize record.
    std::uint64_t full_length = 0;
    std::string full_sha256; ///< hex, with full_length
    bool oversize() const { return full_length != 0; }
};

/// How the records of a stream are to be read; travels with each journal entry.
struct StreamContext {
    std::string sensor;   ///< configured sender, e.g. "web-1"
    std::string source;   ///< content id ("apache_access"); empty: choose from the first records
    std::string timezone; ///< IANA name or "+07:00"; empty: UTC
    base::Time reference_time; ///< for the nearest-year rule; zero: the time of receipt
    std::string origin;        ///< file name, peer address or endpoint; shown, never matched
};

/// One journal entry: records of one stream acknowledged together.
struct Chunk {
    std::uint64_t sequence = 0; ///< given by the journal, ascending, never reused
    base::Time received;
    StreamContext stream;
    std::vector<Record> records;

    std::size_t bytes() const; ///< as held in memory
};

} // namespace tanggap::model
