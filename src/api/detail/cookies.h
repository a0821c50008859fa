// The session cookie. Over TLS it has the __Host- prefix; a plain loopback server cannot set that.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "net/http.h"

namespace tanggap::api {

std::pair<std::string, std::string> session_cookie(std::string_view token, bool tls);
std::pair<std::string, std::string> ended_cookie(bool tls);
/// The session token a request carries.
std::optional<std::string> session_token(const net::HttpRequest& request, bool tls);

/// Whether a browser says that another site made this request (Sec-Fetch-Site, Origin).
bool is_cross_site(const net::HttpRequest& request);

} // namespace tanggap::api
