#include "casework/observable.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <unordered_map>

#include "base/limits.h"
#include "base/text.h"
#include "casework/detail/names.h"
#include "casework/detail/refang.h"

namespace tanggap::casework {
namespace {

using detail::Refanged;

constexpr std::size_t kHostBytesMax = 253;
constexpr std::size_t kLabelBytesMax = 63;
constexpr std::size_t kUrlBytesMax = 2048;
constexpr std::size_t kFileNameBytesMax = 200;
constexpr std::size_t kLocalPartBytesMax = 64;

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}
bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || is_upper(c);
}
bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Length of the well-formed UTF-8 letter at `at`; 0 for ASCII, for broken bytes, and for signs:
/// Latin-1's (U+0080…BF), general punctuation (U+2000…206F), CJK's (U+3000…303F), full-width ones.
std::size_t foreign_letter(std::string_view text, std::size_t at)
{
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const unsigned lead = byte(at);
    const std::size_t length = lead >= 0xF0 && lead <= 0xF4  ? 4
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xC3 && lead < 0xE0 ? 2
                                                             : 0;
    if (length == 0 || at + length > text.size() || !base::is_utf8(text.substr(at, length))) {
        return 0;
    }
    const bool sign = (lead == 0xE2 && byte(at + 1) <= 0x81) ||
                      (lead == 0xE3 && byte(at + 1) == 0x80) || lead == 0xEF;
    return sign ? 0 : length;
}

/// Length of the character at `at` where it can stand in a label of a host or file name; else 0.
std::size_t name_character(std::string_view text, std::size_t at)
{
    if (at >= text.size()) {
        return 0;
    }
    const char c = text[at];
    if (is_letter(c) || is_digit(c) || c == '-' || c == '_') {
        return 1;
    }
    return foreign_letter(text, at);
}

/// End of the run of labels and single dots that begins at `at`.
std::size_t end_of_name(std::string_view text, std::size_t at)
{
    while (at < text.size()) {
        if (const std::size_t length = name_character(text, at)) {
            at += length;
        } else if (text[at] == '.' && name_character(text, at + 1) != 0) {
            at += 1;
        } else {
            break;
        }
    }
    return at;
}

std::optional<std::string> ipv4_of(std::string_view text)
{
    std::array<unsigned char, 4> bits{};
    if (text.size() > 15 || inet_pton(AF_INET, std::string(text).c_str(), bits.data()) != 1) {
        return std::nullopt;
    }
    return std::string(text);
}

std::optional<std::string> ipv6_of(std::string_view text)
{
    std::array<unsigned char, 16> bits{};
    std::array<char, INET6_ADDRSTRLEN> written{};
    if (text.size() >= INET6_ADDRSTRLEN ||
        inet_pton(AF_INET6, std::string(text).c_str(), bits.data()) != 1) {
        return std::nullopt;
    }
    inet_ntop(AF_INET6, bits.data(), written.data(), written.size());
    return std::string(written.data());
}

std::optional<int> number_of(std::string_view text, int max)
{
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && value >= 0 && value <= max && (text.size() == 1 || text[0] != '0')
               ? std::optional(value)
               : std::nullopt;
}

/// "203.0.113.7/24" without its host bits.
std::optional<std::string> cidr_of(std::string_view text)
{
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string address(text.substr(0, slash));
    const bool six = address.contains(':');
    const auto prefix = number_of(text.substr(slash + 1), six ? 128 : 32);
    std::array<unsigned char, 16> bits{};
    if (!prefix || address.size() >= INET6_ADDRSTRLEN ||
        inet_pton(six ? AF_INET6 : AF_INET, address.c_str(), bits.data()) != 1) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < bits.size(); ++i) {
        const int kept = std::clamp(*prefix - static_cast<int>(i) * 8, 0, 8);
        bits[i] = static_cast<unsigned char>(bits[i] & (0xFF00U >> static_cast<unsigned>(kept)));
    }
    std::array<char, INET6_ADDRSTRLEN> written{};
    inet_ntop(six ? AF_INET6 : AF_INET, bits.data(), written.data(), written.size());
    return std::string(written.data()) + "/" + std::to_string(*prefix);
}

