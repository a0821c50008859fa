// Addresses and networks as ranges of mapped IPv6.
#include "query/query.h"
#include "query/value.h"

#include <arpa/inet.h>
#include <charconv>
#include <cstring>

#include "base/text.h"

namespace tanggap::query {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

std::unexpected<base::Error> not_an_address(std::string_view text)
{
    return base::invalid(base::quoted(text, 50) +
                         " is not an address or network; write 203.0.113.7, 203.0.113.0/24 or "
                         "2001:db8::/32");
}

/// Number of leading bits that are fixed before the prefix counts: 96 for mapped IPv4.
base::Result<unsigned> read_address(const std::string& text, std::string_view whole, Bytes& bytes)
{
    in_addr v4{};
    if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
        bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
        std::memcpy(bytes.data() + 12, &v4, 4);
        return 96U;
    }
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) {
        return 0U;
    }
    return not_an_address(whole);
}

std::string text_of(const Bytes& bytes, unsigned fixed)
{
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    const bool v4 = fixed == 96;
    inet_ntop(v4 ? AF_INET : AF_INET6, bytes.data() + (v4 ? 12 : 0), buffer.data(), buffer.size());
    return buffer.data();
}

void set_bits_from(Bytes& bytes, unsigned prefix, bool value)
{
    for (unsigned bit = prefix; bit < 128; ++bit) {
        const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
        auto& byte = bytes[bit / 8];
        byte = static_cast<std::uint8_t>(value ? byte | mask : byte & ~mask);
    }
}

} // namespace

base::Result<AddressRange> parse_address_range(std::string_view text)
{
    const std::size_t slash = text.find('/');
    AddressRange range;
    TRY(const unsigned fixed, read_address(std::string(text.substr(0, slash)), text, range.first));
    range.last = range.first;
    if (slash == std::string_view::npos) {
        return range;
    }
    const std::string_view digits = text.substr(slash + 1);
    unsigned prefix = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    if (error != std::errc{} || end != digits.data() + digits.size() || prefix > 128 - fixed) {
        return not_an_address(text);
    }
    set_bits_from(range.first, fixed + prefix, false);
    set_bits_from(range.last, fixed + prefix, true);
    Bytes written{};
    TRY(const unsigned again, read_address(std::string(text.substr(0, slash)), text, written));
    if (written != range.first) {
        return base::invalid(base::quoted(text, 50) + " has bits below its prefix; did you mean " +
                             text_of(range.first, again) + "/" + std::to_string(prefix) + "?");
    }
    return range;
}

} // namespace tanggap::query

namespace tanggap::query::detail {

std::string canonical_address(std::string_view text)
{
    const std::size_t slash = text.find('/');
    Bytes bytes{};
    const auto fixed = read_address(std::string(text.substr(0, slash)), text, bytes);
    if (!fixed) {
        return std::string(text);
    }
    const std::string_view prefix = slash == std::string_view::npos ? "" : text.substr(slash);
    return text_of(bytes, *fixed) + std::string(prefix);
}

} // namespace tanggap::query::detail
