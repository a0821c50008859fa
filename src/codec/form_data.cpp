#include "codec/form_data.h"

#include <algorithm>
#include <optional>

#include "base/report_limits.h"
#include "base/text.h"

namespace tanggap::codec {
namespace {

using base::limits::kFormFieldsMax;
using base::limits::kFormPartHeadBytesMax;

constexpr std::size_t kBoundaryBytesMax = 70; // RFC 2046 §5.1.1

std::unexpected<base::Error> too_many()
{
    return base::invalid("the form has more than " + std::to_string(kFormFieldsMax) + " values");
}

int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// What is not an escape stays as it is: so do browsers.
std::string decode_escapes(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                            hex_value(text[i + 2]) >= 0;
        if (escape) {
            out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

/// Typed text: UTF-8, one kind of line end.
std::string typed(std::string_view raw)
{
    std::string text;
    base::make_utf8(raw, text);
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r') {
            out += text[i];
        } else if (i + 1 >= text.size() || text[i + 1] != '\n') {
            out += '\n';
        }
    }
    return out;
}

base::Result<FormData> parse_urlencoded(std::string_view body)
{
    FormData form;
    while (!body.empty()) {
        const std::size_t end = std::min(body.find('&'), body.size());
        const std::string_view pair = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (pair.empty()) {
            continue;
        }
        if (form.fields.size() == kFormFieldsMax) {
            return too_many();
        }
        const std::size_t equals = std::min(pair.find('='), pair.size());
        FormField field;
        field.name = typed(decode_escapes(pair.substr(0, equals)));
        field.text = typed(decode_escapes(pair.substr(std::min(equals + 1, pair.size()))));
        form.fields.push_back(std::move(field));
    }
    return form;
}

/// The value of `; name=value` or `; name="value"` in a header.
std::optional<std::string> parameter_of(std::string_view header, std::string_view name)
{
    std::size_t at = header.find(';');
    while (at < header.size()) {
        ++at;
        while (at < header.size() && (header[at] == ' ' || header[at] == '\t')) {
            ++at;
        }
        const std::size_t equals = header.find_first_of("=;", at);
        if (equals == header.npos || header[equals] == ';') {
            at = equals;
            continue;
        }
        const std::string key = base::to_lower_ascii(base::trim(header.substr(at, equals - at)));
        std::string value;
        at = equals + 1;
        if (at < header.size() && header[at] == '"') {
            ++at;
            // Browsers escape a quote as %22; others write a backslash before it.
            for (; at < header.size() && header[at] != '"'; ++at) {
                if (header[at] == '\\' && at + 1 < header.size() &&
                    (header[at + 1] == '"' || header[at + 1] == '\\')) {
                    ++at;
                }
                value += header[at];
            }
            at = header.find(';', at);
        } else {
            const std::size_t end = std::min(header.find(';', at), header.size());
            value = base::trim(header.substr(at, end - at));
            at = end;
        }
        if (key == name) {
            return value;
        }
    }
    return std::nullopt;
}

/// Browsers write `"`, CR and LF of a name as %22, %0D and %0A and nothing else (WHATWG HTML).
std::string decode_name(std::string_view name)
{
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const std::string_view escape = name.substr(i, 3);
        const char c = escape == "%22" ? '"' : escape == "%0D" || escape == "%0A" ? ' ' : '\0';
        out += c == '\0' ? name[i] : c;
        i += c == '\0' ? 0 : 2;
    }
    std::string text;
    base::make_utf8(out, text);
    return text;
}

base::Result<std::string> boundary_of(std::string_view content_type)
{
    const auto boundary = parameter_of(content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > kBoundaryBytesMax) {
        return base::invalid("multipart/form-data needs a boundary of 1 to 70 characters");
    }
    return *boundary;
}

/// Takes the headers of a part from `rest`, up to and with the blank line.
base::Result<FormField> take_part_head(std::string_view& rest)
{
    const std::size_t end = rest.substr(0, kFormPartHeadBytesMax).find("\r\n\r\n");
    if (end == rest.npos) {
        return base::invalid(
            "a part of the form has no blank line after its headers, or more than " +
            std::to_string(kFormPartHeadBytesMax) + " bytes of them");
    }
    std::string_view head = rest.substr(0, end);
    rest.remove_prefix(end + 4);
    FormField field;
    bool named = false;
    while (!head.empty()) {
        const std::size_t line_end = std::min(head.find("\r\n"), head.size());
        const std::string_view line = head.substr(0, line_end);
        head.remove_prefix(std::min(line_end + 2, head.size()));
        const std::size_t colon = std::min(line.find(':'), line.size());
        if (base::to_lower_ascii(line.substr(0, colon)) != "content-disposition") {
            continue;
        }
        const std::string_view value = line.substr(std::min(colon + 1, line.size()));
        const std::string kind = base::to_lower_ascii(base::trim(value.substr(0, value.find(';'))));
        const auto name = parameter_of(value, "name");
        if (kind != "form-data" || !name || named) {
            return base::invalid("a part of the form must say once: "
                                 "Content-Disposition: form-data; name=\"…\"");
        }
        named = true;
        field.name = decode_name(*name);
        const auto file_name = parameter_of(value, "filename");
        field.is_file = file_name.has_value();
        field.file_name = decode_name(file_name.value_or(""));
    }
    if (!named) {
        return base::invalid("a part of the form has no Content-Disposition");
    }
    return field;
}

base::Result<FormData> parse_multipart(std::string_view boundary, std::string_view body)
{
    const std::string delimiter = "\r\n--" + std::string(boundary);
    FormData form;
    // The first delimiter may open the body without the line end before it.
    std::string_view rest = body;
    if (rest.starts_with(std::string_view(delimiter).substr(2))) {
        rest.remove_prefix(delimiter.size() - 2);
    } else if (const std::size_t first = rest.find(delimiter); first != rest.npos) {
        rest.remove_prefix(first + delimiter.size());
    } else {
        return base::invalid("the form does not hold its boundary");
    }
    while (!rest.starts_with("--")) {
        const std::size_t pad = std::min(rest.find_first_not_of(" \t"), rest.size());
        if (!rest.substr(pad).starts_with("\r\n")) {
            return base::invalid("a boundary of the form is not followed by a line end");
        }
        rest.remove_prefix(pad + 2);
        if (form.fields.size() == kFormFieldsMax) {
            return too_many();
        }
        TRY(FormField field, take_part_head(rest));
        // A part without content may end right where its blank line does.
        const std::size_t end = rest.find(delimiter);
        if (end == rest.npos) {
            return base::invalid("the form ends before its last boundary; it did not arrive whole");
        }
        const std::string_view content = rest.substr(0, end);
        rest.remove_prefix(end + delimiter.size());
        if (field.is_file) {
            field.bytes = content;
        } else {
            field.text = typed(content);
        }
        form.fields.push_back(std::move(field));
    }
    return form;
}

} // namespace

std::string_view FormData::text(std::string_view name) const
{
    const auto found = std::ranges::find(fields, name, &FormField::name);
    return found == fields.end() ? std::string_view() : std::string_view(found->text);
}

bool FormData::has(std::string_view name) const
{
    return std::ranges::find(fields, name, &FormField::name) != fields.end();
}

base::Result<FormData> parse_form(std::string_view content_type, std::string_view body)
{
    const std::string kind =
        base::to_lower_ascii(base::trim(content_type.substr(0, content_type.find(';'))));
    if (kind == "application/x-www-form-urlencoded") {
        return parse_urlencoded(body);
    }
    if (kind == "multipart/form-data") {
        TRY(const std::string boundary, boundary_of(content_type));
        return parse_multipart(boundary, body);
    }
    return base::invalid("found Content-Type " + base::quoted(content_type) +
                         ", expected application/x-www-form-urlencoded or multipart/form-data");
}

} // namespace tanggap::codec
