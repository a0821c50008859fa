#include "net/detail/descriptor.h"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

namespace tanggap::net::detail {
namespace {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;

    sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
};

base::Result<SocketAddress> parse(const ListenOptions& options)
{
    SocketAddress out;
    auto& v4 = reinterpret_cast<sockaddr_in&>(out.storage);
    if (::inet_pton(AF_INET, options.address.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(options.port);
        out.length = sizeof v4;
        return out;
    }
    auto& v6 = reinterpret_cast<sockaddr_in6&>(out.storage);
    if (::inet_pton(AF_INET6, options.address.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(options.port);
        out.length = sizeof v6;
        return out;
    }
    return base::invalid("cannot listen on " + base::quoted(options.address) +
                         ": expected an IPv4 or IPv6 address");
}

} // namespace

void Descriptor::reset()
{
    if (number_ >= 0) {
        ::close(number_);
    }
}

base::Result<Descriptor> bind_socket(const ListenOptions& options, int type, std::uint16_t& port)
{
    TRY(SocketAddress address, parse(options));
    const std::string where = options.address + " port " + std::to_string(options.port);
    Descriptor socket(::socket(address.storage.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) {
        return base::system_error("cannot open a socket for " + where, errno);
    }
    const int on = 1;
    if (type == SOCK_STREAM) {
        ::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    }
    if (::bind(socket.number(), address.raw(), address.length) != 0) {
        return base::system_error("cannot listen on " + where, errno);
    }
    if (::getsockname(socket.number(), address.raw(), &address.length) != 0) {
        return base::system_error("cannot tell the port of " + where, errno);
    }
    port = ntohs(address.storage.ss_family == AF_INET
                     ? reinterpret_cast<sockaddr_in&>(address.storage).sin_port
                     : reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port);
    return socket;
}

base::Result<Descriptor> make_wake()
{
    Descriptor event(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!event) {
        return base::system_error("cannot make an eventfd", errno);
    }
    return event;
}

void wake(const Descriptor& event)
{
    // A full counter is awake already.
    [[maybe_unused]] const int ignored = ::eventfd_write(event.number(), 1);
}

} // namespace tanggap::net::detail
