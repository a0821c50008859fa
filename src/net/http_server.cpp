// The server: one I/O thread of coroutines, a bounded pool of workers for handlers. Beast reads
// bodies; what may begin a request is decided in detail/request_head.
#include "net/http.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <list>
#include <mutex>
#include <poll.h>
#include <sys/stat.h>
#include <thread>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/bounded_queue.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/time.h"
#include "net/detail/connection.h"
#include "net/detail/peer.h"
#include "net/detail/request_head.h"
#include "net/detail/response_head.h"
#include "net/detail/transport.h"

namespace tanggap::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using detail::BodyLease;
using detail::Connection;
using detail::error_code;
using detail::gone;
using detail::Job;
using detail::Outcome;
using detail::Phase;
using detail::Refusal;
using detail::refused;
using detail::Transport;
using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;
using BodyParser = beast::http::request_parser<beast::http::string_body>;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadBytes = 64 * 1024;
/// One write: between two the peer must take bytes within write_stall.
constexpr std::size_t kWriteBytes = 256 * 1024;
/// After a refusal the rest of the request is read and dropped for this long, so that the answer
/// is not lost to a TCP reset.
constexpr std::chrono::seconds kLinger{2};
/// No file descriptor left: wait for one rather than spin.
constexpr std::chrono::milliseconds kAcceptPause{100};

template <class Handler>
HttpResponse call(const Handler& handler, const HttpRequest& request)
{
    // Ours throws nothing; a library inside a handler may, and one request must not end the rest.
    try {
        HttpResponse response = handler(request);
        if (detail::headers_are_safe(response)) {
            return response;
        }
        base::log(base::LogLevel::Error, "http_unsafe_header", request.path);
    } catch (const std::exception& error) {
        base::log(base::LogLevel::Error, "http_handler_threw", request.path + ": " + error.what());
    }
    return detail::problem(500, "internal", "the server failed on this request; its log says why");
}

