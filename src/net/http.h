// HTTP/1.1 for the whole program: one server, one client. Third-party types stay inside.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/limits.h"

namespace tanggap::net {

struct HttpRequest {
    std::string method = {}; ///< "GET"; a HEAD arrives as GET and its answer loses the body
    std::string target = {}; ///< as sent, origin form: "/api/v1/alerts?q=…"
    std::string path = {};   ///< percent-decoded once; refused when it holds NUL or bad escapes
    std::vector<std::pair<std::string, std::string>> query = {};   ///< decoded, in order
    std::vector<std::pair<std::string, std::string>> headers = {}; ///< names lower-case
    std::string body = {};
    std::string peer =
        {}; ///< address of the client; from X-Forwarded-For only behind a trusted proxy
    bool tls = false;
    bool peer_is_loopback = false;
    /// Whether the client has closed the connection, so that nobody will read the answer. Empty:
    /// not known. Lifetime: the handler's call. Thread: the handler's.
    std::function<bool()> abandoned = {};

    std::optional<std::string_view> header(std::string_view lower_name) const;
    std::optional<std::string_view> query_value(std::string_view name) const;
};

/// An answer that has no end yet (Server-Sent Events). The server asks for more only when the peer
/// has taken what came before, so a slow reader costs no memory. Thread: the server's I/O thread.
class HttpStream {
public:
    virtual ~HttpStream() = default;
    /// Called once, before the first next(). `wake` may be called from any thread as long as the
    /// stream lives, and says that next() may have something. After the destructor it never is.
    virtual void on_ready(std::function<void()> wake) = 0;
    /// Bytes to send; empty: none yet; nothing: the end. Never blocks.
    virtual std::optional<std::string> next() = 0;
    /// Sent after a silence of HttpServerOptions::stream_beat, so that proxies keep the connection
    /// and a peer that left is noticed.
    virtual std::string beat() = 0;
};

struct HttpResponse {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    /// Set instead of body for bytes that outlive the program's requests (embedded assets).
    std::string_view static_body = {};
    /// Set instead of body: sent in chunks until it ends or the peer leaves.
    std::shared_ptr<HttpStream> stream = {};

    std::optional<std::string_view> header(std::string_view lower_name) const;
};

using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;
/// Asked before a long body is read, with everything but the body. An answer refuses the request,
/// and its body is never taken: strangers do not fill the memory for bodies.
using HttpAdmission = std::function<std::optional<HttpResponse>(const HttpRequest&)>;

/// A body up to this is read before it is known who sends it: what signing in and a console need.
inline constexpr std::size_t kHttpAdmitBytes = 64 * 1024;
/// What a stop gives requests under way: well below the 90 s after which a service manager kills.
inline constexpr std::chrono::seconds kHttpDrain{10};

/// Silence after which a stream says that it is alive.
inline constexpr std::chrono::seconds kHttpStreamBeat{15};
/// Answers without an end (live lists), of all readers: one a browser, and room for the rest.
inline constexpr std::size_t kHttpStreamsMax = 128;

struct HttpServerOptions {
    std::string address = "127.0.0.1"; ///< IPv4 or IPv6 address, or "unix:/path"
    std::uint16_t port = 0;            ///< 0: any free one
    std::string tls_cert_file = {};    ///< both or none
    std::string tls_key_file = {};
    std::vector<std::string> trusted_proxies = {}; ///< CIDR
    std::size_t worker_threads = 4;                ///< handlers run here, never on the I/O thread
    std::size_t worker_queue_items_max = 256;      ///< requests waiting for a worker; more: 503
    std::size_t header_bytes_max = base::limits::kHttpHeaderBytesMax;
    std::size_t body_bytes_max = base::limits::kHttpBodyBytesMax;
    /// Bodies of all connections together; more: 503 and nothing is kept.
    std::size_t bodies_bytes_max = base::limits::kHttpBodiesBytesMax;
    HttpAdmission admit = {}; ///< empty: every body is read
    /// A body up to this is read without asking.
    std::size_t admit_above_bytes = kHttpAdmitBytes;
    std::size_t connections_max = base::limits::kHttpConnectionsMax;
    std::chrono::milliseconds idle = base::limits::kHttpIdle;       ///< between requests
    std::chrono::milliseconds header = base::limits::kHttpHeader;   ///< first byte to blank line
    std::chrono::milliseconds request = base::limits::kHttpRequest; ///< body; longer while it flows
    std::chrono::milliseconds write_stall = base::limits::kHttpRequest; ///< peer takes no bytes
    std::chrono::milliseconds stream_beat = kHttpStreamBeat;
    /// stop() gives requests under way this long; then their connections are closed.
    std::chrono::milliseconds drain = kHttpDrain;
};

/// Strict HTTP/1.1: refuses CL+TE, duplicate CL, bare LF, obs-fold, absolute limits on header and
/// body, slow peers. A full worker queue answers 503 + Retry-After; so does a stream above
/// kHttpStreamsMax. Shutdown drains; streams are closed at once, their readers come back.
class HttpServer {
public:
    static base::Result<std::unique_ptr<HttpServer>> start(const HttpServerOptions& options,
                                                           HttpHandler handler);
    virtual ~HttpServer() = default;
    virtual std::uint16_t port() const = 0;
    /// Stops accepting, finishes what runs within `drain`, returns when all is done.
    virtual void stop() = 0;
};

struct HttpClientOptions {
    std::string base_url = {}; ///< "http://127.0.0.1:8080", "https://…", or "unix:/path"
    std::string ca_file = {};  ///< for https; empty: the system's
    std::chrono::milliseconds connect_timeout{5000};
    std::chrono::milliseconds request_timeout{30000};
    std::size_t response_bytes_max = std::size_t{64} * 1024 * 1024;
};

struct HttpClientRequest {
    std::string method = "GET";
    std::string target = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    std::string_view body_view = {}; ///< used instead of body when not empty
    /// Asked every few tens of milliseconds; true closes the connection and fails the request with
    /// Unavailable. Empty: the timeouts alone end it.
    std::function<bool()> abandoned = {};
};

/// Blocking, one connection, kept alive and re-made when the peer closed it between requests.
/// Errors: Unavailable (refused, timeout, cut before the last chunk). A status ≥ 400 is a response.
class HttpClient {
public:
    static std::unique_ptr<HttpClient> make(const HttpClientOptions& options);
    virtual ~HttpClient() = default;
    virtual base::Result<HttpResponse> send(const HttpClientRequest& request) = 0;
};

/// Everything but RFC 3986 unreserved characters as %XX.
std::string percent_encode(std::string_view text);
/// Errors: Invalid on '%' without two hex digits. '+' stays '+'.
base::Result<std::string> percent_decode(std::string_view text);

} // namespace tanggap::net
