#include "codec/access_log.h"

#include <algorithm>

#include "base/text.h"

namespace tanggap::codec {
namespace {

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_number(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, is_digit);
}

void skip_spaces(std::string_view& rest)
{
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) {
        rest.remove_prefix(1);
    }
}

std::string_view take_word(std::string_view& rest)
{
    skip_spaces(rest);
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
}

/// The bracket that opens the time: the first one with a blank before it. An IPv6 address of a
/// virtual host ("[2001:db8::1]:443") may stand at the very front.
std::size_t find_time(std::string_view line)
{
    auto open = line.find('[');
    if (open == 0) {
        const auto next = line.find(" [");
        open = next == std::string_view::npos ? open : next + 1;
    }
    return open;
}

/// Takes a quoted text. The closing quote is the first unescaped one with a space or the end
/// behind it: some servers write quotes of the client as they came.
bool take_quoted(std::string_view& rest, std::string_view& text)
{
    skip_spaces(rest);
    if (rest.empty() || rest.front() != '"') {
        return false;
    }
    std::size_t looked_at = 1; // a byte before it escapes nothing behind it
    for (auto quote = rest.find('"', 1); quote != std::string_view::npos;
         quote = rest.find('"', quote + 1)) {
        for (std::size_t escape = 0; looked_at < quote; looked_at += escape + 2) {
            escape = rest.substr(looked_at, quote - looked_at).find('\\');
            if (escape == std::string_view::npos) {
                break;
            }
        }
        const bool escaped = looked_at > quote;
        looked_at = quote + 1;
        if (!escaped && (quote + 1 == rest.size() || rest[quote + 1] == ' ')) {
            text = rest.substr(1, quote - 1);
            rest.remove_prefix(quote + 1);
            return true;
        }
    }
    return false;
}

std::string_view without_dash(std::string_view text)
{
    return text == "-" ? std::string_view{} : text;
}

/// Good enough to tell an address from a host name or "-"; the decoder checks it.
bool looks_like_address(std::string_view word)
{
    return word.size() >= 3 &&
           (is_digit(word.front()) || word.find(':') != std::string_view::npos) &&
           word.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos;
}

/// Whether the first word of `front` names the virtual host rather than the client.
bool has_vhost(std::string_view first, std::string_view front)
{
    const std::string_view second = take_word(front);
    if (looks_like_address(second)) {
        take_word(front);
        // An address may name the host too: then four words stand before the time.
        return !looks_like_address(first) || !base::trim(front).empty();
    }
    // "www.example:80 host.example - - [": a name with a port, then a name, then two more words.
    const auto colon = first.rfind(':');
    return (colon != std::string_view::npos && is_number(first.substr(colon + 1)) &&
            !looks_like_address(first) && second != "-") ||
           first.starts_with('[');
}

std::string_view cut_front(std::string_view front, AccessLine& out)
{
    std::string_view first = take_word(front);
    // X-Forwarded-For in place of the client: the first of the list is the client.
    const bool list = first.ends_with(',');
    if (!list && has_vhost(first, front)) {
        out.vhost = without_dash(first);
        first = take_word(front);
    }
    out.client = list ? first.substr(0, first.size() - 1) : without_dash(first);
    for (bool more = list; more;) {
        std::string_view next = take_word(front);
        more = next.ends_with(',');
        next.remove_suffix(more ? 1 : 0);
        // "unknown, 203.0.113.7": some proxies hide the first.
        if (!looks_like_address(out.client) && looks_like_address(next)) {
            out.client = next;
        }
    }
    out.identity = without_dash(take_word(front));
    out.user = base::trim(front);
    if (out.user.size() > 1 && out.user.front() == '"' && out.user.back() == '"') {
        out.user = out.user.substr(1, out.user.size() - 2);
    }
    if (out.user.find_first_not_of("- ") == std::string_view::npos) {
        out.user = {};
    }
    if (first.empty() || base::trim(front).empty()) {
        return "expected a client, an identity and a user before the time in brackets";
    }
    return {};
}