/// The peer closed its end. A client that half-closes after its request counts as gone too: no
/// browser and no client of ours does that.
bool has_left(int socket)
{
    pollfd ends{.fd = socket, .events = POLLRDHUP, .revents = 0};
    return ::poll(&ends, 1, 0) == 1 && (ends.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/// Both parsers must see the same request, or somebody is trying to smuggle one past us.
bool agree(const detail::RequestHead& head, const BodyParser& parser)
{
    const auto& seen = parser.get();
    return std::string_view(seen.method_string()) == head.method &&
           std::string_view(seen.target()) == head.target && parser.chunked() == head.chunked &&
           parser.get().base().count(beast::http::field::host) <= 1;
}

class Server final : public HttpServer {
public:
    Server(HttpServerOptions options, HttpHandler handler, detail::TrustedProxies proxies,
           std::unique_ptr<asio::ssl::context> tls)
        : options_(std::move(options)),
          handler_(std::move(handler)),
          proxies_(std::move(proxies)),
          tls_(std::move(tls)),
          acceptor_(context_),
          work_(context_.get_executor()),
          jobs_({.items_max = options_.worker_queue_items_max, .bytes_max = SIZE_MAX})
    {
    }
    ~Server() override
    {
        try {
            stop();
        } catch (const std::exception&) { // No memory to ask for it: nothing can be ended well.
            std::terminate();
        }
    }

    base::Status listen();
    void run();
    std::uint16_t port() const override { return port_; }
    void stop() override;

private:
    asio::awaitable<void> accept_loop();
    asio::awaitable<void> serve(std::shared_ptr<Connection> connection);
    asio::awaitable<bool> serve_one(std::shared_ptr<Connection> connection);
    asio::awaitable<Outcome> read_head(std::shared_ptr<Connection> connection, std::size_t& bytes);
    asio::awaitable<Outcome> read_body(std::shared_ptr<Connection> connection,
                                       const detail::RequestHead& head, BodyLease& lease,
                                       std::string& body);
    asio::awaitable<bool> admit(std::shared_ptr<Connection> connection, std::shared_ptr<Job> job,
                                const detail::RequestHead& head);
    asio::awaitable<HttpResponse> handle(std::shared_ptr<Job> job);
    asio::awaitable<bool> write_response(std::shared_ptr<Connection> connection,
                                         const HttpResponse& response, bool keep_alive,
                                         bool head_only);
    asio::awaitable<void> write_stream(std::shared_ptr<Connection> connection,
                                       std::shared_ptr<HttpStream> stream);
    asio::awaitable<void> refuse(std::shared_ptr<Connection> connection, Refusal refusal);
    asio::awaitable<void> turn_away(std::shared_ptr<Connection> connection,
                                    const HttpResponse& response);
    asio::awaitable<void> drain(std::shared_ptr<Connection> connection);
    bool make_room();
    void close_waiting();
    void bound_drain();
    void work();
    void run(Job& job) const;
    void forget(const std::shared_ptr<Connection>& connection);

    const HttpServerOptions options_;
    const HttpHandler handler_;
    const detail::TrustedProxies proxies_;
    const std::unique_ptr<asio::ssl::context> tls_;

    asio::io_context context_{1};
    Acceptor acceptor_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::list<std::shared_ptr<Connection>> connections_; // I/O thread
    std::size_t bodies_bytes_ = 0;                       // I/O thread
    std::size_t streams_ = 0;                            // I/O thread
    bool draining_ = false;                              // I/O thread
    std::atomic<bool> over_ = false;                     // the drain: nobody waits for answers
    asio::steady_timer drain_end_{context_};             // I/O thread
    std::uint16_t port_ = 0;
    bool bound_ = false;

    base::BoundedQueue<std::shared_ptr<Job>> jobs_;
    std::vector<std::thread> workers_;
    std::thread io_;
    // Guards stop() against itself; the queue cannot say "the last connection is gone".
    std::mutex stop_mutex_;
    bool stopped_ = false;
};

base::Status remove_stale_socket(const std::string& path)
{
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0) {
        return {};
    }
    if (!S_ISSOCK(info.st_mode)) {
        return base::invalid("cannot listen on '" + path + "': a file that is no socket is there");
    }
    if (::unlink(path.c_str()) != 0) {
        return base::system_error("cannot replace the socket '" + path + "'", errno);
    }
    return {};
}

base::Result<asio::generic::stream_protocol::endpoint> resolve_listen(const HttpServerOptions& o)
{
    constexpr std::string_view kUnix = "unix:";
    if (o.address.starts_with(kUnix)) {
        const std::string path = o.address.substr(kUnix.size());
        TRY_STATUS(remove_stale_socket(path));
        return asio::local::stream_protocol::endpoint(path);
    }
    error_code error;
    const auto address = asio::ip::make_address(o.address, error);
    if (error) {
        return base::invalid("cannot listen on '" + o.address +
                             "': expected an IPv4 or IPv6 address or unix:/path");
    }
    return asio::ip::tcp::endpoint(address, o.port);
}

base::Status Server::listen()
{
    TRY(const auto endpoint, resolve_listen(options_));
    const std::string where =
        options_.address +
        (options_.address.starts_with("unix:") ? "" : ":" + std::to_string(options_.port));
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error && endpoint.protocol().family() != AF_UNIX) {
        acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    }
    if (!error) {
        acceptor_.bind(endpoint, error);
    }
    if (!error && endpoint.protocol().family() == AF_UNIX) {
        ::chmod(options_.address.c_str() + 5, 0600);
    }
    if (!error) {
        acceptor_.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error) {
        return base::unavailable("cannot listen on " + where + ": " + error.message());
    }
    bound_ = true;
    if (endpoint.protocol().family() != AF_UNIX) {
        const auto bound = acceptor_.local_endpoint(error);
        asio::ip::tcp::endpoint tcp;
        std::memcpy(tcp.data(), bound.data(), std::min(bound.size(), tcp.capacity()));
        port_ = tcp.port();
    }
    return {};
}

void Server::run()
{
    asio::co_spawn(context_, accept_loop(), asio::detached);
    io_ = std::thread([this] { context_.run(); });
    for (std::size_t i = 0; i < options_.worker_threads; ++i) {
        workers_.emplace_back([this] { work(); });
    }
}

void Server::work()
{
    while (auto job = jobs_.pop()) {
        run(**job);
        asio::post(context_, [job = std::move(*job)] { job->done.cancel(); });
    }
}

