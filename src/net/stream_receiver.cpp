#include "net/sockets.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <thread>
#include <unordered_map>
#include <vector>

#include "net/detail/descriptor.h"
#include "net/detail/peer.h"

namespace tanggap::net {
namespace {

/// Connections read in one receive(), each at most this much: 4 MiB in all, and no connection can
/// keep another waiting for more than that.
constexpr std::size_t kReadyMax = 64;
constexpr std::size_t kReadBytes = 64 * 1024;

constexpr std::uint64_t kWakeId = 0;
constexpr std::uint64_t kListenerId = 1;

/// While no descriptor is left; the listener stays ready, asking at once again would only spin.
constexpr std::chrono::milliseconds kDescriptorPause{10};

using Clock = std::chrono::steady_clock;

struct Connection {
    detail::Descriptor socket;
    std::string peer;
    bool heard = false;
    Clock::time_point last_heard = Clock::now();
};

class Receiver final : public StreamReceiver {
public:
    Receiver(detail::Descriptor listener, detail::Descriptor epoll, detail::Descriptor wake,
             std::uint16_t port, const StreamOptions& options)
        : listener_(std::move(listener)),
          epoll_(std::move(epoll)),
          wake_(std::move(wake)),
          port_(port),
          connections_max_(options.connections_max),
          silent_max_(options.silent_max)
    {
    }

    std::uint16_t port() const override { return port_; }
    base::Result<std::span<const StreamEvent>> receive(std::chrono::milliseconds wait) override;
    void close(std::uint64_t connection) override { connections_.erase(connection); }
    void interrupt() override { detail::wake(wake_); }
    std::uint64_t refused() const override { return refused_; }

    base::Status watch(int socket, std::uint64_t id);

private:
    using Connections = std::unordered_map<std::uint64_t, Connection>;

    void accept_one();
    void read_one(std::uint64_t id);
    bool make_room(const std::string& newcomer);
    Connections::iterator find_silent();
    Connections::iterator find_crowding(const std::string& newcomer);
    void end(Connections::iterator connection);

    const detail::Descriptor listener_;
    const detail::Descriptor epoll_;
    const detail::Descriptor wake_;
    const std::uint16_t port_;
    const std::size_t connections_max_;
    const std::chrono::milliseconds silent_max_;
    Connections connections_;
    Clock::time_point round_;       ///< of this receive: what was heard in it is viewed by an event
    std::vector<Connection> ended_; ///< kept until the next receive: events view their peers
    std::uint64_t next_id_ = kListenerId + 1;
    std::vector<char> buffer_ = std::vector<char>(kReadyMax * kReadBytes);
    std::vector<StreamEvent> events_;
    std::atomic<std::uint64_t> refused_{0};
};

base::Status Receiver::watch(int socket, std::uint64_t id)
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = id;
    if (::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, socket, &event) != 0) {
        return base::system_error("cannot watch a socket", errno);
    }
    return {};
}

base::Result<std::span<const StreamEvent>> Receiver::receive(std::chrono::milliseconds wait)
{
    events_.clear();
    round_ = Clock::now();
    ended_.clear();
    ended_.reserve(kReadyMax); // Growing would move short peer names away under their views.
    std::array<epoll_event, kReadyMax> ready{};
    const int count =
        ::epoll_wait(epoll_.number(), ready.data(), kReadyMax, static_cast<int>(wait.count()));
    if (count < 0 && errno != EINTR) {
        return base::system_error("cannot wait for connections", errno);
    }
    for (int i = 0; i < count; ++i) {
        const std::uint64_t id = ready[static_cast<std::size_t>(i)].data.u64;
        if (id == kListenerId) {
            accept_one();
        } else if (id != kWakeId) {
            read_one(id);
        }
    }
    return std::span<const StreamEvent>(events_);
}

