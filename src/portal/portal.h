// The public pages: what the team does, reporting and following a report, advisories, RFC 2350.
// HTML made here, without any script.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "net/http.h"
#include "portal/site.h"
#include "service/profile.h"
#include "service/reporter_desk.h"

namespace tanggap::portal {

/// Thread: any.
struct Context {
    service::ReporterDesk& desk;
    const base::Clock& clock;
    std::function<std::shared_ptr<const Site>()> site;
    std::function<base::Result<service::KeptProfile>()> profile;
    /// Those of the desk that everybody may read.
    std::function<base::Result<std::vector<model::Advisory>>()> advisories;
    /// Nobody has set the program up yet: the public pages lead to the set-up (rulings 14).
    std::function<bool()> setup_needed;
    bool tls = false; ///< we, or the proxy in front of us, speak TLS: __Host- cookies and HSTS
    bool demo = false;
};

struct Handlers {
    /// Whether this request is for the public pages; the rest belongs to console and API.
    std::function<bool(const net::HttpRequest&)> owns;
    net::HttpHandler handle;
    net::HttpAdmission admit; ///< long bodies: only files, only with a form of ours
};
Handlers make_handlers(Context context);

} // namespace tanggap::portal
