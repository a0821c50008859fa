// The public API as the verbs use it: key, JSON, problems as errors. Thread: one owner.
#pragma once

#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/server.h"
#include "net/http.h"

namespace tanggap::cli::detail {

using Json = nlohmann::json;

enum class Key { Required, None };

class ApiClient {
public:
    /// Errors: Invalid for the address, NotFound/Unavailable for the key file.
    static base::Result<ApiClient> open(const ServerOptions& options, Key key = Key::Required);

    /// Adds the key. Any status is an answer.
    base::Result<net::HttpResponse> send(net::HttpClientRequest request);
    /// A status of 400 and above is an error with the server's own words.
    base::Result<Json> get(const std::string& target);
    base::Result<Json> post(const std::string& target, const Json& body);

    const std::string& server() const { return server_; }

private:
    std::string server_;
    std::string authorization_;
    std::unique_ptr<net::HttpClient> client_;
};

/// What a problem+json answer says, with the Code whose meaning fits the status.
base::Error error_of(const net::HttpResponse& response);

base::Result<Json> parse_json(const net::HttpResponse& response);

/// Text, count or empty/0 where the member is absent or of another type: answers come from a
/// server that may be newer than we are.
std::string text_of(const Json& object, const char* name);
std::uint64_t count_of(const Json& object, const char* name);

} // namespace tanggap::cli::detail