void Server::run(Job& job) const
{
    if (!job.asks_admission) {
        job.response = call(handler_, job.request);
        return;
    }
    const auto ask = [&](const HttpRequest& request) {
        auto refusal = options_.admit(request);
        job.admitted = !refusal;
        return std::move(refusal).value_or(HttpResponse{});
    };
    job.response = call(ask, job.request);
}

void Server::stop()
{
    const std::lock_guard lock(stop_mutex_);
    if (stopped_) {
        return;
    }
    stopped_ = true;
    asio::post(context_, [this] {
        draining_ = true;
        error_code ignored; // Closing an acceptor that never listened is no error of ours.
        acceptor_.close(ignored);
        close_waiting();
        bound_drain();
        work_.reset();
    });
    // run() returns when the last connection has ended: at the latest when the drain is over and
    // the handlers have returned.
    if (io_.joinable()) {
        io_.join();
    }
    jobs_.close();
    for (std::thread& worker : workers_) {
        worker.join();
    }
    if (bound_ && options_.address.starts_with("unix:")) {
        ::unlink(options_.address.c_str() + 5);
    }
}

void Server::close_waiting()
{
    for (const auto& connection : connections_) {
        if (connection->phase == Phase::Head || connection->phase == Phase::Stream) {
            connection->close();
        }
    }
}

void Server::bound_drain()
{
    if (connections_.empty()) {
        return;
    }
    drain_end_.expires_after(options_.drain);
    drain_end_.async_wait([this](error_code error) {
        if (error) {
            return;
        }
        over_ = true;
        for (const auto& connection : connections_) {
            connection->close();
        }
    });
}

void Server::forget(const std::shared_ptr<Connection>& connection)
{
    connection->transport->close();
    connections_.remove(connection);
    if (draining_ && connections_.empty()) {
        drain_end_.cancel();
    }
}

/// At the limit the connection that has waited longest for a request makes room, or the one whose
/// body or answer has been on its way longest: slow strangers must not keep others out. False:
/// every connection is at work.
bool Server::make_room()
{
    if (connections_.size() < options_.connections_max) {
        return true;
    }
    std::shared_ptr<Connection> oldest;
    for (const auto& connection : connections_) {
        if (connection->phase == Phase::Worker || !connection->transport->is_open()) {
            continue;
        }
        const bool before = !oldest || std::pair(connection->phase, connection->phase_since) <
                                           std::pair(oldest->phase, oldest->phase_since);
        if (before) {
            oldest = connection;
        }
    }
    if (oldest) {
        oldest->close();
    }
    return oldest != nullptr;
}

asio::awaitable<void> Server::accept_loop()
{
    auto& refused_connections = base::counter("tanggap_http_connections_refused_total",
                                              "Connections closed at the connection limit.");
    asio::steady_timer pause(context_);
    while (acceptor_.is_open()) {
        auto [error, socket] = co_await acceptor_.async_accept(kToken);
        if (error && acceptor_.is_open()) {
            pause.expires_after(kAcceptPause);
            co_await pause.async_wait(kToken);
        }
        if (error) {
            continue;
        }
        if (!make_room()) {
            refused_connections.add();
            continue;
        }
        auto connection = std::make_shared<Connection>();
        error_code unknown; // A peer that is gone already has no address; its read will say so.
        const auto remote = socket.remote_endpoint(unknown);
        connection->peer =
            detail::peer_of({reinterpret_cast<const char*>(remote.data()), remote.size()});
        if (remote.protocol().family() != AF_UNIX) {
            socket.set_option(asio::ip::tcp::no_delay(true), unknown);
        }
        connection->transport = std::make_shared<Transport>(std::move(socket), tls_.get());
        connections_.push_back(connection);
        asio::co_spawn(context_, serve(std::move(connection)), asio::detached);
    }
}

asio::awaitable<void> Server::serve(std::shared_ptr<Connection> connection)
{
    connection->transport->expire_after(options_.header);
    const error_code error = co_await connection->transport->handshake_as_server();
    if (!error) {
        bool again = true;
        while (again && !draining_) {
            again = co_await serve_one(connection);
        }
    }
    forget(connection);
}

