#include "net/detail/peer.h"

#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>

#include "base/text.h"

namespace tanggap::net::detail {
namespace {

using Bytes = std::vector<unsigned char>;

std::optional<Bytes> parse_address(std::string_view text)
{
    const std::string terminated(text);
    Bytes bytes(16);
    if (::inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) {
        return bytes;
    }
    bytes.resize(4);
    if (::inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1) {
        return bytes;
    }
    return std::nullopt;
}

bool same_prefix(const Bytes& a, const Bytes& b, unsigned bits)
{
    if (a.size() != b.size() || std::memcmp(a.data(), b.data(), bits / 8) != 0) {
        return false;
    }
    const unsigned rest = bits % 8;
    return rest == 0 || (a[bits / 8] >> (8 - rest)) == (b[bits / 8] >> (8 - rest));
}

bool is_loopback(std::string_view address)
{
    return address == "::1" || address.starts_with("127.");
}

Peer peer_of_v6(const sockaddr_in6& address)
{
    char text[INET6_ADDRSTRLEN] = {};
    if (IN6_IS_ADDR_V4MAPPED(&address.sin6_addr)) {
        ::inet_ntop(AF_INET, address.sin6_addr.s6_addr + 12, text, sizeof text);
    } else {
        ::inet_ntop(AF_INET6, &address.sin6_addr, text, sizeof text);
    }
    return {.address = text, .loopback = is_loopback(text)};
}

std::vector<std::string_view> forwarded_addresses(const HttpRequest& request)
{
    std::vector<std::string_view> out;
    for (const auto& [name, value] : request.headers) {
        std::string_view rest = name == "x-forwarded-for" ? std::string_view(value) : "";
        while (!rest.empty()) {
            const auto comma = rest.find(',');
            out.push_back(base::trim(rest.substr(0, comma)));
            rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
        }
    }
    return out;
}

} // namespace

Peer peer_of(std::string_view sockaddr_bytes)
{
    sockaddr_storage address{};
    std::memcpy(&address, sockaddr_bytes.data(), std::min(sockaddr_bytes.size(), sizeof address));
    if (address.ss_family == AF_INET) {
        char text[INET_ADDRSTRLEN] = {};
        ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text,
                    sizeof text);
        return {.address = text, .loopback = is_loopback(text)};
    }
    if (address.ss_family == AF_INET6) {
        return peer_of_v6(reinterpret_cast<const sockaddr_in6&>(address));
    }
    return {.address = "unix", .loopback = true};
}

base::Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& networks)
{
    TrustedProxies out;
    for (const std::string& text : networks) {
        const auto slash = text.find('/');
        const auto prefix = parse_address(std::string_view(text).substr(0, slash));
        unsigned bits = prefix ? static_cast<unsigned>(prefix->size()) * 8 : 0;
        bool good = prefix.has_value();
        if (good && slash != std::string::npos) {
            const unsigned bits_max = bits;
            const char* end = text.data() + text.size();
            const auto read = std::from_chars(text.data() + slash + 1, end, bits);
            good = read.ec == std::errc{} && read.ptr == end && bits <= bits_max;
        }
        if (!good) {
            return base::invalid("trusted proxy " + base::quoted(text) +
                                 " is neither an address nor a CIDR such as 192.0.2.0/24");
        }
        out.networks_.push_back({*prefix, bits});
    }
    return out;
}

bool TrustedProxies::holds(std::string_view address) const
{
    const auto bytes = parse_address(address);
    if (!bytes) {
        return false;
    }
    for (const Network& network : networks_) {
        if (same_prefix(*bytes, network.prefix, network.bits)) {
            return true;
        }
    }
    return false;
}

void TrustedProxies::identify(const Peer& connection, HttpRequest& request) const
{
    request.peer = connection.address;
    request.peer_is_loopback = connection.loopback;
    if (!holds(connection.address)) {
        return;
    }
    // A proxy that names nobody must not lend its own loopback address to strangers.
    request.peer_is_loopback = false;
    const auto addresses = forwarded_addresses(request);
    for (auto address = addresses.rbegin(); address != addresses.rend(); ++address) {
        if (!parse_address(*address)) {
            break;
        }
        request.peer = *address;
        request.peer_is_loopback = is_loopback(*address);
        if (!holds(*address)) {
            break;
        }
    }
    if (const auto proto = request.header("x-forwarded-proto")) {
        request.tls = *proto == "https";
    }
}

} // namespace tanggap::net::detail
