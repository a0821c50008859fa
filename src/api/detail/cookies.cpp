#include "api/detail/cookies.h"

#include "base/account_limits.h"
#include "base/text.h"

namespace tanggap::api {
namespace {

std::string_view name_of_cookie(bool tls)
{
    return tls ? "__Host-tanggap" : "tanggap";
}

std::pair<std::string, std::string> cookie(std::string_view value, std::int64_t seconds, bool tls)
{
    std::string text(name_of_cookie(tls));
    text.append("=").append(value).append("; Path=/; HttpOnly; SameSite=Lax; Max-Age=");
    text += std::to_string(seconds);
    return {"Set-Cookie", text + (tls ? "; Secure" : "")};
}

} // namespace

std::pair<std::string, std::string> session_cookie(std::string_view token, bool tls)
{
    return cookie(token, std::chrono::seconds(base::limits::accounts::kSessionAbsolute).count(),
                  tls);
}

std::pair<std::string, std::string> ended_cookie(bool tls)
{
    return cookie("", 0, tls);
}

std::optional<std::string> session_token(const net::HttpRequest& request, bool tls)
{
    std::string_view rest = request.header("cookie").value_or("");
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        const std::string_view pair = base::trim(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const std::size_t equals = pair.find('=');
        if (equals != pair.npos && pair.substr(0, equals) == name_of_cookie(tls)) {
            return std::string(pair.substr(equals + 1));
        }
    }
    return std::nullopt;
}

bool is_cross_site(const net::HttpRequest& request)
{
    const std::string_view site = request.header("sec-fetch-site").value_or("same-origin");
    if (site != "same-origin" && site != "none") {
        return true;
    }
    const auto origin = request.header("origin");
    if (!origin) {
        return false;
    }
    const std::size_t scheme = origin->find("://");
    const std::string_view host = scheme == origin->npos ? *origin : origin->substr(scheme + 3);
    return host != request.header("host").value_or("");
}

} // namespace tanggap::api
