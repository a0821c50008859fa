// Indicators: values of attacks that others have seen, and the one form in which they are compared.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace tanggap::model {

enum class IndicatorKind : std::uint8_t { Address, Network, Domain, Url, Hash, Email, FileName };
inline constexpr std::size_t kIndicatorKinds = 7;
std::string_view name_of(IndicatorKind kind); ///< "address", "network", …
std::optional<IndicatorKind> parse_indicator_kind(std::string_view text);

struct Indicator {
    IndicatorKind kind = IndicatorKind::Domain;
    std::string value;            ///< in its one form: canonical_indicator()
    std::string source;           ///< who says so: a feed, a file, a MISP event
    std::string label;            ///< what it is of: "Xorist ransomware"
    std::string tlp;              ///< "TLP:AMBER"; empty: not said
    std::uint8_t confidence = 75; ///< 0..100
    base::Time expires;           ///< from then on no match; zero: never
};

/// An address as 128 bits; IPv4 as ::ffff:a.b.c.d.
using AddressBits = std::array<std::uint8_t, 16>;
std::optional<AddressBits> address_bits_of(std::string_view text);

struct NetworkBits {
    AddressBits bits{};  ///< behind the prefix all zero
    unsigned prefix = 0; ///< 0..128; an IPv4 /24 is 120
};
/// "203.0.113.0/24", "2001:db8::/32". Bits behind the prefix are dropped.
std::optional<NetworkBits> network_bits_of(std::string_view text);

/// The one form of `text`; feeds write hxxp://evil[.]example and Evil.Example. just as well.
/// Errors: Invalid, saying what a value of the kind looks like.
base::Result<std::string> canonical_indicator(IndicatorKind kind, std::string_view text);
/// What `text` is by its look, and its one form: for lists that do not say. Empty where it is none.
struct GuessedIndicator {
    IndicatorKind kind = IndicatorKind::Domain;
    std::string value;
};
std::optional<GuessedIndicator> guess_indicator(std::string_view text);

/// Forms for look-ups of what logs hold. Each appends to `out` and gives false where it is none.
bool append_domain(std::string& out, std::string_view text);
/// Without the scheme and its usual port: "evil.example/a?b". `bare` is the same without "?b".
struct UrlForm {
    std::string whole;
    std::string bare;
    std::string host; ///< a domain or an address, as written in lower case
};
std::optional<UrlForm> url_form_of(std::string_view text);
bool is_hash(std::string_view text);

} // namespace tanggap::model