void cut_extras(std::string_view rest, AccessLine& out)
{
    skip_spaces(rest);
    while (!rest.empty()) {
        std::string_view part;
        if (out.extras_count + 1 == AccessLine::kExtrasMax) {
            part = rest;
            rest = {};
        } else if (!take_quoted(rest, part)) {
            part = take_word(rest);
        }
        out.extras[out.extras_count++] = part;
        skip_spaces(rest);
    }
}

int hex_value(char c)
{
    return is_digit(c)            ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/// The byte that `\xHH` at `text[i]` stands for, or -1.
int escaped_byte(std::string_view text, std::size_t i)
{
    if (i + 3 >= text.size() || text[i + 1] != 'x') {
        return -1;
    }
    const int high = hex_value(text[i + 2]);
    const int low = hex_value(text[i + 3]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

} // namespace

std::string_view cut_access_line(std::string_view line, AccessLine& out)
{
    out = {};
    const auto open = find_time(line);
    const auto close = open == std::string_view::npos ? open : line.find(']', open);
    if (close == std::string_view::npos) {
        return "expected a time in brackets after client, identity and user";
    }
    if (const auto problem = cut_front(line.substr(0, open), out); !problem.empty()) {
        return problem;
    }
    out.time = line.substr(open + 1, close - open - 1);
    std::string_view rest = line.substr(close + 1);
    if (!take_quoted(rest, out.request)) {
        return "expected a quoted request after the time";
    }
    out.request = without_dash(out.request);
    const std::string_view status = take_word(rest);
    const std::string_view bytes = take_word(rest);
    if (!(is_number(status) && status.size() == 3) && status != "-") {
        return "expected a status of three digits after the request";
    }
    if (!is_number(bytes) && bytes != "-") {
        return "expected a number of bytes or '-' after the status";
    }
    out.status = without_dash(status);
    out.bytes = without_dash(bytes);

    skip_spaces(rest);
    if (rest.starts_with('"')) {
        if (!take_quoted(rest, out.referrer)) {
            return "the quoted referrer does not end";
        }
        skip_spaces(rest);
        if (rest.starts_with('"') && !take_quoted(rest, out.agent)) {
            return "the quoted user agent does not end";
        }
    }
    out.referrer = without_dash(out.referrer);
    out.agent = without_dash(out.agent);
    cut_extras(rest, out);
    return {};
}

bool cut_request_line(std::string_view request, RequestLine& out)
{
    const auto space = request.find(' ');
    if (space == std::string_view::npos || space == 0 || space > 32) {
        return false;
    }
    const std::string_view method = request.substr(0, space);
    const bool is_method = std::ranges::all_of(method, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
    });
    if (!is_method) {
        return false;
    }
    std::string_view target = request.substr(space + 1);
    std::string_view version;
    auto last = target.rfind(" HTTP/");
    if (last == std::string_view::npos) {
        last = target.rfind(" http/");
    }
    if (last != std::string_view::npos) {
        version = target.substr(last + 6);
        // An escaped line end of a broken client is no part of the version.
        version = version.substr(0, version.find('\\'));
        target = target.substr(0, last);
    } else if (target.starts_with("HTTP/")) {
        return false;
    }
    target = base::trim(target);
    if (target.empty()) {
        return false;
    }
    out = {.method = method, .target = target, .version = base::trim(version)};
    return true;
}

bool undo_log_escapes(std::string_view text, std::string& out)
{
    if (text.find('\\') == std::string_view::npos) {
        return false;
    }
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int byte = text[i] == '\\' ? escaped_byte(text, i) : -1;
        if (byte >= 0x20 && byte != 0x7F) {
            result += static_cast<char>(byte);
            i += 3;
        } else if (text[i] == '\\' && i + 1 < text.size() &&
                   (text[i + 1] == '"' || text[i + 1] == '\\')) {
            result += text[++i];
        } else {
            result += text[i];
        }
    }
    if (result == text || !base::is_utf8(result)) {
        return false;
    }
    out = std::move(result);
    return true;
}

} // namespace tanggap::codec
