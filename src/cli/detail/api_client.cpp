#include "cli/detail/api_client.h"

#include <cerrno>
#include <cstdlib>
#include <fstream>

#include "base/text.h"

namespace tanggap::cli::detail {
namespace {

constexpr const char* kDefaultServer = "http://127.0.0.1:8460";
constexpr std::size_t kKeyBytesMax = 1024;
/// An ingest answer waits for a disk that may be busy.
constexpr std::chrono::seconds kRequestTimeout{120};

std::string environment_or(const char* name, const char* otherwise)
{
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : otherwise;
}

base::Result<std::string> read_key(const std::string& path)
{
    if (path.empty()) {
        return base::fail(base::Code::Unauthenticated,
                          "no API key is given; name its file with --token-file or "
                          "TANGGAP_TOKEN_FILE (tanggap setup --api-key-out makes one)");
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return base::system_error("cannot read the key file '" + path + "'", errno);
    }
    std::string text(kKeyBytesMax, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    const std::string_view key = base::trim(text);
    if (key.empty() || key.find_first_of(" \r\n") != std::string_view::npos) {
        return base::invalid("the key file '" + path +
                             "' does not hold one line with an API key (tg_…)");
    }
    return std::string(key);
}

base::Code code_of(int status)
{
    switch (status) {
    case 401:
        return base::Code::Unauthenticated;
    case 403:
        return base::Code::Denied;
    case 404:
        return base::Code::NotFound;
    case 409:
    case 412:
        return base::Code::Conflict;
    case 429:
        return base::Code::Exhausted;
    case 503:
    case 504:
        return base::Code::Unavailable;
    default:
        return status < 500 ? base::Code::Invalid : base::Code::Internal;
    }
}

} // namespace

base::Result<ApiClient> ApiClient::open(const ServerOptions& options, Key key)
{
    ApiClient out;
    out.server_ =
        options.server.empty() ? environment_or("TANGGAP_SERVER", kDefaultServer) : options.server;
    if (key == Key::Required) {
        const std::string path = options.token_file.empty()
                                     ? environment_or("TANGGAP_TOKEN_FILE", "")
                                     : options.token_file;
        TRY(const std::string secret, read_key(path));
        out.authorization_ = "Bearer " + secret;
    }
    out.client_ = net::HttpClient::make(
        {.base_url = out.server_, .ca_file = options.ca_file, .request_timeout = kRequestTimeout});
    return out;
}

base::Result<net::HttpResponse> ApiClient::send(net::HttpClientRequest request)
{
    if (!authorization_.empty()) {
        request.headers.emplace_back("Authorization", authorization_);
    }
    return client_->send(request);
}

base::Result<Json> ApiClient::get(const std::string& target)
{
    TRY(const net::HttpResponse response, send({.target = target}));
    return parse_json(response);
}

base::Result<Json> ApiClient::post(const std::string& target, const Json& body)
{
    TRY(const net::HttpResponse response, send({.method = "POST",
                                                .target = target,
                                                .headers = {{"Content-Type", "application/json"}},
                                                .body = body.dump()}));
    return parse_json(response);
}

base::Result<Json> parse_json(const net::HttpResponse& response)
{
    if (response.status >= 400) {
        return std::unexpected(error_of(response));
    }
    Json json = Json::parse(response.body, nullptr, false);
    if (json.is_discarded()) {
        return base::internal("the server answered " + std::to_string(response.status) + " with " +
                              base::quoted(response.body) + ", expected JSON");
    }
    return json;
}

base::Error error_of(const net::HttpResponse& response)
{
    const Json json = Json::parse(response.body, nullptr, false);
    std::string message = "the server answered " + std::to_string(response.status);
    if (json.is_object()) {
        const std::string detail = text_of(json, "detail");
        message += ": " + (detail.empty() ? text_of(json, "title") : detail);
        const auto errors = json.find("errors");
        if (errors != json.end() && errors->is_array()) {
            for (const Json& error : *errors) {
                message += "; " + text_of(error, "pointer") + " " + text_of(error, "detail");
            }
        }
    }
    return {code_of(response.status), std::move(message)};
}

std::string text_of(const Json& object, const char* name)
{
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() && found->is_string()
               ? found->get<std::string>()
               : std::string();
}

std::uint64_t count_of(const Json& object, const char* name)
{
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() && found->is_number_unsigned()
               ? found->get<std::uint64_t>()
               : 0;
}

} // namespace tanggap::cli::detail
