#include "store/engine/http.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"

namespace tanggap::store::engine {
namespace {

namespace limits = base::limits;

int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 32);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

base::Result<std::string> decode(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] == '%') {
            const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
            if (low < 0) {
                return base::invalid("a bad percent escape in the request line");
            }
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

/// Cuts up to `mark` from the front; all of it where there is no mark.
std::string_view take_until(std::string_view& text, char mark)
{
    const std::size_t at = text.find(mark);
    const std::string_view taken = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return taken;
}

base::Status parse_target(std::string_view target, RequestHead& head)
{
    head.path = std::string(take_until(target, '?'));
    if (head.path.empty() || head.path.front() != '/') {
        return base::invalid("the request target is not a path");
    }
    while (!target.empty()) {
        std::string_view pair = take_until(target, '&');
        const std::string_view name = take_until(pair, '=');
        TRY(std::string decoded_name, decode(name));
        TRY(std::string decoded_value, decode(pair));
        head.query.emplace_back(std::move(decoded_name), std::move(decoded_value));
    }
    return {};
}

base::Status parse_request_line(std::string_view line, RequestHead& head)
{
    head.method = std::string(take_until(line, ' '));
    const std::string_view target = take_until(line, ' ');
    if (head.method != "GET" && head.method != "POST") {
        return base::invalid(base::quoted(head.method, 20) + " is not GET or POST");
    }
    if (line != "HTTP/1.1") {
        return base::invalid("the request line does not end in HTTP/1.1");
    }
    return parse_target(target, head);
}

base::Status parse_header(std::string_view line, RequestHead& head, bool& has_length)
{
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    const bool ordinary = colon != std::string_view::npos && !name.empty() &&
                          name.find_first_of(" \t") == std::string_view::npos;
    if (!ordinary) {
        return base::invalid("a header line is not name: value");
    }
    const std::string_view value = base::trim(line.substr(colon + 1));
    if (base::equals_ignore_case_ascii(name, "transfer-encoding")) {
        return base::invalid("Transfer-Encoding is not taken; send Content-Length");
    }
    if (base::equals_ignore_case_ascii(name, "expect")) {
        head.expects_continue = base::equals_ignore_case_ascii(value, "100-continue");
    }
    if (base::equals_ignore_case_ascii(name, "content-length")) {
        const auto [end, error] =
            std::from_chars(value.data(), value.data() + value.size(), head.content_length);
        if (has_length || error != std::errc{} || end != value.data() + value.size()) {
            return base::invalid("Content-Length is given twice or is not a number");
        }
        has_length = true;
    }
    return {};
}

const char* phrase(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 408:
        return "Request Timeout";
    case 413:
        return "Content Too Large";
    case 429:
        return "Too Many Requests";
    case 503:
        return "Service Unavailable";
    default:
        return "Internal Server Error";
    }
}

} // namespace

std::optional<std::string_view> RequestHead::value(std::string_view name) const
{
    const auto found = std::ranges::find(query, name, &std::pair<std::string, std::string>::first);
    return found != query.end() ? std::optional<std::string_view>(found->second) : std::nullopt;
}

base::Result<RequestHead> parse_head(std::string_view text)
{
    RequestHead head;
    bool has_length = false;
    bool first = true;
    while (true) {
        const std::size_t end = text.find("\r\n");
        if (end == std::string_view::npos) {
            return base::invalid("the request head is not ended by an empty line");
        }
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 2);
        if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
            return base::invalid("the request head holds a bare CR, LF or NUL");
        }
        if (line.empty()) {
            break;
        }
        TRY_STATUS(first ? parse_request_line(line, head) : parse_header(line, head, has_length));
        first = false;
    }
    if (first || !text.empty()) {
        return base::invalid("the request head has no request line or bytes after its end");
    }
    return head;
}

Connection::~Connection()
{
    close(socket_);
}

base::Result<RequestHead> Connection::read_head()
{
    constexpr std::string_view kEnd = "\r\n\r\n";
    std::size_t end = std::string::npos;
    while ((end = buffered_.find(kEnd)) == std::string::npos) {
        if (buffered_.size() > limits::kEngineHeadBytesMax) {
            return base::invalid("the request head is longer than " +
                                 std::to_string(limits::kEngineHeadBytesMax) + " bytes");
        }
        const std::size_t before = buffered_.size();
        buffered_.resize(before + 16 * 1024);
        const ssize_t got = recv(socket_, buffered_.data() + before, buffered_.size() - before, 0);
        buffered_.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return base::unavailable("the client closed before its request was whole");
        }
    }
    TRY(RequestHead head, parse_head(std::string_view(buffered_).substr(0, end + kEnd.size())));
    buffered_.erase(0, end + kEnd.size());
    if (buffered_.size() > head.content_length) {
        return base::invalid("bytes follow the request's body");
    }
    body_left_ = head.content_length;
    if (head.expects_continue && buffered_.empty()) {
        send_all("HTTP/1.1 100 Continue\r\n\r\n");
    }
    return head;
}

base::Status Connection::read_body(std::string& piece, std::size_t size)
{
    piece.clear();
    if (!buffered_.empty()) {
        piece.swap(buffered_);
        body_left_ -= piece.size();
        return {};
    }
    while (body_left_ > 0) {
        piece.resize(std::min(size, body_left_));
        const ssize_t got = recv(socket_, piece.data(), piece.size(), 0);
        if (got > 0) {
            piece.resize(static_cast<std::size_t>(got));
            body_left_ -= piece.size();
            return {};
        }
        if (got == 0 || errno != EINTR) {
            return base::unavailable("the client closed before its body was whole");
        }
    }
    piece.clear();
    return {};
}

base::Result<std::string> Connection::read_whole_body(std::size_t bytes_max)
{
    if (body_left_ > bytes_max) {
        return base::exhausted("the statement is longer than " + std::to_string(bytes_max) +
                               " bytes");
    }
    std::string whole;
    std::string piece;
    do {
        TRY_STATUS(read_body(piece, bytes_max));
        whole += piece;
    } while (!piece.empty());
    return whole;
}

bool Connection::send_all(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) {
            return false;
        }
        bytes.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
    }
    return true;
}

bool Connection::send_head(int status, const std::vector<Header>& headers, std::string_view framing)
{
    std::string head = "HTTP/1.1 " + std::to_string(status) + " " + phrase(status) + "\r\n";
    for (const Header& header : headers) {
        head += header.name + ": " + header.value + "\r\n";
    }
    head += framing;
    return send_all(head + "\r\nConnection: close\r\n\r\n");
}

bool Connection::send_whole(int status, const std::vector<Header>& headers, std::string_view body)
{
    return send_head(status, headers, "Content-Length: " + std::to_string(body.size())) &&
           send_all(body);
}

bool Connection::begin_chunks(int status, const std::vector<Header>& headers)
{
    return send_head(status, headers, "Transfer-Encoding: chunked");
}

bool Connection::send_chunk(std::string_view bytes)
{
    if (bytes.empty()) { // an empty chunk would end the answer
        return true;
    }
    char size[20];
    const auto end = std::to_chars(size, size + sizeof size, bytes.size(), 16).ptr;
    return send_all(std::string(size, end) + "\r\n") && send_all(bytes) && send_all("\r\n");
}

bool Connection::end_chunks()
{
    return send_all("0\r\n\r\n");
}

} // namespace tanggap::store::engine
