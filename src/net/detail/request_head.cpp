#include "net/detail/request_head.h"

#include <algorithm>
#include <charconv>

#include "base/limits.h"
#include "base/text.h"
#include "net/http.h"

namespace tanggap::net::detail {
namespace {

using base::invalid;
using base::Result;
using base::Status;

bool is_token_char(char c)
{
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, is_token_char);
}

/// Takes the bytes up to CRLF; the caller has found every LF to follow a CR.
std::string_view take_line(std::string_view& rest)
{
    const auto end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    return line;
}

Status read_request_line(std::string_view line, RequestHead& head)
{
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) {
        return invalid("the request line " + base::quoted(line) +
                       " is not METHOD SP TARGET SP VERSION");
    }

    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method)) {
        return invalid("the method " + base::quoted(method) + " is not a token");
    }
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        return invalid("the version " + base::quoted(version) + " is not HTTP/1.1 or HTTP/1.0");
    }
    const bool printable = std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7F; });
    if (target.empty() || target.front() != '/' || !printable) {
        return invalid("the target " + base::quoted(target) +
                       " is not in origin form (/path?query)");
    }

    head.method = method;
    head.target = target;
    head.minor_version = version.back() - '0';
    head.keep_alive = head.minor_version == 1;
    return {};
}

Status read_header_line(std::string_view line, RequestHead& head)
{
    if (line.front() == ' ' || line.front() == '\t') {
        return invalid("a header line is folded (obs-fold), which is refused");
    }
    const auto colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == std::string_view::npos || !is_token(name)) {
        return invalid("the header line " + base::quoted(line) +
                       " does not begin with a name and ':'");
    }
    if (head.headers.size() == base::limits::kHttpHeadersMax) {
        return invalid("the request has more than " +
                       std::to_string(base::limits::kHttpHeadersMax) + " headers");
    }
    head.headers.emplace_back(base::to_lower_ascii(name), base::trim(line.substr(colon + 1)));
    return {};
}

Status read_content_length(std::string_view value, RequestHead& head)
{
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    const bool digits = !value.empty() && value.front() >= '0' && value.front() <= '9';
    if (!digits || error != std::errc{} || end != value.data() + value.size()) {
        return invalid("Content-Length " + base::quoted(value) + " is not a number of bytes");
    }
    head.content_length = length;
    return {};
}

Status read_transfer_coding(std::string_view value, RequestHead& head)
{
    if (head.minor_version == 0) {
        return invalid("Transfer-Encoding is not allowed in HTTP/1.0");
    }
    if (!base::equals_ignore_case_ascii(value, "chunked")) {
        return invalid("Transfer-Encoding " + base::quoted(value) + " is not 'chunked'");
    }
    head.chunked = true;
    return {};
}

void read_connection(std::string_view value, RequestHead& head)
{
    while (!value.empty()) {
        const auto comma = value.find(',');
        const std::string_view option = base::trim(value.substr(0, comma));
        if (base::equals_ignore_case_ascii(option, "close")) {
            head.keep_alive = false;
        } else if (base::equals_ignore_case_ascii(option, "keep-alive")) {
            head.keep_alive = true;
        }
        value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
    }
}

Status read_expect(std::string_view value, RequestHead& head)
{
    if (!base::equals_ignore_case_ascii(value, "100-continue")) {
        return invalid("Expect " + base::quoted(value) + " is not '100-continue'");
    }
    head.expects_continue = head.minor_version == 1;
    return {};
}

