// Addresses as logs write them.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace tanggap::normalize::detail {

/// An address in its one form: IPv4 dotted, IPv6 as RFC 5952; IPv4 mapped into IPv6 is IPv4.
struct CanonicalAddress {
    std::array<char, 46> buffer{};
    std::size_t length = 0;
    std::string_view text() const { return {buffer.data(), length}; }
};

/// Takes "192.0.2.1", "2001:DB8::1", "[2001:db8::1]", "::ffff:192.0.2.1", "fe80::1%eth0".
std::optional<CanonicalAddress> canonical_address(std::string_view text);
bool is_address(std::string_view text);
/// Whether `text` is dotted IPv4 in its canonical form already: the common case, no copy needed.
bool is_plain_ipv4(std::string_view text);

/// The 128 bits of an address; IPv4 as ::ffff:a.b.c.d. Nothing where `text` is none.
std::optional<std::array<unsigned char, 16>> address_bits(std::string_view text);

/// Whether the address names a host only inside one network, or only in documents: this network,
/// private, shared, loopback, link-local, unique local (RFC 1122, 1918, 6598, 3927, 4291, 4193),
/// documentation (RFC 5737, 3849). No table of the world has anything true to say about it. `bits`
/// as address_bits() gives them.
bool has_no_place(const std::array<unsigned char, 16>& bits);

struct Endpoint {
    std::string_view address;
    std::string_view port; ///< empty where there is none
};
/// "192.0.2.1:80", "[2001:db8::1]:80", an IPv6 address with ":port" behind (as fast.log writes),
/// or an address alone. Nothing where the address is none.
std::optional<Endpoint> split_endpoint(std::string_view text);

} // namespace tanggap::normalize::detail
