#include "net/detail/response_head.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <utility>

#include "base/text.h"

namespace tanggap::net::detail {
namespace {

bool is_safe(std::string_view text)
{
    return std::ranges::none_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && byte != '\t') || byte == 0x7F;
    });
}

bool may_have_body(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

std::string json_escaped(std::string_view text)
{
    std::string out;
    base::make_utf8(text, out);
    std::string escaped;
    for (const char c : out) {
        if (c == '"' || c == '\\') {
            escaped += '\\';
        }
        escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return escaped;
}

} // namespace

std::string_view reason_phrase(int status)
{
    static constexpr std::pair<int, std::string_view> kPhrases[] = {
        {100, "Continue"},
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    const auto* found =
        std::ranges::find(kPhrases, status, &std::pair<int, std::string_view>::first);
    return found == std::end(kPhrases) ? "Status" : found->second;
}

HttpResponse problem(int status, std::string_view type, std::string_view detail)
{
    HttpResponse response;
    response.status = status;
    response.headers = {{"Content-Type", "application/problem+json"},
                        {"Cache-Control", "no-store"}};
    if (status == 503 || status == 429) {
        response.headers.emplace_back("Retry-After", "1");
    }
    response.body = R"({"type":"/problems/)" + std::string(type) + R"(","title":")" +
                    std::string(reason_phrase(status)) + R"(","status":)" + std::to_string(status) +
                    R"(,"detail":")" + json_escaped(detail) + "\"}";
    return response;
}

std::string_view body_of(const HttpResponse& response)
{
    if (!may_have_body(response.status)) {
        return {};
    }
    return response.static_body.empty() ? std::string_view(response.body) : response.static_body;
}

bool headers_are_safe(const HttpResponse& response)
{
    return std::ranges::all_of(response.headers, [](const auto& header) {
        const bool named = !header.first.empty() && header.first.find(':') == std::string::npos;
        return named && is_safe(header.first) && is_safe(header.second);
    });
}

std::string render_response_head(const HttpResponse& response, ResponseHeadOptions options)
{
    std::string out = "HTTP/1.1 " + std::to_string(response.status) + " " +
                      std::string(reason_phrase(response.status)) + "\r\n";
    for (const auto& [name, value] : response.headers) {
        out += name + ": " + value + "\r\n";
    }
    out += "Date: ";
    out += options.date;
    out += "\r\n";
    if (response.stream) {
        out += "Transfer-Encoding: chunked\r\n";
    } else if (may_have_body(response.status)) {
        out += "Content-Length: " + std::to_string(body_of(response).size()) + "\r\n";
    }
    out += options.keep_alive ? "\r\n" : "Connection: close\r\n\r\n";
    return out;
}

std::string chunk_of(std::string_view bytes)
{
    char size[20];
    const int length = std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    std::string chunk(size, static_cast<std::size_t>(length));
    return chunk.append(bytes).append("\r\n");
}

std::string format_http_date(std::int64_t unix_seconds)
{
    const std::time_t seconds = unix_seconds;
    std::tm fields{};
    ::gmtime_r(&seconds, &fields);
    static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                      "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[40];
    // Not strftime: its names of days follow the locale.
    const int length =
        std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                      kDays.at(static_cast<std::size_t>(fields.tm_wday)), fields.tm_mday,
                      kMonths.at(static_cast<std::size_t>(fields.tm_mon)), fields.tm_year + 1900,
                      fields.tm_hour, fields.tm_min, fields.tm_sec);
    return {text, static_cast<std::size_t>(length)};
}

} // namespace tanggap::net::detail
