// The part of HTTP/1.1 where request smuggling lives, read by our own strict rules before Beast
// reads the same bytes. Both must agree. Pure: bytes in, values out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace tanggap::net::detail {

using NameValues = std::vector<std::pair<std::string, std::string>>;

struct RequestHead {
    std::string method;
    std::string target;
    int minor_version = 1; ///< HTTP/1.0 or HTTP/1.1
    NameValues headers;    ///< names lower-case, values trimmed, in order
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool keep_alive = true;
    bool expects_continue = false;
};

/// Where a line ends other than by CRLF, or a control byte stands: npos when all is well so far.
/// May be asked while the head is still arriving, so that a bad one is refused at once.
std::size_t find_bad_byte(std::string_view bytes);

/// Reads a whole head, `raw` ends with the blank line.
/// Errors: Invalid for everything RFC 9112 lets a server refuse: bare LF or CR, obs-fold, blank
/// before the colon, no or two Hosts, two Content-Lengths, Content-Length with Transfer-Encoding,
/// a coding other than chunked, a target that is not in origin form.
/// Source: RFC 9112 §2.2, §3, §5.1, §5.2, §6.1-6.3.
base::Result<RequestHead> parse_request_head(std::string_view raw);

struct Target {
    std::string path; ///< decoded once
    NameValues query; ///< decoded, '+' as blank, in order
};

/// Errors: Invalid on NUL, bad escapes, an escaped slash, and '.' or '..' segments.
base::Result<Target> parse_target(std::string_view target);

} // namespace tanggap::net::detail
