// Bytes as text and back: base64 for answers, base64url for cursors. Strict JSON for bodies.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace tanggap::api {

using Json = nlohmann::json;

std::string base64(std::string_view bytes);
std::string base64url(std::string_view bytes); ///< without padding
/// Errors: Invalid for anything that base64url() does not write.
base::Result<std::string> read_base64url(std::string_view text);

/// A page position, signed together with the question it belongs to: `question` must be the same
/// when it comes back. Opaque to callers, not secret.
std::string make_cursor(std::string_view key, std::string_view question, std::string_view position);
/// Errors: Invalid where we did not write it, or it belongs to another question.
base::Result<std::string> read_cursor(std::string_view key, std::string_view question,
                                      std::string_view cursor);

/// Reads one JSON value; duplicate keys, trailing bytes, more than 32 levels and invalid UTF-8 are
/// refused. Errors: Invalid, saying which.
base::Result<Json> read_json(std::string_view text);
/// Compact; bytes that are no UTF-8 become U+FFFD.
std::string json_text(const Json& value);

} // namespace tanggap::api
