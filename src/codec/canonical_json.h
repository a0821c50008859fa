// The one text of a JSON value (RFC 8785): what is hashed must be the same bytes everywhere.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace tanggap::codec {

/// Names sorted by UTF-16 code units, no spaces, numbers as ECMAScript writes them.
///
/// Errors: Invalid where `json` is no JSON, is not UTF-8, names a member twice, is nested deeper
/// than limits::kNestingMax, or has an integer that a double does not hold exactly.
/// Source: RFC 8785 §3.2.
base::Result<std::string> canonical_json(std::string_view json);

} // namespace tanggap::codec
