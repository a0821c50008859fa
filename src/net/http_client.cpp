// The client: blocking for its caller, one kept connection on an io_context of its own.
#include "net/http.h"

#include <algorithm>
#include <charconv>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <tuple>

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/text.h"
#include "net/detail/transport.h"

namespace tanggap::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using base::Result;
using base::Status;
using detail::error_code;
using detail::Transport;
using Parser = beast::http::response_parser<beast::http::string_body>;
using Endpoint = asio::generic::stream_protocol::endpoint;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadBytes = 64 * 1024;
/// How soon a caller who has given up is noticed.
constexpr std::chrono::milliseconds kAbandonedCheck{30};

struct Server {
    std::string scheme; ///< "http", "https", "unix"
    std::string host;   ///< or the path of the unix socket
    std::string port;
    std::string host_header;
    std::string path_prefix; ///< "/base" of "http://host/base/"; usually empty
};

std::unexpected<base::Error> bad_url(std::string_view url)
{
    return base::invalid("the server address " + base::quoted(url) +
                         " cannot be used, expected http://HOST[:PORT], https://HOST[:PORT] or "
                         "unix:/PATH");
}

Result<Server> parse_base_url(std::string_view url)
{
    constexpr std::string_view kUnix = "unix:";
    if (url.starts_with(kUnix) && url.size() > kUnix.size()) {
        return Server{.scheme = "unix",
                      .host = std::string(url.substr(kUnix.size())),
                      .port = {},
                      .host_header = "localhost",
                      .path_prefix = {}};
    }
    const auto colon = url.find("://");
    const std::string_view scheme = url.substr(0, colon);
    if (colon == std::string_view::npos || (scheme != "http" && scheme != "https")) {
        return bad_url(url);
    }
    std::string_view authority = url.substr(colon + 3);
    const auto slash = authority.find('/');
    std::string_view path = slash == std::string_view::npos ? "" : authority.substr(slash);
    authority = authority.substr(0, slash);
    while (path.ends_with('/')) {
        path.remove_suffix(1);
    }

    const auto bracket = authority.find(']');
    const auto port_at = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    std::string_view host = authority.substr(0, port_at);
    std::string_view port = port_at == std::string_view::npos ? "" : authority.substr(port_at + 1);
    unsigned number = scheme == "https" ? 443 : 80;
    if (port_at != std::string_view::npos) {
        const auto read = std::from_chars(port.data(), port.data() + port.size(), number);
        if (read.ec != std::errc{} || read.ptr != port.data() + port.size() || number > 65535) {
            return bad_url(url);
        }
    }
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    if (host.empty() || authority.find_first_of("@ \r\n") != std::string_view::npos) {
        return bad_url(url);
    }
    return Server{.scheme = std::string(scheme),
                  .host = std::string(host),
                  .port = std::to_string(number),
                  .host_header = std::string(authority),
                  .path_prefix = std::string(path)};
}

