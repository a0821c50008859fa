// The parts of a request target, and what it says once its encodings are undone.
#pragma once

#include <string>
#include <string_view>

namespace tanggap::normalize::detail {

/// Lifetime: views into the target.
struct UrlParts {
    std::string_view scheme;
    std::string_view domain;
    std::string_view port;
    std::string_view path;
    std::string_view query; ///< without '?'
    bool has_query = false;
};

/// Takes "/a?b", "http://host:80/a?b", "host:443" (after CONNECT) and "*".
UrlParts split_url(std::string_view target, bool is_connect);

/// Undoes %HH and %uHHHH up to three times (attackers encode twice), and '+' for a space in the
/// query. Bytes that are no UTF-8 then become U+FFFD. False, and `out` unspecified, when nothing
/// changes.
bool decode_url(std::string_view target, std::string& out);

} // namespace tanggap::normalize::detail
