// An activity record as the canonical text that is hashed, and back.
#pragma once

#include <string>
#include <string_view>

#include "store/activity.h"

namespace tanggap::store::sqlite {

/// What comes before the first record.
inline constexpr std::string_view kNoHead =
    "0000000000000000000000000000000000000000000000000000000000000000";

/// Canonical JSON (RFC 8785); `previous` is the leaf of the record before.
/// Errors: Invalid where before or after is no JSON, or the text is no UTF-8.
base::Result<std::string> write_activity(const Activity& activity, std::string_view previous);

struct ReadActivity {
    Activity activity; ///< without undone_by
    std::string previous;
};
/// Errors: Corrupt.
base::Result<ReadActivity> read_activity(std::string_view document);

/// SHA-256(0x00 ‖ document) in hex: a leaf of RFC 9162's tree.
std::string leaf_of(std::string_view document);

/// "alert" of "alert.close".
std::string_view kind_of_action(std::string_view action);

} // namespace tanggap::store::sqlite