void Receiver::accept_one()
{
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    detail::Descriptor socket(::accept4(listener_.number(), reinterpret_cast<sockaddr*>(&address),
                                        &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
        // The peer left meanwhile, or descriptors are short: epoll tells us again.
        if (errno == EMFILE || errno == ENFILE) {
            std::this_thread::sleep_for(kDescriptorPause);
        }
        return;
    }
    const std::string_view bytes(reinterpret_cast<const char*>(&address), length);
    std::string peer = detail::peer_of(bytes).address;
    if (connections_.size() >= connections_max_) {
        ++refused_;
        if (!make_room(peer)) {
            return;
        }
    }
    // A device that was switched off never says goodbye.
    const int on = 1;
    ::setsockopt(socket.number(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    const std::uint64_t id = next_id_++;
    if (!watch(socket.number(), id)) {
        ++refused_;
        return;
    }
    connections_[id] = {.socket = std::move(socket), .peer = std::move(peer)};
}

/// At the limit one of those that only hold a place makes room: strangers must not keep the
/// devices out. False: nobody's connection is to blame.
bool Receiver::make_room(const std::string& newcomer)
{
    auto chosen = find_silent();
    if (chosen == connections_.end()) {
        chosen = find_crowding(newcomer);
    }
    if (chosen == connections_.end()) {
        return false;
    }
    end(chosen);
    return true;
}

/// The oldest that never sent a byte, if it had the time to.
Receiver::Connections::iterator Receiver::find_silent()
{
    const auto before = Clock::now() - silent_max_;
    auto oldest = connections_.end();
    for (auto it = connections_.begin(); it != connections_.end(); ++it) {
        const bool silent = !it->second.heard && it->second.last_heard < before;
        if (silent &&
            (oldest == connections_.end() || it->second.last_heard < oldest->second.last_heard)) {
            oldest = it;
        }
    }
    return oldest;
}

/// Of an address that holds more than a quarter of the places, the connection longest unheard.
/// Such an address makes no room for itself.
Receiver::Connections::iterator Receiver::find_crowding(const std::string& newcomer)
{
    std::unordered_map<std::string_view, std::size_t> places;
    for (const auto& [id, connection] : connections_) {
        ++places[connection.peer];
    }
    auto oldest = connections_.end();
    for (auto it = connections_.begin(); it != connections_.end(); ++it) {
        const Connection& held = it->second;
        const bool crowds = held.peer != newcomer && held.last_heard < round_ &&
                            places[held.peer] > connections_max_ / 4;
        if (crowds &&
            (oldest == connections_.end() || held.last_heard < oldest->second.last_heard)) {
            oldest = it;
        }
    }
    return oldest;
}

void Receiver::end(Connections::iterator connection)
{
    const std::uint64_t id = connection->first;
    ended_.push_back(std::move(connection->second));
    connections_.erase(connection);
    events_.push_back({.kind = StreamEvent::Kind::Closed,
                       .connection = id,
                       .peer = ended_.back().peer,
                       .bytes = {}});
}

void Receiver::read_one(std::uint64_t id)
{
    const auto found = connections_.find(id);
    if (found == connections_.end()) {
        return;
    }
    char* space = buffer_.data() + events_.size() * kReadBytes;
    const ssize_t count = ::recv(found->second.socket.number(), space, kReadBytes, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (count > 0) {
        found->second.heard = true;
        found->second.last_heard = Clock::now();
        events_.push_back({.kind = StreamEvent::Kind::Bytes,
                           .connection = id,
                           .peer = found->second.peer,
                           .bytes = {space, static_cast<std::size_t>(count)}});
        return;
    }
    end(found);
}

} // namespace

base::Result<std::unique_ptr<StreamReceiver>> StreamReceiver::open(const StreamOptions& options)
{
    std::uint16_t port = 0;
    TRY(detail::Descriptor listener, detail::bind_socket(options.listen, SOCK_STREAM, port));
    if (::listen(listener.number(), SOMAXCONN) != 0) {
        return base::system_error("cannot listen on " + options.listen.address, errno);
    }
    TRY(detail::Descriptor wake, detail::make_wake());
    detail::Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) {
        return base::system_error("cannot make an epoll", errno);
    }
    const int listener_number = listener.number();
    const int wake_number = wake.number();
    auto receiver = std::make_unique<Receiver>(std::move(listener), std::move(epoll),
                                               std::move(wake), port, options);
    TRY_STATUS(receiver->watch(listener_number, kListenerId));
    TRY_STATUS(receiver->watch(wake_number, kWakeId));
    return receiver;
}

} // namespace tanggap::net
