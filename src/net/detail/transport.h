// One byte stream, plain or TLS, TCP or unix, with a deadline. Shared by server and client.
// Thread: that of its executor.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/error.h"

namespace tanggap::net::detail {

namespace asio = boost::asio;
using boost::system::error_code;
using Socket = asio::generic::stream_protocol::socket;

class Transport : public std::enable_shared_from_this<Transport> {
public:
    /// `tls` null: plain bytes.
    /// Lifetime: `tls` outlives the transport.
    Transport(Socket socket, asio::ssl::context* tls);

    /// Does nothing on a plain stream. `server_name`: what the certificate must be made out to.
    asio::awaitable<error_code> handshake_as_client(std::string server_name);
    asio::awaitable<error_code> handshake_as_server();

    /// Zero bytes only with an error; end of stream is asio::error::eof.
    asio::awaitable<std::pair<error_code, std::size_t>> read_some(asio::mutable_buffer into);
    asio::awaitable<error_code> write(std::string_view bytes);
    /// Tells the peer that no more bytes come (TLS close_notify, TCP FIN); reading stays possible.
    asio::awaitable<void> finish_writing();

    /// The socket is closed when `span` passes before the next call of expire_*.
    void expire_after(std::chrono::milliseconds span);
    /// Moves the deadline of the last expire_after to `extra` after its first place.
    void extend(std::chrono::milliseconds extra);
    void expire_never();
    bool expired() const { return expired_; }

    void close();
    bool is_open() const { return socket().is_open(); }
    bool is_tls() const { return tls_.has_value(); }
    Socket& socket() { return tls_ ? tls_->next_layer() : *plain_; }
    const Socket& socket() const { return tls_ ? tls_->next_layer() : *plain_; }

private:
    void watch();

    std::optional<Socket> plain_;
    std::optional<asio::ssl::stream<Socket>> tls_;
    asio::steady_timer timer_;
    asio::steady_timer::time_point deadline_;
    bool expired_ = false;
};

/// Contexts of TLS 1.2 and above with forward-secret AEAD suites.
/// Errors: Invalid with the file named and what OpenSSL says of it.
base::Result<std::unique_ptr<asio::ssl::context>> make_server_tls(const std::string& cert_file,
                                                                  const std::string& key_file);
base::Result<std::unique_ptr<asio::ssl::context>> make_client_tls(const std::string& ca_file);

} // namespace tanggap::net::detail
