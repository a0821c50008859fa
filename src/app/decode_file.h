// One file to events, for the verbs that need no server: parse and hunt.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/event.h"
#include "model/record.h"
#include "normalize/normalizer.h"

namespace tanggap::app {

/// How files are read; empty texts mean the defaults of rulings 22 and 23.
struct DecodeOptions {
    std::string source;         ///< empty: chosen from the first records of each file
    std::string timezone;       ///< empty: UTC
    std::string reference_time; ///< RFC 3339; empty: when the file was last changed
};

/// Some records of a file. Valid during the call that gives them.
struct DecodedPiece {
    const std::string& file; ///< as given
    const std::string& source;
    model::EventBatch& batch;
    std::span<const model::Record> records;
    std::span<const normalize::Rejected> rejected;
    std::uint64_t first_record = 1; ///< ordinal of records[0] in the file, from 1

    /// Ordinals of `batch.events`, in their order.
    std::vector<std::uint64_t> event_ordinals() const;
};

struct DecodedTotals {
    std::uint64_t records = 0;
    std::uint64_t events = 0;
    std::uint64_t quarantined = 0;
};

/// The files that `path` names: itself, or all below a folder. A folder that cannot be listed is
/// one of them, so that who opens it meets the error.
std::vector<std::string> logs_below(const std::string& path);

/// Errors: Invalid where an option names nothing known.
base::Status check(const DecodeOptions& options, const normalize::Sources& sources);

/// Reads `file` ("-": standard input) and gives its events piece by piece. `totals` counts what was
/// given, also when an error ends the file early.
base::Status decode_file(const std::string& file, const DecodeOptions& options,
                         const normalize::Sources& sources, DecodedTotals& totals,
                         const std::function<void(DecodedPiece&)>& take);

} // namespace tanggap::app