/// The headers that decide where this request ends and the next begins.
Status read_framing(RequestHead& head)
{
    std::size_t hosts = 0;
    std::size_t lengths = 0;
    std::size_t codings = 0;
    for (const auto& [name, value] : head.headers) {
        if (name == "host") {
            ++hosts;
        } else if (name == "content-length") {
            ++lengths;
            TRY_STATUS(read_content_length(value, head));
        } else if (name == "transfer-encoding") {
            ++codings;
            TRY_STATUS(read_transfer_coding(value, head));
        } else if (name == "connection") {
            read_connection(value, head);
        } else if (name == "expect") {
            TRY_STATUS(read_expect(value, head));
        }
    }
    // An HTTP/1.0 peer would need our "keep-alive" in return; nobody who matters asks for it.
    head.keep_alive = head.keep_alive && head.minor_version == 1;
    if (hosts > 1 || (hosts == 0 && head.minor_version == 1)) {
        return invalid("the request has " + std::to_string(hosts) + " Host headers, expected 1");
    }
    if (lengths + codings > 1) {
        return invalid("the request states its length more than once (Content-Length, "
                       "Transfer-Encoding), expected at most one of them, once");
    }
    return {};
}

Result<std::string> decode_query_part(std::string_view text)
{
    std::string blanks(text);
    std::ranges::replace(blanks, '+', ' ');
    return percent_decode(blanks);
}

Result<std::string> decode_path(std::string_view text)
{
    const std::string lower = base::to_lower_ascii(text);
    if (lower.find("%2f") != std::string::npos || lower.find("%00") != std::string::npos) {
        return invalid("the path " + base::quoted(text) + " holds an escaped slash or NUL");
    }
    TRY(std::string path, percent_decode(text));
    for (std::string_view rest = path; !rest.empty();) {
        rest.remove_prefix(1);
        const std::string_view segment = rest.substr(0, rest.find('/'));
        if (segment == "." || segment == "..") {
            return invalid("the path " + base::quoted(text) + " holds a '.' or '..' segment");
        }
        rest.remove_prefix(segment.size());
    }
    return path;
}

} // namespace

std::size_t find_bad_byte(std::string_view bytes)
{
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if (byte >= 0x20 && byte != 0x7F) {
            continue;
        }
        const bool line_feed = byte == '\n' && i > 0 && bytes[i - 1] == '\r';
        const bool carriage_return =
            byte == '\r' && (i + 1 == bytes.size() || bytes[i + 1] == '\n');
        if (byte != '\t' && !line_feed && !carriage_return) {
            return i;
        }
    }
    return std::string_view::npos;
}

Result<RequestHead> parse_request_head(std::string_view raw)
{
    if (const auto at = find_bad_byte(raw); at != std::string_view::npos) {
        return invalid("the head of the request holds a control byte or a line end other than CRLF "
                       "at byte " +
                       std::to_string(at));
    }
    if (!raw.ends_with("\r\n\r\n")) {
        return invalid("the head of the request does not end with a blank line");
    }

    RequestHead head;
    TRY_STATUS(read_request_line(take_line(raw), head));
    while (raw.size() > 2) {
        const std::string_view line = take_line(raw);
        if (line.empty()) {
            return invalid("the head of the request holds a blank line");
        }
        TRY_STATUS(read_header_line(line, head));
    }
    TRY_STATUS(read_framing(head));
    return head;
}

Result<Target> parse_target(std::string_view target)
{
    if (target.find('\0') != std::string_view::npos) {
        return invalid("the target holds a NUL byte");
    }
    const auto mark = target.find('?');
    Target out;
    TRY(out.path, decode_path(target.substr(0, mark)));

    std::string_view rest = mark == std::string_view::npos ? "" : target.substr(mark + 1);
    while (!rest.empty()) {
        const auto end = rest.find('&');
        const std::string_view pair = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        if (pair.empty()) {
            continue;
        }
        const auto equals = pair.find('=');
        TRY(std::string name, decode_query_part(pair.substr(0, equals)));
        const bool has_value = equals != std::string_view::npos;
        TRY(std::string value, decode_query_part(has_value ? pair.substr(equals + 1) : ""));
        out.query.emplace_back(std::move(name), std::move(value));
    }
    return out;
}

} // namespace tanggap::net::detail