/// Labels of 1 to 63 bytes that neither begin nor end with '-', at least two of them.
bool is_host_shaped(std::string_view name)
{
    if (name.empty() || name.size() > kHostBytesMax || !name.contains('.')) {
        return false;
    }
    while (true) {
        const std::size_t dot = std::min(name.find('.'), name.size());
        const std::string_view label = name.substr(0, dot);
        if (label.empty() || label.size() > kLabelBytesMax || label.front() == '-' ||
            label.back() == '-') {
            return false;
        }
        if (dot == name.size()) {
            return true;
        }
        name.remove_prefix(dot + 1);
    }
}

std::string_view last_label(std::string_view name)
{
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

/// A host of the root zone in lower case.
std::optional<std::string> domain_of(std::string_view text)
{
    if (text.ends_with('.')) {
        text.remove_suffix(1);
    }
    std::string name = base::to_lower_ascii(text);
    const bool plain = end_of_name(name, 0) == name.size();
    if (!plain || !is_host_shaped(name) || !detail::is_top_level_domain(last_label(name))) {
        return std::nullopt;
    }
    return name;
}

std::optional<std::string> email_of(std::string_view text)
{
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos || at == 0 || at > kLocalPartBytesMax) {
        return std::nullopt;
    }
    const std::string_view local = text.substr(0, at);
    for (std::size_t i = 0; i < local.size();) {
        const std::size_t length =
            std::string_view(".+%&'").contains(local[i]) ? 1 : name_character(local, i);
        if (length == 0) {
            return std::nullopt;
        }
        i += length;
    }
    const auto host = domain_of(text.substr(at + 1));
    if (!host || local.front() == '.' || local.back() == '.') {
        return std::nullopt;
    }
    return base::to_lower_ascii(local) + "@" + *host;
}

std::optional<std::string> hash_of(std::string_view text, std::size_t size)
{
    const auto letter = [](char c) { return !is_digit(c); };
    const bool hex = text.size() == size && std::ranges::all_of(text, is_hex);
    if (!hex || std::ranges::none_of(text, letter) ||
        text.find_first_not_of(text.front()) == std::string_view::npos) {
        return std::nullopt; // a long number or a line of one letter
    }
    return base::to_lower_ascii(text);
}

/// The dashes that text editors make of '-': U+2010 to U+2013.
std::size_t dash_at(std::string_view text, std::size_t at)
{
    if (at < text.size() && (text[at] == '-' || text[at] == '_')) {
        return 1;
    }
    const bool typographic = text.substr(at).starts_with("\xE2\x80") && at + 2 < text.size() &&
                             static_cast<unsigned char>(text[at + 2]) >= 0x90 &&
                             static_cast<unsigned char>(text[at + 2]) <= 0x93;
    return typographic ? 3 : 0;
}

std::size_t digits_at(std::string_view text, std::size_t at)
{
    std::size_t end = at;
    while (end < text.size() && is_digit(text[end])) {
        ++end;
    }
    return end - at;
}

/// Length of "CVE-2024-12345" at `at`, and its one form.
std::size_t take_cve(std::string_view text, std::size_t at, std::string& value)
{
    if (!base::equals_ignore_case_ascii(text.substr(at, 3), "cve")) {
        return 0;
    }
    std::size_t end = at + 3;
    const std::size_t first_dash = end < text.size() && text[end] == ' ' ? 1 : dash_at(text, end);
    const std::string_view year = text.substr(std::min(end + first_dash, text.size()), 4);
    if (first_dash == 0 || digits_at(year, 0) != 4 || year < "1999" || year > "2099") {
        return 0;
    }
    end += first_dash + 4;
    const std::size_t second_dash = end <= text.size() ? dash_at(text, end) : 0;
    const std::size_t digits = digits_at(text, end + second_dash);
    if (second_dash == 0 || digits < 4 || digits > 19) {
        return 0;
    }
    value = "CVE-" + std::string(year) + "-" + std::string(text.substr(end + second_dash, digits));
    end += second_dash + digits;
    return name_character(text, end) == 0 ? end - at : 0;
}

