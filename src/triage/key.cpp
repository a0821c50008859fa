// What makes two detections the same activity (rulings 26).
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <optional>
#include <string_view>

#include "base/limits.h"
#include "base/text.h"
#include "triage/triage.h"

namespace tanggap::triage {
namespace {

using model::Event;

constexpr std::size_t kAddressBytes = 16;
constexpr std::size_t kNetworkBytes = 8; ///< /64

/// The zone of a link-local address ("fe80::1%eth0") means something on one machine only.
std::string_view without_zone(std::string_view address)
{
    return address.substr(0, address.find('%'));
}

/// An address as bytes, IPv4 mapped into ::ffff:0:0/96. Absent where `text` is not an address.
std::optional<std::array<std::uint8_t, kAddressBytes>> address_bytes(std::string_view text)
{
    const std::string_view bare = without_zone(text);
    char copy[INET6_ADDRSTRLEN] = {};
    if (bare.empty() || bare.size() >= sizeof copy) {
        return std::nullopt;
    }
    bare.copy(copy, bare.size());

    std::array<std::uint8_t, kAddressBytes> bytes{};
    if (inet_pton(AF_INET6, copy, bytes.data()) == 1) {
        return bytes;
    }
    bytes[10] = bytes[11] = 0xFF;
    const bool is_v4 = inet_pton(AF_INET, copy, bytes.data() + 12) == 1;
    return is_v4 ? std::optional(bytes) : std::nullopt;
}

/// Source: RFC 4291 §2.5.5.2.
bool is_mapped_v4(const std::array<std::uint8_t, kAddressBytes>& bytes)
{
    return std::all_of(bytes.begin(), bytes.begin() + 10, [](auto byte) { return byte == 0; }) &&
           bytes[10] == 0xFF && bytes[11] == 0xFF;
}

enum class V6 { Whole, Network };

/// Canonical text of an address: IPv4 exact, IPv6 whole or its /64. Empty where it is none.
std::string address_text(std::string_view text, V6 v6)
{
    auto bytes = address_bytes(text);
    if (!bytes) {
        return {};
    }
    char out[INET6_ADDRSTRLEN] = {};
    if (is_mapped_v4(*bytes)) {
        inet_ntop(AF_INET, bytes->data() + 12, out, sizeof out);
        return out;
    }
    if (v6 == V6::Network) {
        std::fill(bytes->begin() + kNetworkBytes, bytes->end(), std::uint8_t{0});
    }
    inet_ntop(AF_INET6, bytes->data(), out, sizeof out);
    return v6 == V6::Network ? std::string(out) + "/64" : std::string(out);
}

/// Host and domain names do not differ by case (RFC 4343).
std::string host_text(const Event& event, std::string_view field)
{
    return base::to_lower_ascii(event.text(field));
}

std::string source_of(const Event& event)
{
    for (const std::string_view field : {"source.ip", "source.address"}) {
        if (std::string address = address_text(event.text(field), V6::Network); !address.empty()) {
            return address;
        }
    }
    std::string host = host_text(event, "host.name");
    if (const std::string_view user = event.text("user.name"); !user.empty() && !host.empty()) {
        return std::string(user) + "@" + host;
    }
    if (!host.empty()) {
        return host;
    }
    // A log that resolves names and says nothing else still tells its senders apart.
    std::string named = host_text(event, "source.address");
    return named.empty() ? std::string(event.sensor) : named;
}

std::string target_of(const Event& event)
{
    if (const std::string_view asset = event.text("tanggap.asset.id"); !asset.empty()) {
        return std::string(asset);
    }
    for (const std::string_view field : {"url.domain", "host.name"}) {
        if (std::string host = host_text(event, field); !host.empty()) {
            return host;
        }
    }
    std::string address = address_text(event.text("destination.ip"), V6::Whole);
    return address.empty() ? std::string(event.sensor) : address;
}

std::string technique_of(const model::RuleInfo& rule)
{
    if (rule.techniques.empty()) {
        return rule.id;
    }
    std::string technique = rule.techniques.front();
    technique.resize(std::min(technique.find('.'), technique.size()));
    std::ranges::transform(technique, technique.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return technique;
}

std::string limited(const std::string& part)
{
    return base::cut_with_hash(part, base::limits::kAlertKeyPartBytesMax);
}

} // namespace

model::AlertKey key_of(const Event& event, const model::RuleInfo& rule)
{
    return {.source = limited(source_of(event)),
            .technique = limited(technique_of(rule)),
            .target = limited(target_of(event))};
}

} // namespace tanggap::triage
