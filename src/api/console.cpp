#include "api/detail/console.h"

#include <algorithm>
#include <array>

namespace tanggap::api {
namespace {

// Rulings 42, word for word.
constexpr std::string_view kConsolePolicy = "default-src 'none'; script-src 'self'; style-src "
                                            "'self'; worker-src 'self'; connect-src 'self';"
                                            " img-src 'self' data:; font-src 'self'; form-action "
                                            "'self'; base-uri 'none'; object-src 'none';"
                                            " frame-ancestors 'none'; require-trusted-types-for "
                                            "'script'; trusted-types svelte-trusted-html";
constexpr std::string_view kDataPolicy = "default-src 'none'; frame-ancestors 'none'";

using Header = std::pair<std::string_view, std::string_view>;
constexpr std::array kEveryAnswer{
    Header{"Content-Security-Policy", kDataPolicy},
    Header{"X-Content-Type-Options", "nosniff"},
    Header{"Referrer-Policy", "no-referrer"},
    Header{"Cross-Origin-Opener-Policy", "same-origin"},
    Header{"Cross-Origin-Resource-Policy", "same-origin"},
    Header{"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
    Header{"Cache-Control", "no-store"},
};

void set_if_missing(net::HttpResponse& response, const Header& header)
{
    const bool there = std::ranges::any_of(
        response.headers, [&](const auto& known) { return known.first == header.first; });
    if (!there) {
        response.headers.emplace_back(header.first, header.second);
    }
}

net::HttpResponse redirect_to(std::string_view path)
{
    net::HttpResponse response;
    response.status = 302;
    response.headers.emplace_back("Location", path);
    return response;
}

bool accepts_gzip(const net::HttpRequest& request)
{
    return request.header("accept-encoding").value_or("").contains("gzip");
}

net::HttpResponse send_asset(const net::HttpRequest& request, const Asset& asset, bool immutable)
{
    const std::string tag = "\"" + std::string(asset.hash) + "\"";
    net::HttpResponse response;
    response.headers = {
        {"Content-Security-Policy", std::string(kConsolePolicy)},
        {"Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-cache"},
        {"ETag", tag},
        {"Vary", "Accept-Encoding"}};
    if (request.header("if-none-match").value_or("") == tag) {
        response.status = 304;
        return response;
    }
    response.headers.emplace_back("Content-Type", asset.content_type);
    const bool packed = !asset.gzip.empty() && accepts_gzip(request);
    if (packed) {
        response.headers.emplace_back("Content-Encoding", "gzip");
    }
    response.static_body = packed ? asset.gzip : asset.bytes;
    return response;
}

/// A page of the console is any path whose last part has no dot; it is drawn by index.html.
std::optional<Asset> find_asset(const Assets& assets, std::string_view path)
{
    if (!assets) {
        return std::nullopt;
    }
    if (auto asset = assets(path)) {
        return asset;
    }
    const std::size_t slash = path.rfind('/');
    const bool page = !path.substr(slash == path.npos ? 0 : slash + 1).contains('.');
    return page ? assets("index.html") : std::nullopt;
}

} // namespace

std::optional<net::HttpResponse> console_response(const Context& context,
                                                  const net::HttpRequest& request)
{
    if (request.path == "/" || request.path == "/app") {
        return redirect_to("/app/");
    }
    constexpr std::string_view kPrefix = "/app/";
    if (!request.path.starts_with(kPrefix)) {
        return std::nullopt;
    }
    const std::string_view path = std::string_view(request.path).substr(kPrefix.size());
    const auto asset = find_asset(context.assets, path.empty() ? "index.html" : path);
    if (asset) {
        return send_asset(request, *asset, path.starts_with("assets/"));
    }
    net::HttpResponse missing;
    missing.status = 404;
    missing.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
    missing.body = context.assets ? "no such file\n"
                                  : "this program was built without the console; the API is at"
                                    " /api/v1/openapi.json\n";
    return missing;
}

void add_security_headers(net::HttpResponse& response, bool tls)
{
    for (const Header& header : kEveryAnswer) {
        set_if_missing(response, header);
    }
    if (tls) {
        set_if_missing(response, {"Strict-Transport-Security", "max-age=63072000"});
    }
}

} // namespace tanggap::api