std::optional<std::string> file_name_of(std::string_view text)
{
    const std::size_t dot = text.rfind('.');
    const bool plain = !text.empty() && end_of_name(text, 0) == text.size();
    if (!plain || dot == std::string_view::npos || dot == 0 || text.size() > kFileNameBytesMax ||
        !detail::is_file_extension(base::to_lower_ascii(text.substr(dot + 1)))) {
        return std::nullopt;
    }
    return std::string(text);
}

constexpr std::array<std::string_view, 13> kSchemes{"http",  "https", "ftp", "ftps", "sftp",
                                                    "ws",    "wss",   "tcp", "udp",  "ldap",
                                                    "ldaps", "rmi",   "ssh"};

/// Length of a scheme with "://" at `at`; 0 where there is none that we know.
std::size_t scheme_length(std::string_view text, std::size_t at)
{
    for (const std::string_view scheme : kSchemes) {
        const std::string_view rest = text.substr(at);
        if (rest.size() > scheme.size() + 3 &&
            base::equals_ignore_case_ascii(rest.substr(0, scheme.size()), scheme) &&
            rest.substr(scheme.size()).starts_with("://")) {
            return scheme.size() + 3;
        }
    }
    return 0;
}

/// What the parts of a link say, as spans of the text it was read from.
struct UrlParts {
    std::size_t host_begin = 0;
    std::size_t host_end = 0; ///< without brackets and port
    bool six = false;
};

/// The host of a link whose authority begins at `at`; nothing where it cannot be one.
std::optional<UrlParts> read_authority(std::string_view url, std::size_t at)
{
    const std::size_t end = std::min(url.find_first_of("/?#", at), url.size());
    const std::size_t user = url.substr(0, end).rfind('@');
    UrlParts parts{.host_begin = user != std::string_view::npos && user >= at ? user + 1 : at,
                   .host_end = end,
                   .six = {}};
    if (parts.host_begin < end && url[parts.host_begin] == '[') {
        const std::size_t close = url.substr(0, end).find(']', parts.host_begin);
        if (close == std::string_view::npos ||
            !ipv6_of(url.substr(parts.host_begin + 1, close - parts.host_begin - 1))) {
            return std::nullopt;
        }
        parts.host_begin += 1;
        parts.host_end = close;
        parts.six = true;
    } else if (const std::size_t colon = url.substr(0, end).find(':', parts.host_begin);
               colon != std::string_view::npos) {
        parts.host_end = colon;
    }
    const std::size_t port = parts.host_end + (parts.six ? 1 : 0);
    const bool port_fits =
        port == end ||
        (url[port] == ':' && digits_at(url, port + 1) == end - port - 1 && end - port <= 6);
    const bool host_fits = parts.six || (parts.host_end > parts.host_begin &&
                                         end_of_name(url, parts.host_begin) == parts.host_end);
    return port_fits && host_fits ? std::optional(parts) : std::nullopt;
}

bool ends_url(std::string_view text, std::size_t at)
{
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x80) {
        return false; // the caller asks foreign_letter
    }
    return c <= 0x20 || c == 0x7F || std::string_view("<>\"`{}|\\^").contains(static_cast<char>(c));
}