bool breaks_a_line(std::string_view text)
{
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

/// A request with that method may be sent twice without doing its work twice. RFC 9110 §9.2.2.
bool is_idempotent(std::string_view method)
{
    return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
           method == "OPTIONS";
}

Result<std::string> render_head(const Server& server, const HttpClientRequest& request,
                                std::size_t body_bytes)
{
    std::string head = request.method + " " + server.path_prefix + request.target +
                       " HTTP/1.1\r\nHost: " + server.host_header + "\r\n";
    bool good = !breaks_a_line(request.method + request.target) &&
                request.target.starts_with('/') && request.target.find(' ') == std::string::npos;
    for (const auto& [name, value] : request.headers) {
        good = good && !breaks_a_line(name) && !breaks_a_line(value) && !name.empty();
        head += name + ": " + value + "\r\n";
    }
    if (!good) {
        return base::invalid("the request " + base::quoted(request.method + " " + request.target) +
                             " or one of its headers holds a line end or a blank");
    }
    if (body_bytes > 0 || request.method == "POST" || request.method == "PUT") {
        head += "Content-Length: " + std::to_string(body_bytes) + "\r\n";
    }
    return head + "\r\n";
}

/// One request on its way. Lives in send(), so the coroutines may hold a reference to it.
struct Exchange {
    const HttpClientRequest* request; ///< never null
    std::string head;
    std::string_view body;
    HttpResponse response;
    Status status = base::internal("the exchange did not run");
    bool answer_begun = false;
    bool keep_alive = false;
};

class Client final : public HttpClient {
public:
    explicit Client(HttpClientOptions options) : options_(std::move(options)) {}

    Result<HttpResponse> send(const HttpClientRequest& request) override;

private:
    Status prepare();
    void run(Exchange& exchange);
    bool peer_closed() const;
    void drop();
    asio::awaitable<void> perform(Exchange& exchange);
    asio::awaitable<Status> connect();
    asio::awaitable<Result<std::vector<Endpoint>>> resolve();
    asio::awaitable<error_code> write_all(Exchange& exchange);
    asio::awaitable<Status> read_response(Exchange& exchange);
    std::unexpected<base::Error> failure(std::string_view what, const error_code& error) const;

    const HttpClientOptions options_;
    std::optional<Server> server_;
    asio::io_context context_{1};
    std::unique_ptr<asio::ssl::context> tls_;
    std::shared_ptr<Transport> transport_;
    beast::flat_buffer input_;
};

/// Whether the peer's certificate was what failed.
bool is_distrust(const error_code& error)
{
    return error.category() == asio::error::get_ssl_category() &&
           ERR_GET_REASON(static_cast<unsigned long>(error.value())) ==
               SSL_R_CERTIFICATE_VERIFY_FAILED;
}

std::unexpected<base::Error> Client::failure(std::string_view what, const error_code& error) const
{
    const bool late = transport_ && transport_->expired();
    return base::unavailable(std::string(what) + " " + options_.base_url + ": " +
                             (late ? "no answer in time" : error.message()));
}

Status Client::prepare()
{
    if (!server_) {
        TRY(server_, parse_base_url(options_.base_url));
    }
    if (server_->scheme == "https" && !tls_) {
        TRY(tls_, detail::make_client_tls(options_.ca_file));
    }
    return {};
}

/// Between requests a kept connection has nothing to say: readable means closed by the peer.
bool Client::peer_closed() const
{
    char byte = 0;
    const auto handle = const_cast<Transport&>(*transport_).socket().native_handle();
    const ssize_t count = ::recv(handle, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    const bool nothing_yet = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    // TLS 1.3 sends session tickets after the handshake: bytes are no sign of an end there.
    return !nothing_yet && !(count > 0 && transport_->is_tls());
}

void Client::drop()
{
    if (transport_) {
        transport_->close();
        transport_.reset();
    }
    input_.consume(input_.size());
}

Result<HttpResponse> Client::send(const HttpClientRequest& request)
{
    TRY_STATUS(prepare());
    const std::string_view body =
        request.body_view.empty() ? std::string_view(request.body) : request.body_view;
    TRY(std::string head, render_head(*server_, request, body.size()));

    if (transport_ && (!transport_->is_open() || peer_closed())) {
        drop();
    }
    const bool reused = transport_ != nullptr;
    Exchange exchange{.request = &request, .head = head, .body = body, .response = {}};
    run(exchange);
    // A server may close a kept connection while our request is under way.
    if (!exchange.status && reused && !exchange.answer_begun && is_idempotent(request.method)) {
        exchange = Exchange{.request = &request, .head = head, .body = body, .response = {}};
        run(exchange);
    }
    if (!exchange.status) {
        return std::unexpected(std::move(exchange.status).error());
    }
    return std::move(exchange.response);
}

void Client::run(Exchange& exchange)
{
    context_.restart();
    asio::co_spawn(context_, perform(exchange), asio::detached);
    const auto& abandoned = exchange.request->abandoned;
    while (abandoned && !context_.stopped()) {
        context_.run_for(kAbandonedCheck);
        if (!context_.stopped() && transport_ && abandoned()) {
            transport_->close(); // what perform() waits for ends with an error
        }
    }
    context_.run();
    if (!exchange.status || !exchange.keep_alive) {
        drop();
    }
}

asio::awaitable<void> Client::perform(Exchange& exchange)
{
    if (!transport_) {
        exchange.status = co_await connect();
    } else {
        exchange.status = Status{};
    }
    if (exchange.status) {
        transport_->expire_after(options_.request_timeout);
        const error_code error = co_await write_all(exchange);
        // A server that refuses a body answers before it has read it: look for that answer even
        // when writing failed.
        exchange.status = error && transport_->expired() ? Status(failure("cannot send to", error))
                                                         : co_await read_response(exchange);
    }
    // run() waits for every timer.
    transport_->expire_never();
}

asio::awaitable<Result<std::vector<Endpoint>>> Client::resolve()
{
    std::vector<Endpoint> endpoints;
    if (server_->scheme == "unix") {
        if (server_->host.size() >= sizeof(sockaddr_un::sun_path)) {
            co_return base::invalid("the socket path '" + server_->host + "' is too long");
        }
        endpoints.emplace_back(asio::local::stream_protocol::endpoint(server_->host));
        co_return endpoints;
    }
    asio::ip::tcp::resolver resolver(context_);
    const auto [error, found] =
        co_await resolver.async_resolve(server_->host, server_->port, kToken);
    if (error) {
        co_return failure("cannot find the address of", error);
    }
    for (const auto& entry : found) {
        endpoints.emplace_back(entry.endpoint());
    }
    co_return endpoints;
}

asio::awaitable<Status> Client::connect()
{
    transport_ = std::make_shared<Transport>(detail::Socket(context_), tls_.get());
    const auto endpoints = co_await resolve();
    if (!endpoints) {
        co_return std::unexpected(endpoints.error());
    }
    error_code error = asio::error::not_found;
    for (const Endpoint& endpoint : *endpoints) {
        transport_ = std::make_shared<Transport>(detail::Socket(context_), tls_.get());
        transport_->expire_after(options_.connect_timeout);
        std::tie(error) = co_await transport_->socket().async_connect(endpoint, kToken);
        if (error) {
            continue;
        }
        if (endpoint.protocol().family() != AF_UNIX) {
            transport_->socket().set_option(asio::ip::tcp::no_delay(true), error);
        }
        error = co_await transport_->handshake_as_client(server_->host);
        if (!error) {
            co_return Status{};
        }
        if (is_distrust(error)) {
            // Trying again makes no certificate better, and another address none that is right.
            co_return base::fail(base::Code::Denied,
                                 "the certificate of " + options_.base_url +
                                     " is not trusted, or is made out to another name (" +
                                     error.message() + "); name the one to trust with --ca-file");
        }
    }
    co_return failure("cannot connect to", error);
}

asio::awaitable<error_code> Client::write_all(Exchange& exchange)
{
    if (exchange.body.size() < kReadBytes) {
        exchange.head += exchange.body;
        exchange.body = {};
    }
    error_code error = co_await transport_->write(exchange.head);
    if (!error && !exchange.body.empty()) {
        error = co_await transport_->write(exchange.body);
    }
    co_return error;
}

void take_headers(const Parser& parser, HttpResponse& response)
{
    response.status = static_cast<int>(parser.get().result_int());
    for (const auto& field : parser.get().base()) {
        response.headers.emplace_back(base::to_lower_ascii(std::string(field.name_string())),
                                      std::string(field.value()));
    }
}

asio::awaitable<Status> Client::read_response(Exchange& exchange)
{
    std::optional<Parser> parser;
    for (;;) {
        if (!parser) {
            parser.emplace();
            parser->eager(true);
            parser->header_limit(static_cast<std::uint32_t>(base::limits::kHttpHeaderBytesMax));
            parser->body_limit(options_.response_bytes_max);
            parser->skip(exchange.request->method == "HEAD");
        }
        if (input_.size() > 0) {
            error_code error;
            input_.consume(parser->put(input_.data(), error));
            if (error == beast::http::error::body_limit) {
                co_return base::exhausted("the answer of " + options_.base_url +
                                          " is longer than " +
                                          std::to_string(options_.response_bytes_max) + " bytes");
            }
            if (error && error != beast::http::error::need_more) {
                co_return failure("the answer breaks HTTP/1.1:", error);
            }
        }
        const bool interim = parser->is_done() && parser->get().result_int() < 200;
        if (interim) {
            parser.reset();
            continue;
        }
        if (parser->is_done()) {
            break;
        }
        // Without a length the end of the connection would be the end of the body, and a cut body
        // could not be told from a whole one.
        if (parser->is_header_done() && parser->need_eof()) {
            co_return base::unavailable("the answer of " + options_.base_url +
                                        " states no length; expected Content-Length or chunks");
        }
        const asio::mutable_buffer space = input_.prepare(kReadBytes);
        const auto [error, count] = co_await transport_->read_some(space);
        input_.commit(count);
        exchange.answer_begun = exchange.answer_begun || count > 0;
        if (error) {
            co_return failure(
                exchange.answer_begun ? "the answer was cut short by" : "no answer from", error);
        }
    }
    exchange.keep_alive = parser->keep_alive();
    take_headers(*parser, exchange.response);
    exchange.response.body = std::move(parser->get().body());
    co_return Status{};
}

} // namespace

std::unique_ptr<HttpClient> HttpClient::make(const HttpClientOptions& options)
{
    return std::make_unique<Client>(options);
}

} // namespace tanggap::net
