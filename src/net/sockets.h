// Receiving sockets for inputs: datagrams in batches, streams from many peers. Linux.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace tanggap::net {

struct ListenOptions {
    std::string address = "127.0.0.1"; ///< IPv4 or IPv6 address
    std::uint16_t port = 0;            ///< 0: any free one
};

/// Lifetime: `bytes` until the next receive; `peer` as long.
struct Datagram {
    std::string_view bytes;
    std::string_view peer; ///< address as text
};

/// Thread: receive() from one; interrupt() and dropped() from any.
class DatagramReceiver {
public:
    /// Errors: Invalid for the address, Unavailable when it cannot be bound.
    static base::Result<std::unique_ptr<DatagramReceiver>> open(const ListenOptions& options);
    virtual ~DatagramReceiver() = default;

    virtual std::uint16_t port() const = 0;
    /// Waits up to `wait` for the first datagram, then takes what is there, at most one batch.
    /// Empty: nothing came, or interrupt() was called.
    virtual base::Result<std::span<const Datagram>> receive(std::chrono::milliseconds wait) = 0;
    /// From now on no receive() waits; what has arrived is still given.
    virtual void interrupt() = 0;
    /// Datagrams the kernel threw away because its buffer was full, since open().
    virtual std::uint64_t dropped() = 0;
};

/// What happened on one connection. Lifetime: views until the next receive.
struct StreamEvent {
    enum class Kind : std::uint8_t { Bytes, Closed };
    Kind kind = Kind::Bytes;
    std::uint64_t connection = 0; ///< never reused
    std::string_view peer;
    std::string_view bytes; ///< Kind::Bytes only
};

struct StreamOptions {
    ListenOptions listen;
    std::size_t connections_max = 1024; ///< more are closed at once and counted
    /// At that number one that has sent nothing for so long makes room.
    std::chrono::milliseconds silent_max = std::chrono::seconds(30);
};

/// Pull, not push: a caller that does not ask holds the peers back through TCP's own window.
/// Thread: receive() and close() from one; interrupt() and refused() from any.
class StreamReceiver {
public:
    static base::Result<std::unique_ptr<StreamReceiver>> open(const StreamOptions& options);
    virtual ~StreamReceiver() = default;

    virtual std::uint16_t port() const = 0;
    virtual base::Result<std::span<const StreamEvent>> receive(std::chrono::milliseconds wait) = 0;
    virtual void close(std::uint64_t connection) = 0; ///< no Closed event follows
    virtual void interrupt() = 0;
    /// Connections closed at the limit: new ones, and those that made room.
    virtual std::uint64_t refused() const = 0;
};

} // namespace tanggap::net