std::size_t end_of_url(std::string_view text, std::size_t at)
{
    const std::size_t begin = at;
    while (at < text.size() && at - begin < kUrlBytesMax && !ends_url(text, at)) {
        const bool foreign = static_cast<unsigned char>(text[at]) >= 0x80;
        const std::size_t length = foreign ? foreign_letter(text, at) : 1;
        if (length == 0) {
            break;
        }
        at += length;
    }
    return at;
}

/// Takes the sentence's own signs off the end of a link: "(see https://a.example/x)." ends at x.
std::string_view without_trailing_signs(std::string_view url)
{
    while (!url.empty()) {
        const char last = url.back();
        const bool unopened =
            (last == ')' && std::ranges::count(url, '(') < std::ranges::count(url, ')')) ||
            (last == ']' && std::ranges::count(url, '[') < std::ranges::count(url, ']'));
        if (!unopened && !std::string_view(".,;:!?'*_").contains(last)) {
            break;
        }
        url.remove_suffix(1);
    }
    return url;
}

std::optional<std::string> url_of(std::string_view text)
{
    const std::size_t scheme = scheme_length(text, 0);
    if (scheme == 0 || end_of_url(text, 0) != text.size() ||
        without_trailing_signs(text).size() != text.size()) {
        return std::nullopt;
    }
    const auto parts = read_authority(text, scheme);
    if (!parts) {
        return std::nullopt;
    }
    std::string value = base::to_lower_ascii(text.substr(0, scheme));
    value += text.substr(scheme, parts->host_begin - scheme);
    const std::string_view host =
        text.substr(parts->host_begin, parts->host_end - parts->host_begin);
    value += parts->six ? *ipv6_of(host) : base::to_lower_ascii(host);
    value += text.substr(parts->host_end);
    return value;
}

std::optional<std::string> form_of(ObservableType type, std::string_view text)
{
    switch (type) {
    case ObservableType::Ipv4:
        return ipv4_of(text);
    case ObservableType::Ipv6:
        return ipv6_of(text);
    case ObservableType::Cidr:
        return cidr_of(text);
    case ObservableType::Domain:
        return domain_of(text);
    case ObservableType::Url:
        return url_of(text);
    case ObservableType::Email:
        return email_of(text);
    case ObservableType::Md5:
        return hash_of(text, 32);
    case ObservableType::Sha1:
        return hash_of(text, 40);
    case ObservableType::Sha256:
        return hash_of(text, 64);
    case ObservableType::Sha512:
        return hash_of(text, 128);
    case ObservableType::FileName:
        return file_name_of(text);
    case ObservableType::Cve: {
        std::string value;
        return take_cve(text, 0, value) == text.size() && !text.empty() ? std::optional(value)
                                                                        : std::nullopt;
    }
    }
    return std::nullopt;
}

/// "versi 2.4.1.9" is no address.
bool follows_version_word(std::string_view text, std::size_t at)
{
    std::size_t end = at;
    while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '=' || text[end - 1] == ':')) {
        --end;
    }
    std::size_t begin = end;
    while (begin > 0 && end - begin < 10 && is_letter(text[begin - 1])) {
        --begin;
    }
    const std::string word = base::to_lower_ascii(text.substr(begin, end - begin));
    constexpr std::array<std::string_view, 7> kWords{"versi", "version", "ver",     "v",
                                                     "rilis", "release", "firmware"};
    return std::ranges::find(kWords, word) != kWords.end();
}

class Extractor {
public:
    explicit Extractor(std::string_view text) : clean_(detail::refang(text)), text_(clean_.text) {}

    std::vector<Observable> run()
    {
        while (at_ < text_.size()) {
            const std::size_t begin = at_;
            if (!take_url() && !take_address() && !take_cve_here() && !take_email() &&
                !take_name()) {
                const std::size_t length = name_character(text_, at_);
                at_ += length == 0 ? 1 : length;
            }
            after_name_ = at_ > begin && at_ > 0 && name_ended_at(at_);
        }
        return std::move(found_);
    }

private:
    bool name_ended_at(std::size_t at) const
    {
        const char c = text_[at - 1];
        return is_letter(c) || is_digit(c) || c == '-' || c == '_' ||
               static_cast<unsigned char>(c) >= 0x80;
    }

