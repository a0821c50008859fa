#include "normalize/detail/network.h"

#include <algorithm>
#include <charconv>

#include "normalize/detail/address.h"

namespace tanggap::normalize::detail {

constexpr unsigned kIpv4Prefix = 96; ///< IPv4 lies in ::ffff:0:0/96

Bits masked(Bits bits, unsigned length)
{
    for (unsigned i = 0; i < bits.size(); ++i) {
        const unsigned kept = length <= i * 8 ? 0 : std::min(length - i * 8, 8U);
        bits[i] = static_cast<unsigned char>(bits[i] & (0xFF00U >> kept & 0xFFU));
    }
    return bits;
}

std::optional<Network> parse_network(std::string_view text)
{
    const auto slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    const auto bits = address_bits(address);
    if (!bits) {
        return std::nullopt;
    }
    const bool ipv4 = address.find(':') == std::string_view::npos;
    const unsigned most = ipv4 ? 32 : 128;
    unsigned length = most;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), length);
        if (error != std::errc{} || end != digits.data() + digits.size() || length > most) {
            return std::nullopt;
        }
    }
    length += ipv4 ? kIpv4Prefix : 0;
    return Network{.bits = masked(*bits, length), .length = length};
}

} // namespace tanggap::normalize::detail
