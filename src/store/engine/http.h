// The engine child's own HTTP/1.1: one request a connection, strict, small. It shares nothing with
// the program's web server, so that the child stays a handful of system calls.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace tanggap::store::engine {

/// A request without its body.
struct RequestHead {
    std::string method;                                     ///< GET or POST
    std::string path;                                       ///< "/", "/ping"
    std::vector<std::pair<std::string, std::string>> query; ///< decoded, in order
    std::size_t content_length = 0;
    bool expects_continue = false;

    std::optional<std::string_view> value(std::string_view name) const;
};

/// Reads a head that ends in an empty line. Strict: CRLF only, no folded lines, one Content-Length,
/// no Transfer-Encoding, no bad escape. Errors: Invalid with what was found.
base::Result<RequestHead> parse_head(std::string_view head);

/// One client. Owns the socket. Thread: one at a time.
class Connection {
public:
    explicit Connection(int socket) : socket_(socket) {}
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    int socket() const { return socket_; }
    base::Result<RequestHead> read_head();
    /// Reads at most `size` bytes of the body into `piece`; empty at its end.
    /// Errors: Unavailable when the client is gone before.
    base::Status read_body(std::string& piece, std::size_t size);
    base::Result<std::string> read_whole_body(std::size_t bytes_max);

    struct Header {
        std::string name;
        std::string value;
    };
    bool send_whole(int status, const std::vector<Header>& headers, std::string_view body);
    bool begin_chunks(int status, const std::vector<Header>& headers);
    bool send_chunk(std::string_view bytes);
    bool end_chunks();

private:
    bool send_all(std::string_view bytes);
    bool send_head(int status, const std::vector<Header>& headers, std::string_view framing);

    int socket_;
    std::string buffered_; ///< read beyond the head
    std::size_t body_left_ = 0;
};

} // namespace tanggap::store::engine
