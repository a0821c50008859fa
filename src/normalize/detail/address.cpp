#include "normalize/detail/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace tanggap::normalize::detail {
namespace {

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_port(std::string_view text)
{
    return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, is_digit);
}

CanonicalAddress from_text(std::string_view text)
{
    CanonicalAddress address;
    address.length = text.copy(address.buffer.data(), address.buffer.size());
    return address;
}

std::string_view without_brackets_and_zone(std::string_view text)
{
    if (text.starts_with('[') && text.ends_with(']')) {
        text = text.substr(1, text.size() - 2);
    }
    return text.substr(0, text.find('%'));
}

} // namespace

bool is_plain_ipv4(std::string_view text)
{
    if (text.size() < 7 || text.size() > 15) {
        return false;
    }
    int parts = 0;
    std::size_t i = 0;
    while (i < text.size()) {
        int value = 0;
        const std::size_t begin = i;
        while (i < text.size() && is_digit(text[i]) && i - begin < 3) {
            value = value * 10 + (text[i] - '0');
            ++i;
        }
        const bool padded = i - begin > 1 && text[begin] == '0';
        if (i == begin || value > 255 || padded || ++parts > 4) {
            return false;
        }
        if (i == text.size()) {
            break;
        }
        if (text[i] != '.' || i + 1 == text.size()) {
            return false;
        }
        ++i;
    }
    return parts == 4;
}

std::optional<CanonicalAddress> canonical_address(std::string_view text)
{
    if (is_plain_ipv4(text)) {
        return from_text(text);
    }
    text = without_brackets_and_zone(text);
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.size() >= terminated.size() || text.find(':') == std::string_view::npos) {
        return std::nullopt;
    }
    text.copy(terminated.data(), text.size());
    in6_addr bytes{};
    if (inet_pton(AF_INET6, terminated.data(), &bytes) != 1) {
        return std::nullopt;
    }
    CanonicalAddress address;
    if (IN6_IS_ADDR_V4MAPPED(&bytes)) {
        inet_ntop(AF_INET, &bytes.s6_addr[12], address.buffer.data(),
                  static_cast<socklen_t>(address.buffer.size()));
    } else {
        inet_ntop(AF_INET6, &bytes, address.buffer.data(),
                  static_cast<socklen_t>(address.buffer.size()));
    }
    address.length = std::strlen(address.buffer.data());
    return address;
}

bool is_address(std::string_view text)
{
    return canonical_address(text).has_value();
}

std::optional<std::array<unsigned char, 16>> address_bits(std::string_view text)
{
    const auto canonical = canonical_address(text);
    if (!canonical) {
        return std::nullopt;
    }
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    canonical->text().copy(terminated.data(), terminated.size() - 1);
    std::array<unsigned char, 16> bits{};
    if (inet_pton(AF_INET6, terminated.data(), bits.data()) == 1) {
        return bits;
    }
    bits[10] = bits[11] = 0xFF;
    return inet_pton(AF_INET, terminated.data(), &bits[12]) == 1 ? std::optional(bits)
                                                                 : std::nullopt;
}

bool has_no_place(const std::array<unsigned char, 16>& bits)
{
    struct Network {
        std::array<unsigned char, 16> prefix;
        unsigned length;
    };
    constexpr auto kV4 = [](unsigned char a, unsigned char b, unsigned char c, unsigned length) {
        return Network{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, a, b, c}, 96 + length};
    };
    constexpr auto kNetworks = std::to_array<Network>({
        kV4(0, 0, 0, 8),
        kV4(10, 0, 0, 8),
        kV4(100, 64, 0, 10),
        kV4(127, 0, 0, 8),
        kV4(169, 254, 0, 16),
        kV4(172, 16, 0, 12),
        kV4(192, 0, 2, 24), // RFC 5737, with 198.51.100 and 203.0.113
        kV4(192, 168, 0, 16),
        kV4(198, 51, 100, 24),
        kV4(203, 0, 113, 24),
        {{}, 127},                      // :: and ::1
        {{0x20, 0x01, 0x0D, 0xB8}, 32}, // RFC 3849
        {{0xFC}, 7},
        {{0xFE, 0x80}, 10},
    });
    return std::ranges::any_of(kNetworks, [&](const Network& network) {
        const unsigned whole = network.length / 8;
        const unsigned rest = 8 - network.length % 8;
        return std::equal(bits.begin(), bits.begin() + whole, network.prefix.begin()) &&
               (rest == 8 || (bits[whole] ^ network.prefix[whole]) >> rest == 0);
    });
}

std::optional<Endpoint> split_endpoint(std::string_view text)
{
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || !is_port(text.substr(colon + 1))) {
        return is_address(text) ? std::optional(Endpoint{text, {}}) : std::nullopt;
    }
    const std::string_view before = text.substr(0, colon);
    if (is_address(before)) {
        return Endpoint{before, text.substr(colon + 1)};
    }
    return is_address(text) ? std::optional(Endpoint{text, {}}) : std::nullopt;
}

} // namespace tanggap::normalize::detail
