#include <arpa/inet.h>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <gtest/gtest.h>
#include <mutex>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "net/http.h"

namespace tanggap::net {
namespace {

using std::chrono::milliseconds;

HttpResponse echo(const HttpRequest& request)
{
    HttpResponse response;
    response.body = request.method + " " + request.path + " " + request.body;
    return response;
}

/// A client that sends exactly the bytes of a test, wrong ones included.
class RawPeer {
public:
    explicit RawPeer(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    ~RawPeer() { ::close(socket_); }
    RawPeer(const RawPeer&) = delete;
    RawPeer& operator=(const RawPeer&) = delete;

    void send(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) {
                return;
            }
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    void finish() { ::shutdown(socket_, SHUT_WR); }

    /// Everything until the server closes.
    std::string read_all()
    {
        std::string out;
        char buffer[4096];
        for (ssize_t n = 0; (n = ::recv(socket_, buffer, sizeof buffer, 0)) > 0;) {
            out.append(buffer, static_cast<std::size_t>(n));
        }
        return out;
    }
    std::string read_until(std::string_view end)
    {
        std::string out;
        char byte = 0;
        while (!out.ends_with(end) && ::recv(socket_, &byte, 1, 0) == 1) {
            out += byte;
        }
        return out;
    }

private:
    int socket_;
};

std::unique_ptr<HttpServer> start(HttpServerOptions options, HttpHandler handler = echo)
{
    auto server = HttpServer::start(options, std::move(handler));
    EXPECT_TRUE(server) << (server ? "" : server.error().message);
    return std::move(*server);
}

std::string answer_to(std::string_view bytes)
{
    const auto server = start({.worker_threads = 1});
    RawPeer peer(server->port());
    peer.send(bytes);
    peer.finish();
    return peer.read_all();
}

std::unique_ptr<HttpClient> client_of(const HttpServer& server)
{
    return HttpClient::make({.base_url = "http://127.0.0.1:" + std::to_string(server.port())});
}

TEST(HttpServer, AnswersAndKeepsTheConnection)
{
    const auto answers = answer_to("GET /a%20b?q=1 HTTP/1.1\r\nHost: x\r\n\r\n"
                                   "POST /c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nxyz"
                                   "GET /d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answers.find("\r\n\r\nGET /a b "), std::string::npos) << answers;
    EXPECT_NE(answers.find("\r\n\r\nPOST /c xyz"), std::string::npos) << answers;
    EXPECT_NE(answers.find("Connection: close\r\n\r\nGET /d "), std::string::npos) << answers;
}

TEST(HttpServer, TakesAChunkedBody)
{
    const auto answer =
        answer_to("POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\n\r\n");
    EXPECT_NE(answer.find("POST /c abcde"), std::string::npos) << answer;
}

TEST(HttpServer, AnswersHeadWithTheLengthAndNoBody)
{
    const auto answer = answer_to("HEAD /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answer.find("Content-Length: 7\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

/// A stream whose pieces a test pushes; "" ends it.
class PushedStream final : public HttpStream {
public:
    void push(std::string piece)
    {
        const std::lock_guard lock(mutex_);
        pieces_.push_back(std::move(piece));
        if (wake_) {
            wake_();
        }
    }
    void on_ready(std::function<void()> wake) override
    {
        const std::lock_guard lock(mutex_);
        wake_ = std::move(wake);
    }
    std::optional<std::string> next() override
    {
        const std::lock_guard lock(mutex_);
        if (pieces_.empty()) {
            return "";
        }
        std::string piece = std::move(pieces_.front());
        pieces_.erase(pieces_.begin());
        return piece.empty() ? std::nullopt : std::optional(std::move(piece));
    }
    std::string beat() override { return "beat"; }

private:
    std::mutex mutex_;
    std::vector<std::string> pieces_;
    std::function<void()> wake_;
};

constexpr std::string_view kAsk = "GET /live HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(HttpServer, SendsAStreamAsItComesAndEndsIt)
{
    const auto stream = std::make_shared<PushedStream>();
    const auto server = start({.worker_threads = 1}, [&](const HttpRequest&) {
        HttpResponse response;
        response.stream = stream;
        return response;
    });
    RawPeer peer(server->port());
    peer.send(kAsk);
    const std::string head = peer.read_until("\r\n\r\n");
    EXPECT_NE(head.find("Transfer-Encoding: chunked\r\n"), std::string::npos) << head;
    EXPECT_EQ(head.find("Content-Length"), std::string::npos) << head;
    stream->push("one");
    EXPECT_EQ(peer.read_until("one\r\n"), "3\r\none\r\n");
    stream->push("twelve bytes");
    EXPECT_EQ(peer.read_until("bytes\r\n"), "c\r\ntwelve bytes\r\n");
    stream->push("");
    EXPECT_EQ(peer.read_all(), "0\r\n\r\n");
}

TEST(HttpServer, BeatsInSilenceAndClosesStreamsWhenItStops)
{
    const auto stream = std::make_shared<PushedStream>();
    const auto server =
        start({.worker_threads = 1, .stream_beat = milliseconds(1)}, [&](const HttpRequest&) {
            HttpResponse response;
            response.stream = stream;
            return response;
        });
    RawPeer peer(server->port());
    peer.send(kAsk);
    EXPECT_TRUE(peer.read_until("4\r\nbeat\r\n").ends_with("4\r\nbeat\r\n"));
    server->stop();
    EXPECT_FALSE(peer.read_all().ends_with("0\r\n\r\n")) << "cut, not ended: the reader comes back";
}

TEST(HttpServer, StopsWhileAStreamSleeps)
{
    const auto stream = std::make_shared<PushedStream>();
    const auto server = start(
        {.worker_threads = 1, .stream_beat = std::chrono::hours(1), .drain = std::chrono::hours(1)},
        [&](const HttpRequest&) {
            HttpResponse response;
            response.stream = stream;
            return response;
        });
    RawPeer peer(server->port());
    peer.send(kAsk);
    peer.read_until("\r\n\r\n");
    server->stop();
    EXPECT_EQ(peer.read_all(), "");
}

TEST(HttpServer, TurnsAwayStreamsAboveTheirLimit)
{
    const auto server = start({.worker_threads = 1}, [&](const HttpRequest&) {
        HttpResponse response;
        response.stream = std::make_shared<PushedStream>();
        return response;
    });
    std::vector<std::unique_ptr<RawPeer>> peers;
    for (std::size_t i = 0; i < kHttpStreamsMax; ++i) {
        peers.push_back(std::make_unique<RawPeer>(server->port()));
        peers.back()->send(kAsk);
        EXPECT_NE(peers.back()->read_until("\r\n\r\n").find(" 200 "), std::string::npos);
    }
    RawPeer one_more(server->port());
    one_more.send(kAsk);
    EXPECT_NE(one_more.read_until("\r\n\r\n").find(" 503 "), std::string::npos);
    peers.clear();
}

TEST(HttpServer, RefusesWhatCouldBeReadInTwoWays)
{
    const std::string_view hostile[] = {
        "GET / HTTP/1.1\nHost: x\n\n",                          // bare LF
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n\r\n",      // bare LF in a header
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n",      // bare CR
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n", // obs-fold
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",                   // blank before colon
        "GET / HTTP/1.1\r\n Host: x\r\n\r\n",                   // leading blank
        "GET / HTTP/1.1\r\n\r\n",                               // no Host
        "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",         // two Hosts
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
        "GET http://other/ HTTP/1.1\r\nHost: x\r\n\r\n",       // absolute form
        "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",               // asterisk form
        "CONNECT other:443 HTTP/1.1\r\nHost: x\r\n\r\n",       // authority form
        "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",                // blank in target
        "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",                // bad escape
        "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n",              // NUL
        "GET /a%2Fb HTTP/1.1\r\nHost: x\r\n\r\n",              // escaped slash
        "GET /a/../b HTTP/1.1\r\nHost: x\r\n\r\n",             // climbs
        "GET / HTTP/2.0\r\nHost: x\r\n\r\n",                   // other version
        "GET / HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\n\r\n", // unknown Expect
        "G\x01T / HTTP/1.1\r\nHost: x\r\n\r\n",                // control byte
        "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",               // line before
    };
    const auto server = start({.worker_threads = 1});
    for (const std::string_view bytes : hostile) {
        RawPeer peer(server->port());
        peer.send(bytes);
        peer.finish();
        const std::string answer = peer.read_all();
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << bytes << "\n=> " << answer;
        EXPECT_EQ(answer.find("Date: "), answer.rfind("Date: ")) << "answered twice: " << bytes;
    }
}

TEST(HttpServer, RefusesAHeadAndABodyAboveTheirLimits)
{
    const auto server =
        start({.worker_threads = 1, .header_bytes_max = 1000, .body_bytes_max = 100});
    const auto ask = [&](const std::string& bytes) {
        RawPeer peer(server->port());
        peer.send(bytes);
        peer.finish();
        return peer.read_all().substr(0, 12);
    };
    EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(2000, 'a')), "HTTP/1.1 431");
    EXPECT_EQ(ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n"), "HTTP/1.1 413");
    EXPECT_EQ(ask("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" +
                  std::string(101, 'a') + "\r\n0\r\n\r\n"),
              "HTTP/1.1 413");
}

TEST(HttpServer, InvitesABodyOnlyWhenItWillTakeIt)
{
    const auto server = start({.worker_threads = 1, .body_bytes_max = 100});
    RawPeer peer(server->port());
    peer.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(peer.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    peer.send("hi");
    EXPECT_TRUE(peer.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));

    RawPeer large(server->port());
    large.send(
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\nExpect: 100-continue\r\n\r\n");
    large.finish();
    EXPECT_TRUE(large.read_all().starts_with("HTTP/1.1 413 "));
}

TEST(HttpServer, AsksBeforeItReadsALongBodyAndRefusesItUnread)
{
    std::atomic<int> handled{0};
    HttpServerOptions options{.worker_threads = 1};
    options.admit_above_bytes = 10;
    options.admit = [](const HttpRequest& request) -> std::optional<HttpResponse> {
        EXPECT_TRUE(request.body.empty());
        return request.header("authorization") ? std::nullopt
                                               : std::optional(HttpResponse{.status = 401});
    };
    const auto server = start(options, [&](const HttpRequest& request) {
        ++handled;
        return echo(request);
    });
    const auto ask = [&](const std::string& rest) {
        RawPeer peer(server->port());
        peer.send("POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + rest);
        peer.finish();
        return peer.read_all().substr(0, 12);
    };
    EXPECT_EQ(ask("Content-Length: 500\r\nExpect: 100-continue\r\n\r\n"), "HTTP/1.1 401");
    EXPECT_EQ(ask("Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"), "HTTP/1.1 401");
    EXPECT_EQ(handled, 0);
    EXPECT_EQ(ask("Content-Length: 10\r\n\r\n0123456789"), "HTTP/1.1 200");
    EXPECT_EQ(ask("Authorization: yes\r\nContent-Length: 11\r\n\r\n0123456789a"), "HTTP/1.1 200");
    EXPECT_EQ(handled, 2);
}

TEST(HttpServer, BoundsTheLinesBetweenChunks)
{
    const auto server = start({.worker_threads = 1, .header_bytes_max = 1000});
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string flood(200'000, 'b');
    for (const std::string& body : {"3;a=" + flood, "3\r\nabc\r\n0\r\nX: " + flood}) {
        RawPeer peer(server->port());
        peer.send(head + body);
        peer.finish();
        EXPECT_TRUE(peer.read_all().starts_with("HTTP/1.1 400 ")) << body.substr(0, 20);
    }
}

TEST(HttpServer, MakesRoomByClosingTheSlowestBody)
{
    HttpServerOptions options{.worker_threads = 1, .connections_max = 2};
    options.request = std::chrono::hours(1);
    const auto server = start(options);
    const std::string_view part = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
                                  "Expect: 100-continue\r\n\r\n";
    RawPeer first(server->port());
    first.send(part);
    first.read_until("\r\n\r\n"); // The server waits for its body.
    RawPeer second(server->port());
    second.send(part);
    second.read_until("\r\n\r\n");
    RawPeer third(server->port());
    third.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(third.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
    EXPECT_EQ(first.read_all(), "");
}

TEST(HttpServer, StopsAlthoughABodyNeverEnds)
{
    HttpServerOptions options{.worker_threads = 1};
    options.request = std::chrono::hours(1);
    options.drain = milliseconds(20);
    const auto server = start(options);
    RawPeer peer(server->port());
    peer.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");
    peer.read_until("\r\n\r\n");
    server->stop(); // Returns only because the drain has an end.
    EXPECT_EQ(peer.read_all(), "");
}

TEST(HttpServer, ClosesThoseWhoStayTooLong)
{
    HttpServerOptions options{.worker_threads = 1};
    options.idle = options.header = options.request = milliseconds(30);
    const auto server = start(options);
    for (const std::string_view bytes :
         {"", "GET / HTT", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"}) {
        RawPeer peer(server->port());
        peer.send(bytes);
        EXPECT_EQ(peer.read_all(), "") << bytes; // Returns only because the server closes.
    }
}

TEST(HttpServer, AnswersBusyWhenAllWorkersAndTheirQueueAreFull)
{
    std::promise<void> release;
    std::promise<void> entered;
    std::shared_future<void> released(release.get_future());
    std::atomic<int> calls{0};
    const auto server =
        start({.worker_threads = 1, .worker_queue_items_max = 1}, [&](const HttpRequest&) {
            if (calls++ == 0) {
                entered.set_value();
            }
            released.wait();
            return HttpResponse{};
        });
    const std::string_view ask = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    RawPeer at_work(server->port());
    at_work.send(ask);
    entered.get_future().wait();
    // One of the next two finds the only place in the queue, the other is told to come again.
    RawPeer second(server->port());
    second.send(ask);
    RawPeer third(server->port());
    third.send(ask);
    std::string answers;
    std::thread reader([&] { answers = second.read_all(); });
    std::string others = third.read_until("\r\n\r\n");
    if (others.find(" 503 ") == std::string::npos) {
        ADD_FAILURE() << "expected a 503 while the queue is full, found " << others;
    }
    EXPECT_NE(others.find("Retry-After: 1"), std::string::npos);
    release.set_value();
    reader.join();
    EXPECT_TRUE(answers.starts_with("HTTP/1.1 200 ")) << answers;
    EXPECT_TRUE(at_work.read_all().starts_with("HTTP/1.1 200 "));
}

TEST(HttpServer, FinishesWhatRunsBeforeItStops)
{
    std::promise<void> entered;
    std::promise<void> release;
    auto server = start({.worker_threads = 1}, [&](const HttpRequest&) {
        entered.set_value();
        release.get_future().wait();
        return HttpResponse{.body = "done"};
    });
    RawPeer idle(server->port());
    RawPeer peer(server->port());
    peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    entered.get_future().wait();
    std::thread stopper([&] { server->stop(); });
    EXPECT_EQ(idle.read_all(), ""); // Closed at once: the drain has begun.
    release.set_value();
    EXPECT_TRUE(peer.read_all().ends_with("done"));
    stopper.join();
}

TEST(HttpServer, TellsAHandlerThatItsClientHasLeft)
{
    std::promise<void> begun;
    std::promise<void> noticed;
    const auto server = start({}, [&](const HttpRequest& request) {
        EXPECT_FALSE(request.abandoned());
        begun.set_value();
        while (!request.abandoned()) {
            std::this_thread::yield();
        }
        noticed.set_value();
        return HttpResponse{};
    });
    {
        RawPeer peer(server->port());
        peer.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        begun.get_future().wait();
    }
    noticed.get_future().wait();
}

TEST(HttpServer, TellsAHandlerWhoseClientStillWaitsThatTheDrainIsOver)
{
    std::promise<void> begun;
    const auto server =
        start({.drain = std::chrono::milliseconds(20)}, [&](const HttpRequest& request) {
            begun.set_value();
            while (!request.abandoned()) {
                std::this_thread::yield();
            }
            return HttpResponse{};
        });
    RawPeer peer(server->port());
    peer.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    begun.get_future().wait();
    server->stop(); // returns: the handler was told
    EXPECT_EQ(peer.read_all(), "");
}

TEST(HttpClient, ClosesTheConnectionOfARequestThatNobodyWaitsForAnyMore)
{
    std::atomic<bool> begun = false;
    const auto server = start({}, [&](const HttpRequest& request) {
        begun = true;
        while (!request.abandoned()) {
            std::this_thread::yield();
        }
        return HttpResponse{};
    });
    const auto client =
        HttpClient::make({.base_url = "http://127.0.0.1:" + std::to_string(server->port())});
    HttpClientRequest request{.target = "/slow"};
    request.abandoned = [&] { return begun.load(); };
    EXPECT_EQ(client->send(request).error().code, base::Code::Unavailable);
}

TEST(HttpServer, BelievesForwardedAddressesOnlyOfTrustedProxies)
{
    const auto ask = [](HttpServerOptions options, const std::string& forwarded) {
        const auto server = start(std::move(options), [](const HttpRequest& request) {
            return HttpResponse{.body = request.peer +
                                        (request.peer_is_loopback ? " loopback" : "") +
                                        (request.tls ? " tls" : "")};
        });
        auto client = client_of(*server);
        const auto answer = client->send(
            {.target = "/",
             .headers = {{"X-Forwarded-For", forwarded}, {"X-Forwarded-Proto", "https"}}});
        return answer ? answer->body : answer.error().message;
    };
    EXPECT_EQ(ask({.worker_threads = 1}, "203.0.113.7"), "127.0.0.1 loopback");
    const HttpServerOptions behind{.trusted_proxies = {"127.0.0.0/8", "192.0.2.1"},
                                   .worker_threads = 1};
    EXPECT_EQ(ask(behind, "198.51.100.9, 203.0.113.7, 192.0.2.1"), "203.0.113.7 tls");
    EXPECT_EQ(ask(behind, "not an address"), "127.0.0.1 tls");
    EXPECT_FALSE(HttpServer::start({.trusted_proxies = {"192.0.2.0/33"}}, echo));
}

TEST(HttpServer, TurnsABrokenHandlerIntoA500)
{
    const auto server = start({.worker_threads = 1}, [](const HttpRequest& request) {
        if (request.path == "/throw") {
            throw std::runtime_error("library");
        }
        return HttpResponse{.headers = {{"X", "a\r\nSet-Cookie: b"}}};
    });
    auto client = client_of(*server);
    for (const std::string target : {"/throw", "/split"}) {
        const auto answer = client->send({.target = target});
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->status, 500);
        EXPECT_FALSE(answer->header("set-cookie"));
    }
}

TEST(HttpServer, ListensOnAUnixSocketAndRemovesItAtTheEnd)
{
    const std::string path = ::testing::TempDir() + "tanggap-net-" + std::to_string(::getpid());
    {
        const auto server = start({.address = "unix:" + path, .worker_threads = 1});
        auto client = HttpClient::make({.base_url = "unix:" + path});
        const auto answer = client->send({.target = "/x"});
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->body, "GET /x ");
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(HttpServer, SaysWhyItCannotListen)
{
    const auto server = start({.worker_threads = 1});
    const auto second = HttpServer::start({.port = server->port()}, echo);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, base::Code::Unavailable);
    EXPECT_NE(second.error().message.find("127.0.0.1:"), std::string::npos);
    EXPECT_FALSE(HttpServer::start({.address = "no address"}, echo));
    EXPECT_FALSE(HttpServer::start({.tls_cert_file = "only.pem"}, echo));
}

TEST(HttpClient, SendsAndReceivesLargeBodiesOnOneConnection)
{
    const auto server = start({.worker_threads = 1});
    auto client = client_of(*server);
    const std::string body(6'000'000, 'b');
    for (int i = 0; i < 3; ++i) {
        const auto answer = client->send({.method = "POST", .target = "/p", .body_view = body});
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->body.size(), body.size() + 8);
    }
}

TEST(HttpClient, MakesANewConnectionWhenTheServerClosedTheOldOne)
{
    auto server = start({.worker_threads = 1});
    auto client = client_of(*server);
    ASSERT_TRUE(client->send({.target = "/1"}));
    const std::uint16_t port = server->port();
    server->stop();
    const auto refused = client->send({.target = "/2"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::Code::Unavailable);
    server = start({.port = port, .worker_threads = 1});
    EXPECT_TRUE(client->send({.target = "/3"}));
}

TEST(HttpClient, RefusesAnAnswerAboveItsLimit)
{
    const auto server = start({.worker_threads = 1}, [](const HttpRequest&) {
        return HttpResponse{.body = std::string(1000, 'x')};
    });
    auto client =
        HttpClient::make({.base_url = "http://127.0.0.1:" + std::to_string(server->port()),
                          .response_bytes_max = 999});
    const auto answer = client->send({.target = "/"});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, base::Code::Exhausted);
}

/// A server that reads one request and answers with the bytes of a test.
class CannedServer {
public:
    explicit CannedServer(std::string answer)
        : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), length);
        ::listen(listener_, 1);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, answer = std::move(answer)] {
            const int peer = ::accept(listener_, nullptr, nullptr);
            char buffer[4096];
            [[maybe_unused]] auto n = ::recv(peer, buffer, sizeof buffer, 0);
            n = ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
            ::close(peer);
        });
    }
    ~CannedServer()
    {
        thread_.join();
        ::close(listener_);
    }
    CannedServer(const CannedServer&) = delete;
    CannedServer& operator=(const CannedServer&) = delete;
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

private:
    int listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

TEST(HttpClient, FailsWhenTheAnswerIsCutShort)
{
    for (const std::string answer :
         {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
          "HTTP/1.1 200 OK\r\n\r\nabc", // No length: a cut could not be seen.
          "HTTP/1.1 200", "", "garbage\r\n\r\n"}) {
        const CannedServer server(answer);
        auto client = HttpClient::make({.base_url = server.url()});
        const auto result = client->send({.target = "/"});
        ASSERT_FALSE(result) << answer;
        EXPECT_EQ(result.error().code, base::Code::Unavailable) << result.error().message;
    }
}

TEST(HttpClient, PassesOverInterimAnswersAndReadsChunks)
{
    const CannedServer server("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 207 Multi\r\nX-A: b\r\n"
                              "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n");
    auto client = HttpClient::make({.base_url = server.url()});
    const auto result = client->send({.target = "/"});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->status, 207);
    EXPECT_EQ(result->body, "abcd");
    EXPECT_EQ(result->header("x-a"), "b");
}

TEST(HttpClient, GivesUpInTime)
{
    std::promise<void> release;
    const auto server = start({.worker_threads = 1}, [&](const HttpRequest&) {
        release.get_future().wait();
        return HttpResponse{};
    });
    auto client =
        HttpClient::make({.base_url = "http://127.0.0.1:" + std::to_string(server->port()),
                          .request_timeout = milliseconds(20)});
    const auto result = client->send({.target = "/"});
    release.set_value();
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("no answer in time"), std::string::npos);
}

TEST(HttpClient, RefusesAddressesAndRequestsThatBreakTheProtocol)
{
    for (const std::string url : {"", "ftp://x", "http://", "http://x:99999", "http://a@b", "x"}) {
        const auto result = HttpClient::make({.base_url = url})->send({.target = "/"});
        ASSERT_FALSE(result) << url;
        EXPECT_EQ(result.error().code, base::Code::Invalid) << url;
    }
    auto client = HttpClient::make({.base_url = "http://127.0.0.1:1"});
    EXPECT_EQ(client->send({.target = "/a b"}).error().code, base::Code::Invalid);
    EXPECT_EQ(client->send({.target = "/", .headers = {{"A", "b\r\nC: d"}}}).error().code,
              base::Code::Invalid);
}

TEST(Percent, EncodesWhatIsReservedAndDecodesItBack)
{
    const std::string text("a/b c%é\0~", 10);
    EXPECT_EQ(percent_encode("a b/~"), "a%20b%2F~");
    EXPECT_EQ(percent_decode(percent_encode(text)), text);
    EXPECT_FALSE(percent_decode("%2"));
    EXPECT_FALSE(percent_decode("%gg"));
}

} // namespace
} // namespace tanggap::net
