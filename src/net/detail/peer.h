// Who speaks: socket addresses as text, and whom a trusted proxy speaks for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "net/http.h"

namespace tanggap::net::detail {

struct Peer {
    std::string address; ///< "192.0.2.7", "2001:db8::1", "unix"; v4-mapped shown as v4
    bool loopback = false;
};

/// `bytes` hold a sockaddr as accept(2) gives it.
Peer peer_of(std::string_view sockaddr_bytes);

/// Networks whose X-Forwarded-* are believed.
class TrustedProxies {
public:
    /// Errors: Invalid with the text that is neither an address nor a CIDR.
    static base::Result<TrustedProxies> parse(const std::vector<std::string>& networks);
    bool holds(std::string_view address) const;

    /// Sets peer, peer_is_loopback and tls of `request` from the connection and, behind a trusted
    /// proxy, from the right-most forwarded address that is no trusted proxy itself.
    void identify(const Peer& connection, HttpRequest& request) const;

private:
    struct Network {
        std::vector<unsigned char> prefix; ///< 4 or 16 bytes
        unsigned bits = 0;
    };
    std::vector<Network> networks_;
};

} // namespace tanggap::net::detail
