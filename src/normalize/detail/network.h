// Networks as bits, IPv4 inside IPv6.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace tanggap::normalize::detail {

using Bits = std::array<unsigned char, 16>;

struct Network {
    Bits bits{};         ///< of the address, those behind the prefix are 0
    unsigned length = 0; ///< 0..128

    friend bool operator==(const Network&, const Network&) = default;
};

/// The first `length` bits.
Bits masked(Bits bits, unsigned length);
/// "192.0.2.0/24", "2001:db8::/48" or an address alone. Nothing: it is none.
std::optional<Network> parse_network(std::string_view text);

} // namespace tanggap::normalize::detail
