#include "store/clickhouse/client.h"

#include <charconv>

#include "base/limits.h"
#include "net/http.h"

namespace tanggap::store::clickhouse {
namespace {

constexpr std::string_view kCodeHeader = "x-clickhouse-exception-code";

base::Code code_of(int engine_code)
{
    switch (engine_code) {
    case 158: // TOO_MANY_ROWS
    case 159: // TIMEOUT_EXCEEDED
    case 202: // TOO_MANY_SIMULTANEOUS_QUERIES
    case 241: // MEMORY_LIMIT_EXCEEDED
    case 307: // TOO_MANY_BYTES
    case 396: // TOO_MANY_ROWS_OR_BYTES
        return base::Code::Exhausted;
    case 427: // CANNOT_COMPILE_REGEXP
        return base::Code::Invalid;
    case 243: // NOT_ENOUGH_SPACE
    case 252: // TOO_MANY_PARTS
    case 394: // QUERY_WAS_CANCELLED
        return base::Code::Unavailable;
    default:
        return base::Code::Internal;
    }
}

std::unexpected<base::Error> failed(const net::HttpResponse& response)
{
    constexpr std::size_t kShownBytes = 500;
    int code = 0;
    for (const auto& [name, value] : response.headers) {
        if (name == kCodeHeader) {
            std::from_chars(value.data(), value.data() + value.size(), code);
        }
    }
    std::string text = response.body.substr(0, kShownBytes);
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    if (code == 159) {
        return base::exhausted(
            "the search took too long and was ended; narrow its time or its words");
    }
    if (code == 241) {
        return base::exhausted(
            "the search needs more memory than it may have; narrow its time or its words");
    }
    if (code == 202 || response.status == 503) {
        return base::exhausted("the event engine is busy; try again in a moment");
    }
    if (code == 427) {
        return base::invalid("the regular expression cannot be used: " + text);
    }
    return base::fail(code_of(code), "the event store refused: " + text);
}

std::string target_of(const QueryRequest& request, bool sql_in_url)
{
    std::string target = "/?";
    const auto add = [&](std::string_view prefix, std::string_view name, std::string_view value) {
        target += target.size() > 2 ? "&" : "";
        target += std::string(prefix) + std::string(name) + "=" + net::percent_encode(value);
    };
    if (sql_in_url) {
        add("", "query", request.sql);
    }
    if (!request.id.empty()) {
        add("", "query_id", request.id);
    }
    for (const auto& [name, value] : request.settings) {
        add("", name, value);
    }
    for (const auto& [name, value] : request.parameters) {
        add("param_", name, value);
    }
    return target;
}

} // namespace

base::Result<std::string> Client::query(const QueryRequest& request) const
{
    const bool insert = !request.body.empty();
    const auto client =
        net::HttpClient::make({.base_url = url_,
                               .ca_file = {},
                               .request_timeout = request.timeout,
                               .response_bytes_max = base::limits::kEngineResultBytesMax});
    TRY(net::HttpResponse response, client->send({.method = "POST",
                                                  .target = target_of(request, insert),
                                                  .headers = {},
                                                  .body = insert ? std::string() : request.sql,
                                                  .body_view = request.body,
                                                  .abandoned = request.abandoned}));
    if (response.status != 200) {
        return failed(response);
    }
    return std::move(response.body);
}

base::Status Client::ping() const
{
    const auto client = net::HttpClient::make({.base_url = url_, .ca_file = {}});
    TRY(const net::HttpResponse response,
        client->send(
            {.method = "GET", .target = "/ping", .headers = {}, .body = {}, .body_view = {}}));
    if (response.status != 200) {
        return base::unavailable("the event store answered its ping with status " +
                                 std::to_string(response.status));
    }
    return {};
}

} // namespace tanggap::store::clickhouse
