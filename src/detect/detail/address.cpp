#include "detect/detail/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

#include <fmt/format.h>

#include "base/text.h"

namespace tanggap::detect {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr unsigned kMappedBits = 96;

bool is_mapped(const std::array<std::uint8_t, 16>& bytes)
{
    return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin());
}

Address masked(Address address, unsigned bits)
{
    for (unsigned i = 0; i < 16; ++i) {
        const unsigned kept = bits > i * 8 ? std::min(bits - i * 8, 8U) : 0;
        address.bytes[i] &= static_cast<std::uint8_t>(0xFF00U >> kept);
    }
    return address;
}

std::string text_of(const Address& address, unsigned bits)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.v4) {
        inet_ntop(AF_INET, address.bytes.data() + 12, text.data(), text.size());
        return fmt::format("{}/{}", text.data(), bits - kMappedBits);
    }
    inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
    return fmt::format("{}/{}", text.data(), bits);
}

} // namespace

std::optional<Address> parse_address(std::string_view text)
{
    // Longer text is no address; the buffer also gives inet_pton its terminator.
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    text = text.substr(0, text.find('%'));
    if (text.empty() || text.size() >= buffer.size()) {
        return std::nullopt;
    }
    std::ranges::copy(text, buffer.begin());
    Address address;
    if (inet_pton(AF_INET, buffer.data(), address.bytes.data() + 12) == 1) {
        std::ranges::copy(kMappedPrefix, address.bytes.begin());
        address.v4 = true;
        return address;
    }
    if (inet_pton(AF_INET6, buffer.data(), address.bytes.data()) == 1) {
        address.v4 = is_mapped(address.bytes);
        return address;
    }
    return std::nullopt;
}

bool Network::contains(const Address& address) const
{
    return address.v4 == base.v4 && masked(address, bits).bytes == base.bytes;
}

base::Result<Network> parse_network(std::string_view text)
{
    const auto slash = text.find('/');
    const auto address = parse_address(text.substr(0, slash));
    if (!address || text.contains('%')) {
        return base::invalid(fmt::format("{} is no network", base::quoted(text)));
    }
    const bool written_as_v4 = !text.contains(':');
    const unsigned bits_max = written_as_v4 ? 32 : 128;
    unsigned bits = bits_max;
    if (slash != std::string_view::npos) {
        const auto digits = text.substr(slash + 1);
        const auto [end, fault] =
            std::from_chars(digits.data(), digits.data() + digits.size(), bits);
        if (fault != std::errc{} || end != digits.data() + digits.size() || bits > bits_max) {
            return base::invalid(
                fmt::format("{} needs a prefix length from 0 to {}", base::quoted(text), bits_max));
        }
    }
    Network network{.base = *address, .bits = written_as_v4 ? bits + kMappedBits : bits};
    // ::ffff:0:0/40 and the like are IPv6 networks that merely begin like a mapped address.
    network.base.v4 = address->v4 && network.bits >= kMappedBits;
    if (masked(network.base, network.bits).bytes != network.base.bytes) {
        const auto meant = masked(network.base, network.bits);
        return base::invalid(fmt::format("{} has bits set below its prefix; the network is {}",
                                         base::quoted(text), text_of(meant, network.bits)));
    }
    return network;
}

} // namespace tanggap::detect
