#include "net/sockets.h"

#include <array>
#include <cerrno>
#include <linux/sock_diag.h>
#include <mutex>
#include <poll.h>
#include <sys/socket.h>
#include <vector>

#include "net/detail/descriptor.h"
#include "net/detail/peer.h"

namespace tanggap::net {
namespace {

/// One recvmmsg: 64 datagrams of the largest size are 4 MiB.
constexpr std::size_t kBatch = 64;
constexpr std::size_t kDatagramBytesMax = 64 * 1024;
/// Asked of the kernel; without privilege it grants net.core.rmem_max.
constexpr int kReceiveBufferBytes = 16 * 1024 * 1024;

class Receiver final : public DatagramReceiver {
public:
    Receiver(detail::Descriptor socket, detail::Descriptor wake, std::uint16_t port)
        : socket_(std::move(socket)), wake_(std::move(wake)), port_(port)
    {
        for (std::size_t i = 0; i < kBatch; ++i) {
            parts_[i] = {.iov_base = buffer_.data() + i * kDatagramBytesMax,
                         .iov_len = kDatagramBytesMax};
            messages_[i].msg_hdr.msg_iov = &parts_[i];
            messages_[i].msg_hdr.msg_iovlen = 1;
            messages_[i].msg_hdr.msg_name = &senders_[i];
        }
    }

    std::uint16_t port() const override { return port_; }
    base::Result<std::span<const Datagram>> receive(std::chrono::milliseconds wait) override;
    void interrupt() override { detail::wake(wake_); }
    std::uint64_t dropped() override;

private:
    std::string_view peer_of(std::size_t index);

    const detail::Descriptor socket_;
    const detail::Descriptor wake_;
    const std::uint16_t port_;
    std::vector<char> buffer_ = std::vector<char>(kBatch * kDatagramBytesMax);
    std::array<iovec, kBatch> parts_{};
    std::array<mmsghdr, kBatch> messages_{};
    std::array<sockaddr_storage, kBatch> senders_{};
    std::array<Datagram, kBatch> datagrams_{};
    std::array<std::string, kBatch> peers_{};

    std::mutex drops_mutex_; // The kernel's counter is 32 bits: who reads it must see each wrap.
    std::uint32_t drops_seen_ = 0;
    std::uint64_t drops_ = 0;
};

std::string_view Receiver::peer_of(std::size_t index)
{
    const msghdr& header = messages_[index].msg_hdr;
    const std::string_view bytes(static_cast<const char*>(header.msg_name), header.msg_namelen);
    peers_[index] = detail::peer_of(bytes).address;
    return peers_[index];
}

base::Result<std::span<const Datagram>> Receiver::receive(std::chrono::milliseconds wait)
{
    std::array<pollfd, 2> polled{{{.fd = socket_.number(), .events = POLLIN, .revents = 0},
                                  {.fd = wake_.number(), .events = POLLIN, .revents = 0}}};
    const int ready = ::poll(polled.data(), polled.size(), static_cast<int>(wait.count()));
    if (ready < 0 && errno != EINTR) {
        return base::system_error("cannot wait for datagrams", errno);
    }
    if (ready <= 0 || polled[0].revents == 0) {
        return std::span<const Datagram>();
    }
    for (mmsghdr& message : messages_) {
        message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    }
    const int count = ::recvmmsg(socket_.number(), messages_.data(), kBatch, MSG_DONTWAIT, nullptr);
    if (count < 0) {
        if (errno == EAGAIN || errno == EINTR) {
            return std::span<const Datagram>();
        }
        return base::system_error("cannot receive datagrams", errno);
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        const auto* bytes = static_cast<const char*>(parts_[i].iov_base);
        datagrams_[i] = {.bytes = {bytes, messages_[i].msg_len}, .peer = peer_of(i)};
    }
    return std::span<const Datagram>(datagrams_).first(static_cast<std::size_t>(count));
}

std::uint64_t Receiver::dropped()
{
    std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
    socklen_t length = sizeof info;
    const std::lock_guard lock(drops_mutex_);
    if (::getsockopt(socket_.number(), SOL_SOCKET, SO_MEMINFO, info.data(), &length) == 0) {
        const std::uint32_t now = info[SK_MEMINFO_DROPS];
        drops_ += static_cast<std::uint32_t>(now - drops_seen_);
        drops_seen_ = now;
    }
    return drops_;
}

} // namespace

base::Result<std::unique_ptr<DatagramReceiver>> DatagramReceiver::open(const ListenOptions& options)
{
    std::uint16_t port = 0;
    TRY(detail::Descriptor socket, detail::bind_socket(options, SOCK_DGRAM, port));
    TRY(detail::Descriptor wake, detail::make_wake());
    const int bytes = kReceiveBufferBytes;
    if (::setsockopt(socket.number(), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0) {
        ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    }
    return std::make_unique<Receiver>(std::move(socket), std::move(wake), port);
}

} // namespace tanggap::net