/// One request and its answer. True: the connection may carry another.
asio::awaitable<bool> Server::serve_one(std::shared_ptr<Connection> connection)
{
    std::size_t head_bytes = 0;
    Outcome outcome = co_await read_head(connection, head_bytes);
    connection->enter(Phase::Transfer);
    if (outcome.kind == Outcome::Kind::Gone) {
        co_return false;
    }
    if (outcome.kind == Outcome::Kind::Refused) {
        co_await refuse(connection, std::move(outcome.refusal));
        co_return false;
    }

    auto head = detail::parse_request_head(connection->unread().substr(0, head_bytes));
    auto target = head ? detail::parse_target(head->target)
                       : base::Result<detail::Target>(std::unexpected(head.error()));
    if (!target) {
        Refusal refusal{.status = 400, .type = "bad-request", .detail = target.error().message};
        co_await refuse(connection, std::move(refusal));
        co_return false;
    }

    auto job = std::make_shared<Job>(context_);
    const bool head_only = head->method == "HEAD";
    job->request.method = head_only ? "GET" : head->method;
    job->request.target = head->target;
    job->request.path = std::move(target->path);
    job->request.query = std::move(target->query);
    job->request.headers = std::move(head->headers);
    job->request.tls = connection->transport->is_tls();
    proxies_.identify(connection->peer, job->request);
    const bool admitted = co_await admit(connection, job, *head);
    if (!admitted) {
        co_await turn_away(connection, job->response);
        co_return false;
    }

    BodyLease lease(bodies_bytes_, options_.bodies_bytes_max);
    outcome = co_await read_body(connection, *head, lease, job->request.body);
    if (outcome.kind == Outcome::Kind::Gone) {
        co_return false;
    }
    if (outcome.kind == Outcome::Kind::Refused) {
        co_await refuse(connection, std::move(outcome.refusal));
        co_return false;
    }

    // A connection whose request is at a worker is closed by nobody: see make_room() and
    // close_waiting().
    const int socket = connection->transport->socket().native_handle();
    job->request.abandoned = [this, socket] { return over_ || has_left(socket); };
    connection->transport->expire_never();
    connection->enter(Phase::Worker);
    HttpResponse response = co_await handle(job);
    connection->enter(Phase::Transfer);
    if (response.stream && streams_ >= kHttpStreamsMax) {
        response = detail::problem(503, "busy", "too many live readers at once; try again");
    }
    const bool keep_alive = head->keep_alive && !draining_ && !response.stream;
    const bool written = co_await write_response(connection, response, keep_alive, head_only);
    if (written && response.stream && !head_only && !draining_) {
        co_await write_stream(connection, std::move(response.stream));
    }
    if (written && !keep_alive) {
        connection->transport->expire_after(kLinger);
        co_await connection->transport->finish_writing();
    }
    connection->enter(Phase::Head);
    co_return written&& keep_alive;
}

/// Whether the body may be read; if not, the job's response says why.
asio::awaitable<bool> Server::admit(std::shared_ptr<Connection> connection,
                                    std::shared_ptr<Job> job, const detail::RequestHead& head)
{
    const bool is_long =
        head.chunked || head.content_length.value_or(0) > options_.admit_above_bytes;
    if (!options_.admit || !is_long) {
        co_return true;
    }
    connection->transport->expire_never();
    connection->enter(Phase::Worker);
    job->asks_admission = true;
    job->response = co_await handle(job);
    job->asks_admission = false;
    connection->enter(Phase::Transfer);
    co_return job->admitted;
}

