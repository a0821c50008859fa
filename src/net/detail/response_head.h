// The status line and headers of an answer, as bytes. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http.h"

namespace tanggap::net::detail {

std::string_view reason_phrase(int status);

/// RFC 9457 problem of the server itself, before any handler saw the request.
HttpResponse problem(int status, std::string_view type, std::string_view detail);

struct ResponseHeadOptions {
    bool keep_alive = true;
    std::string_view date; ///< IMF-fixdate
};

/// False: a name or value holds bytes that would break the framing. Such an answer is never sent.
bool headers_are_safe(const HttpResponse& response);
std::string render_response_head(const HttpResponse& response, ResponseHeadOptions options);

/// One chunk of a chunked body; of no bytes: the last one. Source: RFC 9112 §7.1.
std::string chunk_of(std::string_view bytes);

std::string_view body_of(const HttpResponse& response);

/// "Sun, 06 Nov 1994 08:49:37 GMT". Source: RFC 9110 §5.6.7.
std::string format_http_date(std::int64_t unix_seconds);

} // namespace tanggap::net::detail