    void add(ObservableType type, std::size_t begin, std::size_t end)
    {
        add_value(type, form_of(type, text_.substr(begin, end - begin)), begin, end);
    }

    void add_value(ObservableType type, std::optional<std::string> value, std::size_t begin,
                   std::size_t end)
    {
        if (!value) {
            return;
        }
        std::string key = std::string(name_of(type)) + " " + *value;
        const auto [known, is_new] = places_.try_emplace(std::move(key), found_.size());
        if (!is_new) {
            found_[known->second].times += 1;
        } else if (found_.size() < base::limits::kObservablesMax) {
            found_.push_back({.type = type,
                              .value = std::move(*value),
                              .begin = clean_.from[begin],
                              .end = clean_.from[end]});
        } else {
            places_.erase(known);
        }
    }

    bool take_url()
    {
        const std::size_t scheme = after_name_ ? 0 : scheme_length(text_, at_);
        if (scheme == 0) {
            return false;
        }
        const std::string_view url =
            without_trailing_signs(text_.substr(at_, end_of_url(text_, at_) - at_));
        const auto parts = url.size() > scheme ? read_authority(url, scheme) : std::nullopt;
        const auto value = parts ? url_of(url) : std::nullopt;
        if (!value || detail::refang(*value).text != *value) {
            return false;
        }
        add_value(ObservableType::Url, value, at_, at_ + url.size());
        const std::size_t begin = at_ + parts->host_begin;
        const std::size_t end = at_ + parts->host_end;
        const std::string_view host = text_.substr(begin, end - begin);
        add(parts->six      ? ObservableType::Ipv6
            : ipv4_of(host) ? ObservableType::Ipv4
                            : ObservableType::Domain,
            begin, end);
        at_ += url.size();
        return true;
    }

    /// IPv4 and IPv6 addresses and networks.
    bool take_address()
    {
        if (after_name_ || (!is_hex(text_[at_]) && text_[at_] != ':')) {
            return false;
        }
        const bool after_sign = at_ > 0 && (text_[at_ - 1] == ':' || text_[at_ - 1] == '.');
        std::size_t end = at_;
        while (end < text_.size() && end - at_ < INET6_ADDRSTRLEN &&
               (is_hex(text_[end]) || text_[end] == ':' || text_[end] == '.')) {
            ++end;
        }
        if (after_sign && text_[at_ - 1] == '.') {
            return false;
        }
        return take_ipv6(end) || (!after_sign && take_ipv4());
    }

    bool take_ipv6(std::size_t end)
    {
        while (end > at_ && (text_[end - 1] == '.' ||
                             (text_[end - 1] == ':' && !text_.substr(0, end).ends_with("::")))) {
            --end;
        }
        const std::string_view text = text_.substr(at_, end - at_);
        const auto address = ipv6_of(text);
        // Without a digit it is more likely a scope of a program ("a::b") than an address.
        if (!address || std::ranges::none_of(*address, is_digit) ||
            name_character(text_, end) != 0) {
            return false;
        }
        take_with_prefix(ObservableType::Ipv6, end);
        return true;
    }

    bool take_ipv4()
    {
        const std::size_t end = end_of_name(text_, at_);
        if (!ipv4_of(text_.substr(at_, end - at_))) {
            return false;
        }
        if (!clean_.was_defanged(text_.find('.', at_)) && follows_version_word(text_, at_)) {
            at_ = end;
            return true;
        }
        take_with_prefix(ObservableType::Ipv4, end);
        return true;
    }

