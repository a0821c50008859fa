// From a path to its page.
#include "portal/portal.h"

#include <algorithm>
#include <array>
#include <exception>
#include <tuple>

#include "base/log.h"
#include "base/report_limits.h"
#include "portal/detail/forms.h"

namespace tanggap::portal {
namespace {

/// Paths of console, API and machines: not ours.
bool is_foreign(std::string_view path)
{
    constexpr std::array<std::string_view, 5> kOthers{"/api", "/app", "/health", "/metrics",
                                                      "/ready"};
    return std::ranges::any_of(kOthers, [&](std::string_view other) {
        return path.starts_with(other) &&
               (path.size() == other.size() || path[other.size()] == '/');
    });
}

bool is_at_or_below(std::string_view path, std::string_view place)
{
    return path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/');
}

net::HttpResponse plain(int status, std::string_view text)
{
    net::HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
    response.body = text;
    return response;
}

base::Result<Visit> visit_of(const Context& context, const net::HttpRequest& request)
{
    TRY(service::KeptProfile kept, context.profile());
    Visit visit{.context = context,
                .request = request,
                .site = context.site(),
                .kept = std::move(kept),
                .language = model::Language::Indonesian,
                .path = request.path};
    TRY(visit.advisories, context.advisories());
    std::ranges::copy(visit.site->advisories, std::back_inserter(visit.advisories));
    std::ranges::sort(visit.advisories, [](const Advisory& a, const Advisory& b) {
        return std::tie(b.date, b.id) < std::tie(a.date, a.id);
    });
    if (is_at_or_below(request.path, "/en")) {
        visit.language = model::Language::English;
        visit.path = request.path == "/en" || request.path == "/en/" ? "/" : request.path.substr(3);
    }
    if (!visit.speaks(model::code_of(visit.language))) {
        visit.language =
            visit.speaks("id") ? model::Language::Indonesian : model::Language::English;
    }
    if (visit.path.size() > 1 && visit.path.ends_with('/')) {
        visit.path.pop_back();
    }
    return visit;
}

net::HttpResponse page_of(const Visit& visit)
{
    const std::string& path = visit.path;
    if (is_at_or_below(path, "/lapor")) {
        return report_pages(visit);
    }
    if (is_at_or_below(path, "/lacak")) {
        return track_pages(visit);
    }
    if (visit.is_post()) {
        return notice(visit, 404, "not_found", "/");
    }
    constexpr std::string_view kAdvisory = "/imbauan/";
    if (path.starts_with(kAdvisory)) {
        return advisory_page(visit, std::string_view(path).substr(kAdvisory.size()));
    }
    using Page = net::HttpResponse (*)(const Visit&);
    constexpr std::array<std::pair<std::string_view, Page>, 8> kPages{{
        {"/", home_page},
        {"/imbauan", advisories_page},
        {"/rfc2350", rfc2350_page},
        {"/privasi", privacy_page},
        {"/.well-known/security.txt", security_txt},
        {"/security.txt", security_txt},
        {"/portal/portal.css", style_sheet},
        {"/portal/crest.png", crest},
    }};
    const auto* const page = std::ranges::find(kPages, std::string_view(path),
                                               &std::pair<std::string_view, Page>::first);
    return page == kPages.end() ? notice(visit, 404, "not_found", "/") : page->second(visit);
}

net::HttpResponse answer(const Context& context, const net::HttpRequest& request)
{
    if (request.method != "GET" && request.method != "HEAD" && request.method != "POST") {
        net::HttpResponse response = plain(405, "this address takes GET and POST\n");
        response.headers.emplace_back("Allow", "GET, POST");
        return response;
    }
    if (context.setup_needed()) {
        return redirect("/app/");
    }
    const auto visit = visit_of(context, request);
    if (!visit) {
        base::log(base::LogLevel::Error, "portal_failed", visit.error().message);
        return plain(503, "the database cannot be read at the moment; try again shortly\n");
    }
    return page_of(*visit);
}

/// A long body is a file for a form that we made for this browser.
std::optional<net::HttpResponse> refuse_body(const Context& context,
                                             const net::HttpRequest& request)
{
    const auto visit = visit_of(context, request);
    if (!visit) {
        return plain(503, "the database cannot be read at the moment; try again shortly\n");
    }
    const std::string& path = visit->path;
    const service::FormStep* const step =
        path.starts_with("/lapor/") ? visit->site->form.find_step(std::string_view(path).substr(7))
                                    : nullptr;
    const bool report_file = step != nullptr && step->kind == service::FormStep::Kind::Files;
    const bool takes_file = request.method == "POST" && (report_file || path == "/lacak/berkas");
    const auto length = request.header("content-length");
    const bool large = !length || length->size() > 9 ||
                       std::stoull(std::string(*length)) > base::limits::kReportUploadBytesMax;
    if (!takes_file || large) {
        return notice(*visit, 413, "too_large", report_file ? path : "/lapor");
    }
    const bool known =
        path == "/lacak/berkas"
            ? context.desk.read_report(find_cookie(*visit, kTrackCookie).value_or("")).has_value()
            : context.desk.find_draft(find_cookie(*visit, kFormCookie).value_or("")).has_value();
    return known ? std::nullopt : std::optional(notice(*visit, 403, "cookie", "/lapor"));
}

template <class Answer>
auto guarded(const Context& context, const Answer& make) -> decltype(make())
{
    try {
        return make();
    } catch (const std::exception& thrown) {
        base::log(base::LogLevel::Error, "portal_threw", thrown.what());
        net::HttpResponse response = plain(500, "the server failed on this request\n");
        add_security_headers(response, context.tls);
        return response;
    }
}

} // namespace

Handlers make_handlers(Context wired)
{
    const auto context = std::make_shared<const Context>(std::move(wired));
    Handlers handlers;
    handlers.owns = [](const net::HttpRequest& request) { return !is_foreign(request.path); };
    handlers.handle = [context](const net::HttpRequest& request) {
        return guarded(*context, [&] {
            net::HttpResponse response = answer(*context, request);
            add_security_headers(response, context->tls);
            return response;
        });
    };
    handlers.admit = [context](const net::HttpRequest& request) {
        return guarded(*context, [&] {
            auto response = refuse_body(*context, request);
            if (response) {
                add_security_headers(*response, context->tls);
            }
            return response;
        });
    };
    return handlers;
}

} // namespace tanggap::portal
