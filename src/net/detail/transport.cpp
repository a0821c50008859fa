#include "net/detail/transport.h"

#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace tanggap::net::detail {
namespace {

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

/// ECDHE with AEAD only; TLS 1.3 has its own list. Source: RFC 9325 §4.2.
constexpr const char* kCipherSuites = "ECDHE+AESGCM:ECDHE+CHACHA20";

void set_common_options(asio::ssl::context& context)
{
    SSL_CTX* native = context.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                    SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_cipher_list(native, kCipherSuites);
}

std::unexpected<base::Error> tls_file_error(std::string_view what, const std::string& file,
                                            const error_code& error)
{
    return base::invalid(std::string(what) + " '" + file + "' cannot be used: " + error.message() +
                         "; expected a readable PEM file");
}

} // namespace

Transport::Transport(Socket socket, asio::ssl::context* tls) : timer_(socket.get_executor())
{
    if (tls != nullptr) {
        tls_.emplace(std::move(socket), *tls);
    } else {
        plain_.emplace(std::move(socket));
    }
}

asio::awaitable<error_code> Transport::handshake_as_client(std::string server_name)
{
    if (!tls_) {
        co_return error_code{};
    }
    SSL_set_tlsext_host_name(tls_->native_handle(), server_name.c_str());
    tls_->set_verify_callback(asio::ssl::host_name_verification(server_name));
    const auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::client, kToken);
    co_return error;
}

asio::awaitable<error_code> Transport::handshake_as_server()
{
    if (!tls_) {
        co_return error_code{};
    }
    const auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::server, kToken);
    co_return error;
}

asio::awaitable<std::pair<error_code, std::size_t>> Transport::read_some(asio::mutable_buffer into)
{
    if (tls_) {
        const auto [error, count] = co_await tls_->async_read_some(into, kToken);
        co_return std::pair(error, count);
    }
    const auto [error, count] = co_await plain_->async_read_some(into, kToken);
    co_return std::pair(error, count);
}

asio::awaitable<error_code> Transport::write(std::string_view bytes)
{
    const asio::const_buffer buffer(bytes.data(), bytes.size());
    if (tls_) {
        const auto [error, count] = co_await asio::async_write(*tls_, buffer, kToken);
        co_return error;
    }
    const auto [error, count] = co_await asio::async_write(*plain_, buffer, kToken);
    co_return error;
}

asio::awaitable<void> Transport::finish_writing()
{
    if (tls_ && is_open()) {
        // Waits for the peer's close_notify as well; the deadline ends a silent one.
        co_await tls_->async_shutdown(kToken);
    }
    error_code ignored; // The peer may be gone already: nothing is left to tell it.
    socket().shutdown(Socket::shutdown_send, ignored);
}

void Transport::expire_after(std::chrono::milliseconds span)
{
    deadline_ = std::chrono::steady_clock::now() + span;
    timer_.expires_at(deadline_);
    watch();
}

void Transport::extend(std::chrono::milliseconds extra)
{
    timer_.expires_at(deadline_ + extra);
    watch();
}

void Transport::expire_never()
{
    timer_.cancel();
}

void Transport::watch()
{
    timer_.async_wait([weak = weak_from_this()](error_code error) {
        const auto self = weak.lock();
        // A wait that was already due when the deadline moved still reports success.
        if (error || !self || self->timer_.expiry() > std::chrono::steady_clock::now()) {
            return;
        }
        self->expired_ = true;
        self->close();
    });
}

void Transport::close()
{
    error_code ignored; // Closing a closed socket is what we want.
    socket().close(ignored);
    timer_.cancel();
}

base::Result<std::unique_ptr<asio::ssl::context>> make_server_tls(const std::string& cert_file,
                                                                  const std::string& key_file)
{
    auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    set_common_options(*context);
    error_code error;
    if (context->use_certificate_chain_file(cert_file, error)) {
        return tls_file_error("certificate", cert_file, error);
    }
    if (context->use_private_key_file(key_file, asio::ssl::context::pem, error)) {
        return tls_file_error("private key", key_file, error);
    }
    if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
        return base::invalid("private key '" + key_file + "' does not belong to certificate '" +
                             cert_file + "'");
    }
    return context;
}

base::Result<std::unique_ptr<asio::ssl::context>> make_client_tls(const std::string& ca_file)
{
    auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
    set_common_options(*context);
    context->set_verify_mode(asio::ssl::verify_peer);
    error_code error;
    if (ca_file.empty()) {
        context->set_default_verify_paths(error);
    } else {
        context->load_verify_file(ca_file, error);
    }
    if (error) {
        return tls_file_error("certificate authority", ca_file, error);
    }
    return context;
}

} // namespace tanggap::net::detail