asio::awaitable<Outcome> Server::read_head(std::shared_ptr<Connection> connection,
                                           std::size_t& bytes)
{
    Transport& transport = *connection->transport;
    transport.expire_after(options_.idle);
    bool begun = false;
    for (std::size_t scanned = 0;;) {
        const std::string_view seen = connection->unread();
        if (!begun && !seen.empty()) {
            begun = true;
            transport.expire_after(options_.header);
        }
        const auto end = seen.find("\r\n\r\n", scanned < 3 ? 0 : scanned - 3);
        const std::string_view head = seen.substr(0, end == seen.npos ? seen.npos : end + 4);
        // Only new bytes, and the one before them: a peer that sends one at a time costs no more.
        const std::string_view fresh =
            head.substr(scanned < 1 ? 0 : std::min(scanned - 1, head.size()));
        const std::size_t skip = scanned > 0 && fresh.starts_with('\n') ? 1 : 0;
        if (detail::find_bad_byte(fresh.substr(skip)) != std::string_view::npos) {
            co_return refused(400, "bad-request",
                              "the head of the request holds a control byte or a line end other "
                              "than CRLF");
        }
        if (head.size() > options_.header_bytes_max) {
            co_return refused(431, "header-too-large",
                              "the head of the request is longer than " +
                                  std::to_string(options_.header_bytes_max) + " bytes");
        }
        if (end != seen.npos) {
            bytes = end + 4;
            co_return Outcome{};
        }
        scanned = seen.size();
        const asio::mutable_buffer space = connection->input.prepare(kReadBytes);
        const auto [error, count] = co_await transport.read_some(space);
        connection->input.commit(count);
        if (error) {
            co_return gone();
        }
    }
}

asio::awaitable<Outcome> Server::read_body(std::shared_ptr<Connection> connection,
                                           const detail::RequestHead& head, BodyLease& lease,
                                           std::string& body)
{
    Transport& transport = *connection->transport;
    if (head.content_length.value_or(0) > options_.body_bytes_max) {
        co_return refused(413, "too-large",
                          "the body has " + std::to_string(*head.content_length) +
                              " bytes, at most " + std::to_string(options_.body_bytes_max) +
                              " are taken");
    }
    transport.expire_after(options_.request);
    if (head.expects_continue) {
        constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
        const error_code error = co_await transport.write(kContinue);
        if (error) {
            co_return gone();
        }
    }

    BodyParser parser;
    parser.eager(true);
    parser.header_limit(static_cast<std::uint32_t>(options_.header_bytes_max + 1));
    parser.body_limit(options_.body_bytes_max);
    while (!parser.is_done()) {
        error_code error;
        const std::size_t used = parser.put(connection->input.data(), error);
        connection->input.consume(used);
        if (error == beast::http::error::body_limit) {
            co_return refused(413, "too-large",
                              "the body is longer than " + std::to_string(options_.body_bytes_max) +
                                  " bytes");
        }
        if (error && error != beast::http::error::need_more) {
            co_return refused(400, "bad-request",
                              "the request breaks HTTP/1.1: " + error.message());
        }
        if (parser.is_header_done() && !agree(head, parser)) {
            co_return refused(400, "bad-request",
                              "the head of the request can be read in two ways");
        }
        if (parser.is_done()) {
            break;
        }
        // Beast sets no bound on a chunk's extensions; what it left is a part of a line.
        if (connection->input.size() > options_.header_bytes_max) {
            co_return refused(400, "bad-request",
                              "a chunk's size line or the trailers are longer than " +
                                  std::to_string(options_.header_bytes_max) + " bytes");
        }
        const asio::mutable_buffer space = connection->input.prepare(kReadBytes);
        const auto [read_error, count] = co_await transport.read_some(space);
        connection->input.commit(count);
        if (read_error) {
            co_return gone();
        }
        if (!lease.grow(count)) {
            co_return refused(503, "busy", "too many request bodies at once; try again");
        }
        const std::chrono::milliseconds earned(lease.bytes() * 1000 /
                                               base::limits::kHttpBodyBytesPerSecondMin);
        transport.extend(earned);
    }
    body = std::move(parser.get().body());
    co_return Outcome{};
}

asio::awaitable<HttpResponse> Server::handle(std::shared_ptr<Job> job)
{
    job->done.expires_at(asio::steady_timer::time_point::max());
    std::shared_ptr<Job> offered = job;
    if (!jobs_.try_push(offered, 0)) {
        static auto& full = base::counter("tanggap_http_busy_total",
                                          "Requests answered 503 because all workers were busy.");
        full.add();
        co_return detail::problem(503, "busy", "all workers are busy; try again");
    }
    co_await job->done.async_wait(kToken);
    co_return std::move(job->response);
}

