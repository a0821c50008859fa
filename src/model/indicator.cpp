#include "model/indicator.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/text.h"

namespace tanggap::model {
namespace {

constexpr std::string_view kNames[] = {"address", "network", "domain",   "url",
                                       "hash",    "email",   "file_name"};
constexpr std::size_t kValueBytesMax = 4'096;

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_hex(char c)
{
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

/// Undoes what makes a link dead in a report: hxxp, [.], (.), [:], [@], [dot], [at].
std::string without_defanging(std::string_view text)
{
    std::string out(base::trim(text));
    const auto replace = [&out](std::string_view from, std::string_view to) {
        for (auto at = out.find(from); at != std::string::npos; at = out.find(from, at)) {
            out.replace(at, from.size(), to);
            at += to.size();
        }
    };
    if (out.find_first_of("[(") != std::string::npos && !out.starts_with("[")) {
        replace("[.]", ".");
        replace("(.)", ".");
        replace("[dot]", ".");
        replace("[:]", ":");
        replace("[@]", "@");
        replace("[at]", "@");
    }
    if (base::to_lower_ascii(out.substr(0, 4)) == "hxxp") {
        out.replace(0, 4, "http");
    }
    return out;
}

/// A label of a name: letters, digits, '-' and '_', and bytes of other scripts.
bool is_label(std::string_view label)
{
    constexpr std::size_t kLabelBytesMax = 63;
    return !label.empty() && label.size() <= kLabelBytesMax &&
           std::ranges::all_of(label, [](char c) {
               const char small = lower(c);
               return (small >= 'a' && small <= 'z') || is_digit(c) || c == '-' || c == '_' ||
                      static_cast<unsigned char>(c) >= 0x80;
           });
}

base::Result<std::string> wrong(IndicatorKind kind, std::string_view text, std::string_view form)
{
    return base::invalid(base::quoted(text) + " is no " + std::string(name_of(kind)) +
                         "; one looks like " + std::string(form));
}

std::optional<std::string> canonical_address_of(std::string_view text)
{
    const auto bits = address_bits_of(text);
    if (!bits) {
        return std::nullopt;
    }
    std::array<char, INET6_ADDRSTRLEN> out{};
    constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    const bool v4 = std::equal(kMapped.begin(), kMapped.end(), bits->begin());
    inet_ntop(v4 ? AF_INET : AF_INET6, bits->data() + (v4 ? 12 : 0), out.data(), out.size());
    return out.data();
}

std::optional<std::string> canonical_email_of(std::string_view text)
{
    const auto at = text.rfind('@');
    std::string out = base::to_lower_ascii(text.substr(0, at == std::string_view::npos ? 0 : at));
    if (out.empty() || out.find_first_of(" \t<>\"") != std::string::npos) {
        return std::nullopt;
    }
    out += '@';
    return append_domain(out, text.substr(at + 1)) ? std::optional(out) : std::nullopt;
}

/// Of "*.evil.example" the domain itself is meant: its children match with it.
std::string_view without_star(std::string_view text)
{
    return text.starts_with("*.") ? text.substr(2) : text;
}

} // namespace

std::string_view name_of(IndicatorKind kind)
{
    return kNames[static_cast<std::size_t>(kind)];
}

std::optional<IndicatorKind> parse_indicator_kind(std::string_view text)
{
    const auto found = std::ranges::find(kNames, text);
    return found == std::end(kNames)
               ? std::nullopt
               : std::optional(static_cast<IndicatorKind>(found - std::begin(kNames)));
}

std::optional<AddressBits> address_bits_of(std::string_view text)
{
    char buffer[INET6_ADDRSTRLEN];
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
        text = text.substr(1, text.size() - 2);
    }
    text = text.substr(0, text.find('%'));
    if (text.empty() || text.size() >= sizeof buffer ||
        (!is_hex(text.front()) && text.front() != ':')) {
        return std::nullopt;
    }
    std::memcpy(buffer, text.data(), text.size());
    buffer[text.size()] = '\0';
    AddressBits bits{};
    if (text.find(':') != std::string_view::npos) {
        return inet_pton(AF_INET6, buffer, bits.data()) == 1 ? std::optional(bits) : std::nullopt;
    }
    bits[10] = bits[11] = 0xFF;
    return inet_pton(AF_INET, buffer, bits.data() + 12) == 1 ? std::optional(bits) : std::nullopt;
}

std::optional<NetworkBits> network_bits_of(std::string_view text)
{
    const auto slash = text.rfind('/');
    const auto bits = address_bits_of(text.substr(0, slash));
    if (!bits || slash == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view digits = text.substr(slash + 1);
    unsigned prefix = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    const bool v4 = text.find(':') == std::string_view::npos;
    if (error != std::errc{} || end != digits.data() + digits.size() || prefix > (v4 ? 32 : 128)) {
        return std::nullopt;
    }
    NetworkBits out{.bits = *bits, .prefix = prefix + (v4 ? 96 : 0)};
    for (std::size_t i = 0; i < out.bits.size(); ++i) {
        const auto kept =
            std::clamp<int>(static_cast<int>(out.prefix) - static_cast<int>(i) * 8, 0, 8);
        out.bits[i] &= static_cast<std::uint8_t>(0xFF00U >> kept);
    }
    return out;
}

bool append_domain(std::string& out, std::string_view text)
{
    constexpr std::size_t kNameBytesMax = 253;
    if (text.ends_with('.')) {
        text.remove_suffix(1);
    }
    if (text.empty() || text.size() > kNameBytesMax) {
        return false;
    }
    const std::size_t before = out.size();
    bool dotted = false;
    for (std::string_view rest = text;;) {
        const auto dot = rest.find('.');
        const auto label = rest.substr(0, dot);
        if (!is_label(label)) {
            out.resize(before);
            return false;
        }
        for (const char c : label) {
            out += lower(c);
        }
        if (dot == std::string_view::npos) {
            break;
        }
        dotted = true;
        out += '.';
        rest.remove_prefix(dot + 1);
    }
    // "a.b" where b is a number is no domain: a version, half an address.
    const bool number =
        is_digit(out.back()) && std::ranges::all_of(text.substr(text.rfind('.') + 1), is_digit);
    if (!dotted || number) {
        out.resize(before);
        return false;
    }
    return true;
}

std::optional<UrlForm> url_form_of(std::string_view text)
{
    const auto scheme_end = text.find("://");
    std::string scheme;
    if (scheme_end != std::string_view::npos) {
        scheme = base::to_lower_ascii(text.substr(0, scheme_end));
        text.remove_prefix(scheme_end + 3);
    }
    text = text.substr(0, text.find('#'));
    const auto host_end = std::min(text.find_first_of("/?"), text.size());
    std::string_view authority = text.substr(0, host_end);
    std::string_view rest = text.substr(host_end);
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        authority.remove_prefix(at + 1);
    }
    std::string_view port;
    const auto colon = authority.rfind(':');
    if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
        port = authority.substr(colon + 1);
        authority = authority.substr(0, colon);
    }
    UrlForm out;
    out.host = base::to_lower_ascii(authority);
    if (out.host.ends_with('.')) {
        out.host.pop_back();
    }
    const bool usual =
        port.empty() || (port == "80" && scheme != "https") || (port == "443" && scheme != "http");
    if (out.host.empty() || out.host.find_first_of(" \t\"'<>\\") != std::string::npos ||
        !std::ranges::all_of(port, is_digit)) {
        return std::nullopt;
    }
    out.whole = out.host + (usual ? "" : ":" + std::string(port));
    if (!rest.starts_with('/')) {
        out.whole += '/';
    }
    // %41 is A wherever no meaning hangs on it (RFC 3986 §6.2.2.2).
    for (std::size_t i = 0; i < rest.size(); ++i) {
        if (rest[i] == '%' && i + 2 < rest.size() && is_hex(rest[i + 1]) && is_hex(rest[i + 2])) {
            unsigned value = 0;
            std::from_chars(rest.data() + i + 1, rest.data() + i + 3, value, 16);
            const char c = static_cast<char>(value);
            const char small = lower(c);
            if ((small >= 'a' && small <= 'z') || is_digit(c) || c == '-' || c == '.' || c == '_' ||
                c == '~') {
                out.whole += c;
            } else {
                out.whole += '%';
                out.whole += static_cast<char>(std::toupper(rest[i + 1]));
                out.whole += static_cast<char>(std::toupper(rest[i + 2]));
            }
            i += 2;
        } else {
            out.whole += rest[i];
        }
    }
    out.bare = out.whole.substr(0, out.whole.find('?'));
    return out;
}

