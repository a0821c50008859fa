// File descriptors with one owner, and what both receivers need to open a socket.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "net/sockets.h"

namespace tanggap::net::detail {

class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() { reset(); }
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept
    {
        reset();
        number_ = std::exchange(other.number_, -1);
        return *this;
    }

    int number() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }

private:
    void reset();

    int number_ = -1;
};

/// A non-blocking socket of `type` (SOCK_DGRAM, SOCK_STREAM), bound; the port it got in `port`.
base::Result<Descriptor> bind_socket(const ListenOptions& options, int type, std::uint16_t& port);

/// An eventfd that wakes a poll.
base::Result<Descriptor> make_wake();
void wake(const Descriptor& event);

} // namespace tanggap::net::detail