    /// Adds the address [at_, end), or the network where "/24" follows.
    void take_with_prefix(ObservableType type, std::size_t end)
    {
        if (end < text_.size() && text_[end] == '/') {
            const std::size_t digits = digits_at(text_, end + 1);
            const std::size_t stop = end + 1 + digits;
            const bool path =
                name_character(text_, stop) != 0 || (stop < text_.size() && text_[stop] == '/');
            const auto network = cidr_of(text_.substr(at_, stop - at_));
            if (digits > 0 && !path && network && !network->starts_with("::/")) {
                add(ObservableType::Cidr, at_, stop);
                at_ = stop;
                return;
            }
        }
        add(type, at_, end);
        at_ = end;
    }

    bool take_cve_here()
    {
        std::string value;
        const std::size_t length = after_name_ ? 0 : take_cve(text_, at_, value);
        if (length == 0) {
            return false;
        }
        add_value(ObservableType::Cve, std::move(value), at_, at_ + length);
        at_ += length;
        return true;
    }

    bool take_email()
    {
        if (after_name_) {
            return false;
        }
        std::size_t end = at_;
        while (end < text_.size() && end - at_ <= kLocalPartBytesMax && text_[end] != '@') {
            const std::size_t length =
                std::string_view(".+%&'").contains(text_[end]) ? 1 : name_character(text_, end);
            if (length == 0) {
                return false;
            }
            end += length;
        }
        if (end == at_ || end >= text_.size() || text_[end] != '@') {
            return false;
        }
        const std::size_t stop = end_of_name(text_, end + 1);
        const auto value = email_of(text_.substr(at_, stop - at_));
        if (!value) {
            return false;
        }
        add_value(ObservableType::Email, value, at_, stop);
        at_ = stop;
        return true;
    }

    /// A hash, a host or a file: whatever is made of labels.
    bool take_name()
    {
        if (after_name_) {
            return false;
        }
        const std::size_t end = end_of_name(text_, at_);
        if (end == at_) {
            return false;
        }
        const std::string_view name = text_.substr(at_, end - at_);
        for (const ObservableType type : {ObservableType::Md5, ObservableType::Sha1,
                                          ObservableType::Sha256, ObservableType::Sha512}) {
            add(type, at_, end);
        }
        if (is_file(name)) {
            add(ObservableType::FileName, at_, end);
        } else if (is_host(name)) {
            add(ObservableType::Domain, at_, end);
        }
        at_ = end;
        return true;
    }

    bool any_dot_defanged(std::string_view name) const
    {
        for (std::size_t i = 0; i < name.size(); ++i) {
            if (name[i] == '.' && clean_.was_defanged(at_ + i)) {
                return true;
            }
        }
        return false;
    }

    /// "run.sh" and "surat.pdf.zip" are files, "a.b.sh" is a host.
    bool is_file(std::string_view name) const
    {
        const std::string last = base::to_lower_ascii(last_label(name));
        if (!detail::is_file_extension(last) || any_dot_defanged(name)) {
            return false;
        }
        if (!detail::is_top_level_domain(last)) {
            return true;
        }
        const std::string_view before =
            name.substr(0, name.size() - last.size() - (name.size() > last.size() ? 1 : 0));
        return detail::is_ambiguous(last) &&
               (!before.contains('.') ||
                detail::is_file_extension(base::to_lower_ascii(last_label(before))));
    }

    /// Not where a sentence went on without a space ("selesai.Di"), nor a degree ("M.Si").
    bool is_host(std::string_view name) const
    {
        if (any_dot_defanged(name)) {
            return true;
        }
        const std::string_view last = last_label(name);
        if (last.size() == name.size()) {
            return false;
        }
        const std::string_view before = last_label(name.substr(0, name.size() - last.size() - 1));
        const bool capital = is_upper(last.front()) && last.size() > 1 && !is_upper(last[1]);
        const bool joined = capital && (!is_upper(before.front()) || last.size() == 2);
        const bool degree = before.size() == 1 && is_upper(before.front());
        constexpr std::array<std::string_view, 3> kPlatforms{"asp.net", "ado.net", "vb.net"};
        const bool platform =
            std::ranges::find(kPlatforms, base::to_lower_ascii(name)) != kPlatforms.end();
        return !joined && !degree && !platform;
    }

