// What the server keeps of one connection and of one request on its way.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "net/detail/peer.h"
#include "net/detail/transport.h"
#include "net/http.h"

namespace tanggap::net::detail {

struct Refusal {
    int status = 400;
    std::string_view type = "bad-request";
    std::string detail;
};

/// What reading a part of a request came to. Gone: the peer left, nobody is there to answer.
struct Outcome {
    enum class Kind { Ready, Gone, Refused };
    Kind kind = Kind::Ready;
    Refusal refusal;
};

inline Outcome gone()
{
    return {.kind = Outcome::Kind::Gone, .refusal = {}};
}

inline Outcome refused(int status, std::string_view type, std::string detail)
{
    return {.kind = Outcome::Kind::Refused,
            .refusal = {.status = status, .type = type, .detail = std::move(detail)}};
}

/// Where a connection stands, cheapest to close first. Head: nothing is lost when it is closed now.
/// Stream: its reader comes back and misses nothing. Transfer: bytes of a body or an answer are on
/// their way. Worker: a handler has its request.
enum class Phase { Head, Stream, Transfer, Worker };

/// Wakes the coroutine of one stream. Thread: the I/O thread.
struct Alarm {
    explicit Alarm(boost::asio::io_context& context) : timer(context) {}

    boost::asio::steady_timer timer;
    bool rung = false; ///< also when nobody slept yet

    void ring()
    {
        rung = true;
        timer.cancel();
    }
};

/// A function for any thread that rings the alarm, if it still is there. Many calls, one message.
inline std::function<void()> ring_from_anywhere(boost::asio::io_context& context,
                                                const std::shared_ptr<Alarm>& alarm)
{
    const auto under_way = std::make_shared<std::atomic_bool>(false);
    return [&context, weak = std::weak_ptr(alarm), under_way] {
        if (under_way->exchange(true)) {
            return;
        }
        boost::asio::post(context, [weak, under_way] {
            under_way->store(false);
            if (const auto alarm = weak.lock()) {
                alarm->ring();
            }
        });
    };
}

struct Connection {
    std::shared_ptr<Transport> transport;
    std::shared_ptr<Alarm> alarm = {}; ///< of the stream being sent
    Peer peer;
    boost::beast::flat_buffer input;
    Phase phase = Phase::Head;
    std::chrono::steady_clock::time_point phase_since = std::chrono::steady_clock::now();

    void enter(Phase next)
    {
        phase = next;
        phase_since = std::chrono::steady_clock::now();
    }

    /// Its coroutine ends soon after, wherever it waits.
    void close() const
    {
        transport->close();
        if (alarm) {
            alarm->ring();
        }
    }

    std::string_view unread() const
    {
        return {static_cast<const char*>(input.data().data()), input.size()};
    }
};

/// A request at a worker; the coroutine sleeps on `done` until the worker cancels it.
struct Job {
    explicit Job(boost::asio::io_context& context) : done(context) {}

    HttpRequest request;
    HttpResponse response;
    bool asks_admission = false; ///< the head alone is there
    bool admitted = false;
    boost::asio::steady_timer done;
};

/// One of the streams being sent. Thread: the I/O thread.
class StreamPlace {
public:
    explicit StreamPlace(std::size_t& taken) : taken_(taken) { ++taken_; }
    ~StreamPlace() { --taken_; }
    StreamPlace(const StreamPlace&) = delete;
    StreamPlace& operator=(const StreamPlace&) = delete;

private:
    std::size_t& taken_;
};

/// Counts body bytes of one request against those of all. Thread: the I/O thread.
class BodyLease {
public:
    BodyLease(std::size_t& used, std::size_t bytes_max) : used_(used), bytes_max_(bytes_max) {}
    ~BodyLease() { used_ -= bytes_; }
    BodyLease(const BodyLease&) = delete;
    BodyLease& operator=(const BodyLease&) = delete;

    bool grow(std::size_t bytes)
    {
        if (used_ + bytes > bytes_max_) {
            return false;
        }
        used_ += bytes;
        bytes_ += bytes;
        return true;
    }
    std::size_t bytes() const { return bytes_; }

private:
    std::size_t& used_;
    const std::size_t bytes_max_;
    std::size_t bytes_ = 0;
};

} // namespace tanggap::net::detail