asio::awaitable<bool> Server::write_response(std::shared_ptr<Connection> connection,
                                             const HttpResponse& response, bool keep_alive,
                                             bool head_only)
{
    Transport& transport = *connection->transport;
    const std::string date = detail::format_http_date(base::system_clock().now().seconds());
    const detail::ResponseHeadOptions options{.keep_alive = keep_alive, .date = date};
    std::string head = detail::render_response_head(response, options);
    std::string_view body = head_only ? std::string_view() : detail::body_of(response);
    if (body.size() < kReadBytes) {
        head += body;
        body = {};
    }
    transport.expire_after(options_.write_stall);
    error_code error = co_await transport.write(head);
    while (!error && !body.empty()) {
        const std::string_view piece = body.substr(0, kWriteBytes);
        transport.expire_after(options_.write_stall);
        error = co_await transport.write(piece);
        body.remove_prefix(piece.size());
    }
    co_return !error;
}

/// Sends what the stream gives until it ends, the peer leaves or the server stops.
asio::awaitable<void> Server::write_stream(std::shared_ptr<Connection> connection,
                                           std::shared_ptr<HttpStream> stream)
{
    const detail::StreamPlace place(streams_);
    const int socket = connection->transport->socket().native_handle();
    const auto alarm = connection->alarm = std::make_shared<detail::Alarm>(context_);
    stream->on_ready(detail::ring_from_anywhere(context_, alarm));
    connection->enter(Phase::Stream);
    bool silent = false;
    while (connection->transport->is_open() && !draining_ && !has_left(socket)) {
        std::optional<std::string> found = stream->next();
        if (silent && found && found->empty()) {
            found = stream->beat();
        }
        if (!found || !found->empty()) {
            const std::string chunk = detail::chunk_of(found.value_or(""));
            connection->transport->expire_after(options_.write_stall);
            const error_code error = co_await connection->transport->write(chunk);
            connection->transport->expire_never();
            if (error || !found) {
                co_return;
            }
            silent = false;
            continue;
        }
        if (!alarm->rung) {
            alarm->timer.expires_after(options_.stream_beat);
            co_await alarm->timer.async_wait(kToken);
        }
        silent = !std::exchange(alarm->rung, false);
    }
}

asio::awaitable<void> Server::refuse(std::shared_ptr<Connection> connection, Refusal refusal)
{
    base::counter("tanggap_http_refused_total", "Requests refused before any handler saw them.",
                  {{"reason", std::string(refusal.type)}})
        .add();
    const HttpResponse response = detail::problem(refusal.status, refusal.type, refusal.detail);
    co_await turn_away(connection, response);
}

/// Answers a request whose body is not read.
asio::awaitable<void> Server::turn_away(std::shared_ptr<Connection> connection,
                                        const HttpResponse& response)
{
    const bool written = co_await write_response(connection, response, false, false);
    if (!written) {
        co_return;
    }
    connection->transport->expire_after(
        std::min<std::chrono::milliseconds>(kLinger, options_.request));
    if (!connection->transport->is_tls()) {
        co_await connection->transport->finish_writing();
    }
    co_await drain(connection);
}

/// Reads and drops what the refused peer still sends, at most one more body.
asio::awaitable<void> Server::drain(std::shared_ptr<Connection> connection)
{
    connection->input.consume(connection->input.size());
    for (std::size_t dropped = 0; dropped <= options_.body_bytes_max;) {
        const asio::mutable_buffer space = connection->input.prepare(kReadBytes);
        const auto [error, count] = co_await connection->transport->read_some(space);
        if (error) {
            co_return;
        }
        dropped += count;
    }
}

} // namespace

base::Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpServerOptions& options,
                                                            HttpHandler handler)
{
    if (options.tls_cert_file.empty() != options.tls_key_file.empty()) {
        return base::invalid("TLS needs a certificate and a key file, only one is given");
    }
    std::unique_ptr<asio::ssl::context> tls;
    if (!options.tls_cert_file.empty()) {
        TRY(tls, detail::make_server_tls(options.tls_cert_file, options.tls_key_file));
    }
    TRY(auto proxies, detail::TrustedProxies::parse(options.trusted_proxies));
    auto server =
        std::make_unique<Server>(options, std::move(handler), std::move(proxies), std::move(tls));
    TRY_STATUS(server->listen());
    server->run();
    return server;
}

} // namespace tanggap::net