    Refanged clean_;
    std::string_view text_;
    std::size_t at_ = 0;
    bool after_name_ = false; ///< the byte before at_ belongs to a name
    std::vector<Observable> found_;
    std::unordered_map<std::string, std::size_t> places_;
};

struct TypeWords {
    std::string_view name;
    std::string_view expected;
};
constexpr std::array<TypeWords, 12> kTypes{{
    {"ipv4", "an address like 203.0.113.7"},
    {"ipv6", "an address like 2001:db8::1"},
    {"cidr", "a network like 203.0.113.0/24"},
    {"domain", "a host name like situs.example"},
    {"url", "a link like https://situs.example/halaman"},
    {"email", "an address like nama@situs.example"},
    {"md5", "32 hexadecimal digits"},
    {"sha1", "40 hexadecimal digits"},
    {"sha256", "64 hexadecimal digits"},
    {"sha512", "128 hexadecimal digits"},
    {"file_name", "a name like surat.pdf.exe"},
    {"cve", "an id like CVE-2024-12345"},
}};

std::string with_dots_defanged(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '.') {
            out += "[.]";
        } else {
            out += c;
        }
    }
    return out;
}

std::string defang_url(std::string_view url)
{
    const std::size_t scheme = scheme_length(url, 0);
    const auto parts = read_authority(url, scheme);
    if (scheme == 0 || !parts) {
        return std::string(url);
    }
    std::string out(url.substr(0, scheme));
    if (out.starts_with("http")) {
        out.replace(1, 2, "xx");
    } else if (out.starts_with("ftp")) {
        out.replace(1, 1, "x");
    }
    out += url.substr(scheme, parts->host_begin - scheme);
    const std::string_view host =
        url.substr(parts->host_begin, parts->host_end - parts->host_begin);
    out += parts->six ? std::string(host) : with_dots_defanged(host);
    out += url.substr(parts->host_end);
    return out;
}

} // namespace

std::string_view name_of(ObservableType type)
{
    return kTypes[static_cast<std::size_t>(type)].name;
}

base::Result<ObservableType> parse_observable_type(std::string_view name)
{
    std::string known;
    for (std::size_t i = 0; i < kTypes.size(); ++i) {
        if (kTypes[i].name == name) {
            return static_cast<ObservableType>(i);
        }
        known += (i == 0 ? "" : ", ") + std::string(kTypes[i].name);
    }
    return base::invalid(base::quoted(name) + " is no type of observable; types are " + known);
}

std::vector<Observable> extract_observables(std::string_view text)
{
    return Extractor(text).run();
}

base::Result<std::string> canonical_value(ObservableType type, std::string_view text)
{
    const Refanged clean = detail::refang(base::trim(text));
    if (auto value = form_of(type, clean.text)) {
        return *value;
    }
    const TypeWords& words = kTypes[static_cast<std::size_t>(type)];
    return base::invalid(base::quoted(text) + " is no " + std::string(words.name) + "; expected " +
                         std::string(words.expected));
}

std::string defang(ObservableType type, std::string_view value)
{
    switch (type) {
    case ObservableType::Ipv4:
    case ObservableType::Domain:
        return with_dots_defanged(value);
    case ObservableType::Cidr:
        return value.contains(':') ? std::string(value) : with_dots_defanged(value);
    case ObservableType::Url:
        return defang_url(value);
    case ObservableType::Email: {
        const std::size_t at = value.rfind('@');
        return std::string(value.substr(0, at)) + "[at]" + with_dots_defanged(value.substr(at + 1));
    }
    default:
        return std::string(value);
    }
}

} // namespace tanggap::casework
