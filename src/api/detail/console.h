// The console's files below /app/ and the headers every answer carries.
#pragma once

#include <optional>

#include "api/api.h"

namespace tanggap::api {

/// The answer for "/", "/app" and below; nothing for other paths.
std::optional<net::HttpResponse> console_response(const Context& context,
                                                  const net::HttpRequest& request);

/// nosniff, no-referrer, frame-ancestors and the rest of trust.md §2.6; what is set stays.
void add_security_headers(net::HttpResponse& response, bool tls);

} // namespace tanggap::api
