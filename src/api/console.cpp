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

std::string_view trimmed(std::string_view text)
{
    const std::size_t first = text.find_first_not_of(" \t");
    const std::size_t last = text.find_last_not_of(" \t");
    return first == text.npos ? std::string_view() : text.substr(first, last - first + 1);
}

/// Whether Accept-Encoding names this coding and does not refuse it by "q=0" (RFC 9110 §12.5.3).
bool accepts(std::string_view header, std::string_view coding)
{
    while (!header.empty()) {
        const std::size_t end = std::min(header.find(','), header.size());
        const std::string_view entry = header.substr(0, end);
        header.remove_prefix(std::min(end + 1, header.size()));
        const std::size_t semicolon = std::min(entry.find(';'), entry.size());
        if (trimmed(entry.substr(0, semicolon)) != coding) {
            continue;
        }
        const std::string_view weight =
            trimmed(entry.substr(std::min(semicolon + 1, entry.size())));
        return !weight.starts_with("q=0") || weight.find_first_of("123456789", 3) != weight.npos;
    }
    return false;
}

struct Packed {
    std::string_view coding;
    std::string_view bytes;
};

/// The smallest form the reader takes; no coding: the bytes as they are.
Packed choose_form(const Asset& asset, std::string_view accepted)
{
    for (const Packed& form : {Packed{"br", asset.brotli}, Packed{"gzip", asset.gzip}}) {
        if (!form.bytes.empty() && accepts(accepted, form.coding)) {
            return form;
        }
    }
    return {.coding = {}, .bytes = asset.bytes};
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
    const Packed form = choose_form(asset, request.header("accept-encoding").value_or(""));
    if (!form.coding.empty()) {
        response.headers.emplace_back("Content-Encoding", form.coding);
    }
    response.static_body = form.bytes;
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
