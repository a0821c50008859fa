// The public HTTP interface: one table of typed routes, one handler, one document.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"
#include "service/accounts.h"
#include "service/administration.h"
#include "service/world.h"

namespace tanggap::api {

/// One file of the console. Lifetime: bytes outlive the program's requests.
struct Asset {
    std::string_view bytes;
    std::string_view content_type;
    std::string_view hash;   ///< hex, for the ETag
    std::string_view brotli; ///< the same bytes compressed; empty: none
    std::string_view gzip;   ///< the same
};
/// Path below /app/ ("index.html", "assets/x-3f2a.js") to its file.
using Assets = std::function<std::optional<Asset>(std::string_view path)>;

/// Questions to the event store at once: fewer than the workers that the handlers need, so that an
/// engine that is slow or hangs never keeps records out.
inline constexpr int kSearchesAtOnce = 6;
inline constexpr std::size_t kWorkers = kSearchesAtOnce + 2;

/// Thread: any.
struct Context {
    service::World& world;
    service::Accounts& accounts;
    Assets assets;          ///< may be empty: no console was built in
    std::string cursor_key; ///< signs cursors (service::Accounts::derive_key)
    service::Administration& administration;
    bool tls = false; ///< we, or the proxy in front of us, speak TLS: __Host- cookies and HSTS
};

struct Handlers {
    net::HttpHandler handle;  ///< every path; answers, never throws, sets the security headers
    net::HttpAdmission admit; ///< who may send a long body, decided by its head
};
Handlers make_handlers(Context context);

/// The whole OpenAPI 3.1 document, from the route table.
std::string openapi_json();

} // namespace tanggap::api
