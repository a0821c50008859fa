// IP addresses and networks as rules compare them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"

namespace tanggap::detect {

/// 128 bits; IPv4 (and IPv6-mapped IPv4) as ::ffff:a.b.c.d with `v4` set.
struct Address {
    std::array<std::uint8_t, 16> bytes{};
    bool v4 = false;
    friend bool operator==(const Address&, const Address&) = default;
};

/// Nothing where `text` is no address. A zone ("%eth0") is ignored.
std::optional<Address> parse_address(std::string_view text);

/// An IPv6 network never holds an IPv4 address, except one written in the mapped form.
struct Network {
    Address base;
    unsigned bits = 0; ///< of 128
    bool contains(const Address& address) const;
    friend bool operator==(const Network&, const Network&) = default;
};

/// Errors: Invalid where it is no network, or where bits below the prefix are set.
base::Result<Network> parse_network(std::string_view text);

} // namespace tanggap::detect
