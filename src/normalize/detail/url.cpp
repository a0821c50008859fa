#include "normalize/detail/url.h"

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"

namespace tanggap::normalize::detail {
namespace {

constexpr int kRoundsMax = 3;

int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The number that `count` hex digits at `at` write, or -1.
int hex_number(std::string_view text, std::size_t at, std::size_t count)
{
    if (at + count > text.size()) {
        return -1;
    }
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        const int digit = hex_digit(text[i]);
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

/// One round, in place: what is undone is shorter than what stood for it. Returns whether anything
/// was undone.
bool undo_percent(std::string& text)
{
    std::size_t i = text.find('%');
    if (i == std::string::npos) {
        return false;
    }
    bool changed = false;
    char* to = text.data() + i;
    while (i < text.size()) {
        const bool wide =
            text[i] == '%' && i + 1 < text.size() && (text[i + 1] == 'u' || text[i + 1] == 'U');
        const int code = text[i] != '%' ? -1
                         : wide         ? hex_number(text, i + 2, 4)
                                        : hex_number(text, i + 1, 2);
        if (code < 0) {
            *to++ = text[i++];
            continue;
        }
        changed = true;
        i += wide ? 6 : 3;
        if (wide) {
            to = base::put_utf8(to, static_cast<std::uint32_t>(code));
        } else {
            *to++ = static_cast<char>(code);
        }
    }
    text.resize(static_cast<std::size_t>(to - text.data()));
    return changed;
}

} // namespace

UrlParts split_url(std::string_view target, bool is_connect)
{
    UrlParts parts;
    std::string_view authority;
    const bool is_path = is_connect || target.starts_with('/');
    const auto scheme_end = is_path ? std::string_view::npos : target.find("://");
    if (is_connect) {
        authority = target;
        target = {};
    } else if (scheme_end != std::string_view::npos && scheme_end < target.find_first_of("/?")) {
        parts.scheme = target.substr(0, scheme_end);
        authority = target.substr(scheme_end + 3);
        const auto end = std::min(authority.find_first_of("/?"), authority.size());
        target = authority.substr(end);
        authority = authority.substr(0, end);
    }
    const auto at = authority.rfind('@');
    authority.remove_prefix(at == std::string_view::npos ? 0 : at + 1);
    const auto colon = authority.rfind(':');
    if (colon != std::string_view::npos && !authority.ends_with(']')) {
        parts.port = authority.substr(colon + 1);
        authority = authority.substr(0, colon);
    }
    parts.domain = authority;
    const auto question = target.find('?');
    parts.path = target.substr(0, question);
    parts.has_query = question != std::string_view::npos;
    parts.query = parts.has_query ? target.substr(question + 1) : std::string_view{};
    return parts;
}

bool decode_url(std::string_view target, std::string& out)
{
    const auto question = target.find('?');
    const bool plus =
        question != std::string_view::npos && target.find('+', question) != std::string_view::npos;
    if (!plus && target.find('%') == std::string_view::npos) {
        return false;
    }
    out.assign(target);
    if (plus) {
        std::replace(out.begin() + static_cast<std::ptrdiff_t>(question), out.end(), '+', ' ');
    }
    for (int round = 0; round < kRoundsMax && undo_percent(out); ++round) {
    }
    if (out == target) {
        return false;
    }
    if (!base::is_utf8(out)) {
        std::string repaired;
        base::make_utf8(out, repaired);
        out.swap(repaired);
    }
    return true;
}

} // namespace tanggap::normalize::detail