bool is_hash(std::string_view text)
{
    const bool length = text.size() == 32 || text.size() == 40 || text.size() == 56 ||
                        text.size() == 64 || text.size() == 96 || text.size() == 128;
    return length && std::ranges::all_of(text, is_hex);
}

base::Result<std::string> canonical_indicator(IndicatorKind kind, std::string_view given)
{
    if (given.size() > kValueBytesMax || !base::is_utf8(given)) {
        return base::invalid(base::quoted(given) + " is longer than any indicator, or no UTF-8");
    }
    const std::string text = without_defanging(given);
    switch (kind) {
    case IndicatorKind::Address:
        if (auto address = canonical_address_of(text)) {
            return *address;
        }
        return wrong(kind, given, "203.0.113.7 or 2001:db8::7");
    case IndicatorKind::Network: {
        const auto network = network_bits_of(text);
        if (!network) {
            return wrong(kind, given, "203.0.113.0/24 or 2001:db8::/32");
        }
        const bool v4 = text.find(':') == std::string::npos;
        std::array<char, INET6_ADDRSTRLEN> out{};
        inet_ntop(v4 ? AF_INET : AF_INET6, network->bits.data() + (v4 ? 12 : 0), out.data(),
                  out.size());
        return std::string(out.data()) + "/" + std::to_string(network->prefix - (v4 ? 96 : 0));
    }
    case IndicatorKind::Domain: {
        std::string out;
        return append_domain(out, without_star(text)) ? base::Result<std::string>(out)
                                                      : wrong(kind, given, "evil.example");
    }
    case IndicatorKind::Url: {
        const auto form = url_form_of(text);
        std::string host;
        const bool named = form && text.find_first_of(" \t\r\n") == std::string::npos &&
                           (address_bits_of(form->host) || append_domain(host, form->host));
        return named ? base::Result<std::string>(form->whole)
                     : wrong(kind, given, "http://evil.example/path");
    }
    case IndicatorKind::Hash:
        return is_hash(text) ? base::Result<std::string>(base::to_lower_ascii(text))
                             : wrong(kind, given, "an MD5, SHA-1 or SHA-2 in hex");
    case IndicatorKind::Email:
        if (auto email = canonical_email_of(text)) {
            return *email;
        }
        return wrong(kind, given, "name@evil.example");
    case IndicatorKind::FileName: {
        const auto name = text.substr(text.find_last_of("/\\") + 1);
        return name.size() >= 3 ? base::Result<std::string>(base::to_lower_ascii(name))
                                : wrong(kind, given, "dropper.exe");
    }
    }
    return base::internal("a kind of indicator without a form");
}

std::optional<GuessedIndicator> guess_indicator(std::string_view text)
{
    using enum IndicatorKind;
    const auto as = [text](IndicatorKind kind) -> std::optional<GuessedIndicator> {
        auto value = canonical_indicator(kind, text);
        return value ? std::optional(GuessedIndicator{kind, std::move(*value)}) : std::nullopt;
    };
    const bool has_scheme =
        text.find("://") != std::string_view::npos || text.find("[:]//") != std::string_view::npos;
    for (const IndicatorKind kind : {Address, Network, Hash}) {
        if (auto found = as(kind)) {
            return found;
        }
    }
    if (has_scheme) {
        return as(Url);
    }
    if (text.find('@') != std::string_view::npos || text.find("[at]") != std::string_view::npos) {
        return as(Email);
    }
    if (auto found = as(Domain)) {
        return found;
    }
    return text.find('/') != std::string_view::npos ? as(Url) : std::nullopt;
}

} // namespace tanggap::model
