#include "net/http.h"

#include "base/text.h"

namespace tanggap::net {
namespace {

int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

std::optional<std::string_view>
find_value(const std::vector<std::pair<std::string, std::string>>& pairs, std::string_view name)
{
    for (const auto& [key, value] : pairs) {
        if (key == name) {
            return value;
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string_view> HttpRequest::header(std::string_view lower_name) const
{
    return find_value(headers, lower_name);
}

std::optional<std::string_view> HttpRequest::query_value(std::string_view name) const
{
    return find_value(query, name);
}

std::optional<std::string_view> HttpResponse::header(std::string_view lower_name) const
{
    for (const auto& [name, value] : headers) {
        if (base::equals_ignore_case_ascii(name, lower_name)) {
            return value;
        }
    }
    return std::nullopt;
}

std::string percent_encode(std::string_view text)
{
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
        } else {
            out += '%';
            out += kHex[static_cast<unsigned char>(c) >> 4];
            out += kHex[static_cast<unsigned char>(c) & 15];
        }
    }
    return out;
}

base::Result<std::string> percent_decode(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return base::invalid("the escape " + base::quoted(text.substr(i, 3)) +
                                 " is not '%' and two hex digits");
        }
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

} // namespace tanggap::net
